import type { BudgetReadings } from '../../src/domain/budget/budget-readings.ts';
import { defaultGatePolicy } from '../../src/domain/service/gate-policy.ts';
import type { Condition, ReadingLookup, SignalUse, Truth } from '../../src/domain/service/condition.ts';
import { evaluate, newServiceState, type Evaluation, type ServiceState } from '../../src/domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import { groupKey, type Group } from '../../src/domain/service/group.ts';
import type { HistoryPoint, SignalHistory } from '../../src/domain/reading/history.ts';
import type { CountedGroup, GaugedGroup, Observation, Step } from '../../src/domain/reading/observation.ts';
import type { GaugeSignal, RatioSignal, Service, StopRule } from '../../src/domain/service/service.ts';
import { stepsToRead } from '../../src/domain/reading/step-plan.ts';
import { timingFor, type Timing } from '../../src/domain/reading/timing.ts';
import type { Chance } from './chance.ts';

/** A condition made by hand, three-valued as CEL makes it. */
export function below(signal: string, windowMs: number, bound: number): Condition {
  const use: SignalUse = { signal, fold: 'over', windowMs };
  return {
    text: `${signal}.over("${windowMs / 1000}s") < ${bound}`,
    uses: [use],
    evaluate(lookup: ReadingLookup): Truth {
      const reading = lookup(use);
      if (reading.kind === 'unknown') return { kind: 'unknown', reason: reading.reason, detail: reading.detail };
      return { kind: reading.value < bound ? 'true' : 'false' };
    },
  };
}

export function above(signal: string, bound: number): Condition {
  const use: SignalUse = { signal, fold: 'latest' };
  return {
    text: `${signal}.latest() > ${bound}`,
    uses: [use],
    evaluate(lookup) {
      const reading = lookup(use);
      if (reading.kind === 'unknown') return { kind: 'unknown', reason: reading.reason, detail: reading.detail };
      return { kind: reading.value > bound ? 'true' : 'false' };
    },
  };
}

export function aRule(over: Partial<StopRule> = {}): StopRule {
  return {
    name: 'payments-failing',
    formerly: [],
    when: below('success_rate', 60_000, 0.97),
    forMs: 0,
    severity: 'page',
    labels: {},
    onUnknown: { policy: 'ignore' },
    ...over,
  };
}

export const aRatio: RatioSignal = {
  kind: 'ratio',
  name: 'success_rate',
  by: [],
  maxGroups: 50,
  numerator: 'good',
  numeratorTerms: [],
  totalTerms: [],
};

export const aGauge: GaugeSignal = {
  kind: 'gauge',
  name: 'lag',
  by: [],
  maxGroups: 50,
  query: 'lag',
  selectors: ['lag'],
};

export function aService(over: Partial<Service> = {}): Service {
  return {
    name: 'checkout',
    labels: {},
    source: 'default',
    notify: [],
    signals: [aRatio],
    endState: {
      summary: 'Customers can pay',
      holdMs: 60_000,
      watchMs: 300_000,
      targets: [{ signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 60_000 }],
    },
    budgets: [],
    rules: [aRule()],
    gate: defaultGatePolicy,
    revision: 'r1',
    ...over,
  };
}

/** Traffic whose truth is known: rates per second, as functions of the time in ms since the simulation's start. */
export interface Traffic {
  readonly perSecond: (t: number) => number;
  readonly badShare: (t: number) => number;
}

export interface SimulationOptions {
  readonly service?: Service;
  readonly traffic?: Traffic;
  /** Traffic of one signal and group, where they differ. */
  readonly trafficOf?: (signal: string, group: Group) => Traffic | undefined;
  /** What the grouped signals are split into. */
  readonly groups?: readonly Group[];
  /** Whether the source has series of a group at this time; all of them unless told otherwise. */
  readonly present?: (group: Group, t: number) => boolean;
  readonly gauge?: (t: number) => number;
  readonly scrapeMs?: number;
  readonly landingMs?: number;
  /** Where within the interval scrapes happen. */
  readonly phaseMs?: number;
  /** Whether the scrape at this time succeeds. */
  readonly scrapes?: (t: number) => boolean;
  /** Whether the source answers at this time. */
  readonly answers?: (t: number) => boolean;
  /** Draws the traffic; without it, it flows evenly. */
  readonly chance?: Chance;
  /** What its error budgets read; nothing is known of them unless told otherwise. */
  readonly budgets?: BudgetReadings;
}

/** Epoch of the simulations: a Saturday night. */
export const start = Date.UTC(2026, 7, 22, 2, 0, 0);

interface Sample {
  readonly at: number;
  readonly bad: number;
  readonly total: number;
  readonly gauge: number;
}

/** A source looks back this long for a sample, ms. */
const lookbackMs = 300_000;

/** One scraped series of the simulation, made as far as it is asked for. */
class Series {
  readonly #traffic: Traffic;
  readonly #options: SimulationOptions;
  readonly #scrapeMs: number;
  readonly #samples: Sample[] = [];
  #bad = 0;
  #total = 0;
  #flownTo = 0;
  #scrapeAt: number;

  constructor(traffic: Traffic, options: SimulationOptions, scrapeMs: number) {
    this.#traffic = traffic;
    this.#options = options;
    this.#scrapeMs = scrapeMs;
    this.#scrapeAt = options.phaseMs ?? 0;
  }

  /** The newest sample at `time`, ms since the epoch. */
  at(time: number): Sample | undefined {
    while (this.#scrapeAt <= time - start) this.#scrape();
    let low = 0;
    let high = this.#samples.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#samples[middle]?.at ?? Infinity) <= time) low = middle + 1;
      else high = middle;
    }
    return this.#samples[low - 1];
  }

  #scrape(): void {
    const t = this.#scrapeAt;
    while (this.#flownTo < t) this.#flow(Math.min(t, (Math.floor(this.#flownTo / 100) + 1) * 100));
    this.#scrapeAt += this.#scrapeMs;
    if (!(this.#options.scrapes?.(t) ?? true)) return;
    this.#samples.push({
      at: start + t,
      bad: Math.round(this.#bad),
      total: Math.round(this.#total),
      gauge: this.#options.gauge?.(t) ?? 0,
    });
  }

  /** The traffic up to `to`, at most a tenth of a second. */
  #flow(to: number): void {
    const { chance } = this.#options;
    const at = this.#flownTo;
    this.#flownTo = to;
    const events = (this.#traffic.perSecond(at) * (to - at)) / 1000;
    const bad = events * this.#traffic.badShare(at);
    const badHere = chance === undefined ? bad : chance.poisson(bad);
    this.#bad += badHere;
    this.#total += badHere + (chance === undefined ? events - bad : chance.poisson(events - bad));
  }
}

/** Plays a scraped service against the evaluator, poll by poll, with everything a real source would answer. */
export class Simulation {
  service: Service;
  state: ServiceState = newServiceState;
  readonly events: IncidentEvent[] = [];
  readonly timing: Timing;
  last: Evaluation | undefined;
  readonly #options: SimulationOptions;
  readonly #scrapeMs: number;
  readonly #series = new Map<string, Series>();
  #t = 0;

  constructor(options: SimulationOptions = {}) {
    this.#options = options;
    this.service = options.service ?? aService();
    this.#scrapeMs = options.scrapeMs ?? 5_000;
    this.timing = timingFor(this.#scrapeMs);
  }

  #seriesOf(signal: string, group: Group): Series {
    const key = `${signal}|${groupKey(group)}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const { traffic, trafficOf } = this.#options;
    const made = new Series(trafficOf?.(signal, group) ?? traffic ?? healthy, this.#options, this.#scrapeMs);
    this.#series.set(key, made);
    return made;
  }

  /** Polls just after each scrape up to `t` ms after the start. */
  runUntil(t: number): this {
    for (const at of this.pollsUntil(t)) this.pollAt(at);
    return this;
  }

  /** The times of those polls. */
  pollsUntil(t: number): readonly number[] {
    const landing = this.#options.landingMs ?? 50;
    const phase = this.#options.phaseMs ?? 0;
    const polls: number[] = [];
    for (let at = this.#t; at <= t; at += this.#scrapeMs) polls.push(at + phase + landing);
    this.#t = t + this.#scrapeMs - (t % this.#scrapeMs);
    return polls;
  }

  pollAt(t: number): Evaluation {
    const now = start + t;
    return this.judge(this.observe(now), now);
  }

  /** Takes in what was observed elsewhere. */
  judge(observations: readonly Observation[], now: number): Evaluation {
    this.last = evaluate(this.service, this.state, observations, now, this.timing, this.#options.budgets);
    this.state = this.last.state;
    this.events.push(...this.last.events);
    return this.last;
  }

  observe(now: number): readonly Observation[] {
    const answers = this.#options.answers?.(now - start) ?? true;
    return this.service.signals.map((signal): Observation => {
      if (!answers)
        return {
          kind: 'failed',
          signal: signal.name,
          failure: { reason: 'unavailable', detail: 'connection refused' },
        };
      const groups = signal.by.length === 0 ? [{}] : (this.#options.groups ?? []);
      const seen = groups.filter((group) => this.#options.present?.(group, now - start) ?? true);
      return signal.kind === 'gauge'
        ? {
            kind: 'gauged',
            signal: signal.name,
            groups: seen.flatMap((group) => this.#gauged(signal.name, group, now)),
          }
        : {
            kind: 'counted',
            signal: signal.name,
            groups: seen.flatMap((group) => this.#counted(signal.name, group, now)),
          };
    });
  }

  #gauged(signal: string, group: Group, now: number): readonly GaugedGroup[] {
    const newest = this.#seriesOf(signal, group).at(now);
    if (newest === undefined || now - newest.at > lookbackMs) return [];
    return [{ group, newestSampleAt: newest.at, value: newest.gauge }];
  }

  #counted(signal: string, group: Group, now: number): readonly CountedGroup[] {
    const series = this.#seriesOf(signal, group);
    const newest = series.at(now);
    if (newest === undefined || now - newest.at > lookbackMs) return [];
    const steps = stepsToRead(this.state.ledgers.get(signal), now, this.timing).map(({ from, to }) =>
      countBetween(series, from, to),
    );
    return [{ group, newestSampleAt: newest.at, steps, numeratorSeen: true }];
  }

  /** What the source tells of the past, a point for each step. */
  history(from: number, to: number, stepMs: number): readonly SignalHistory[] {
    return this.service.signals.map((signal) => {
      const groups = signal.by.length === 0 ? [{}] : (this.#options.groups ?? []);
      return {
        signal,
        groups: groups.map((group) => {
          const series = this.#seriesOf(signal.name, group);
          const points: HistoryPoint[] = [];
          for (let at = from + stepMs; at <= to; at += stepMs) {
            const newest = series.at(at);
            if (newest === undefined || at - newest.at > lookbackMs) continue;
            const { good, total } = countBetween(series, at - stepMs, at);
            points.push({ at, newestSampleAt: newest.at, good, total, numeratorSeen: true, value: newest.gauge });
          }
          return { group, points };
        }),
      };
    });
  }

  /** Types of the events so far, in order. */
  story(): readonly string[] {
    return this.events.map((event) => event.type);
  }

  find<T extends IncidentEvent['type']>(type: T): Extract<IncidentEvent, { type: T }> {
    const found = this.events.findLast((event) => event.type === type);
    if (found === undefined) throw new Error(`no ${type} among ${this.story().join(', ')}`);
    return found as Extract<IncidentEvent, { type: T }>;
  }
}

function countBetween(series: Series, from: number, to: number): Step {
  const before = series.at(from);
  const after = series.at(to);
  const total = (after?.total ?? 0) - (before?.total ?? 0);
  return { from, to, total, good: total - ((after?.bad ?? 0) - (before?.bad ?? 0)) };
}

const healthy: Traffic = { perSecond: () => 100, badShare: () => 0 };

/** Steady traffic that is bad by `share` between two instants. */
export function stepFault(from: number, to: number, share: number, perSecond = 100): Traffic {
  return { perSecond: () => perSecond, badShare: (t) => (t >= from && t < to ? share : 0) };
}
