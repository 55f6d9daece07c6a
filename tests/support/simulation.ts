import type { Condition, ReadingLookup, SignalUse, Truth } from '../../src/domain/condition.ts';
import { evaluate, newServiceState, type Evaluation, type ServiceState } from '../../src/domain/evaluate.ts';
import type { IncidentEvent } from '../../src/domain/event.ts';
import type { Observation } from '../../src/domain/observation.ts';
import type { GaugeSignal, RatioSignal, Service, StopRule } from '../../src/domain/service.ts';
import { stepsToRead } from '../../src/domain/step-plan.ts';
import { timingFor, type Timing } from '../../src/domain/timing.ts';

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
    rules: [aRule()],
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
  readonly gauge?: (t: number) => number;
  readonly scrapeMs?: number;
  readonly landingMs?: number;
  /** Where within the interval scrapes happen. */
  readonly phaseMs?: number;
  /** Whether the scrape at this time succeeds. */
  readonly scrapes?: (t: number) => boolean;
  /** Whether the source answers at this time. */
  readonly answers?: (t: number) => boolean;
}

/** Epoch of the simulations: a Saturday night. */
export const start = Date.UTC(2026, 7, 22, 2, 0, 0);

/** Plays a scraped service against the evaluator, poll by poll, with everything a real source would answer. */
export class Simulation {
  service: Service;
  state: ServiceState = newServiceState;
  readonly events: IncidentEvent[] = [];
  readonly timing: Timing;
  last: Evaluation | undefined;
  readonly #options: SimulationOptions;
  readonly #scrapeMs: number;
  readonly #samples: { at: number; bad: number; total: number; gauge: number }[] = [];
  #t = 0;

  constructor(options: SimulationOptions = {}) {
    this.#options = options;
    this.service = options.service ?? aService();
    this.#scrapeMs = options.scrapeMs ?? 5_000;
    this.timing = timingFor(this.#scrapeMs);
    this.#scrapeUntil(3_600_000 * 3);
  }

  #scrapeUntil(end: number): void {
    const { perSecond, badShare } = this.#options.traffic ?? { perSecond: () => 100, badShare: () => 0 };
    let bad = 0;
    let total = 0;
    let t = this.#options.phaseMs ?? 0;
    for (let at = 0; at <= end; at += 100) {
      while (t <= at) {
        if (this.#options.scrapes?.(t) ?? true) {
          this.#samples.push({
            at: start + t,
            bad: Math.round(bad),
            total: Math.round(total),
            gauge: this.#options.gauge?.(t) ?? 0,
          });
        }
        t += this.#scrapeMs;
      }
      const events = perSecond(at) / 10;
      total += events;
      bad += events * badShare(at);
    }
  }

  #sampleAt(time: number) {
    return this.#samples.findLast((sample) => sample.at <= time);
  }

  /** Polls just after each scrape up to `t` ms after the start. */
  runUntil(t: number): this {
    const landing = this.#options.landingMs ?? 50;
    const phase = this.#options.phaseMs ?? 0;
    for (let at = this.#t; at <= t; at += this.#scrapeMs) this.pollAt(at + phase + landing);
    this.#t = t + this.#scrapeMs - (t % this.#scrapeMs);
    return this;
  }

  pollAt(t: number): Evaluation {
    const now = start + t;
    this.last = evaluate(this.service, this.state, this.observe(now), now, this.timing);
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
      const newest = this.#sampleAt(now);
      // A source looks back five minutes for a sample.
      if (newest === undefined || now - newest.at > 300_000)
        return { kind: signal.kind === 'gauge' ? 'gauged' : 'counted', signal: signal.name, groups: [] };
      if (signal.kind === 'gauge')
        return {
          kind: 'gauged',
          signal: signal.name,
          groups: [{ group: {}, newestSampleAt: newest.at, value: newest.gauge }],
        };
      const steps = stepsToRead(this.state.ledgers.get(signal.name), now, this.timing).map(({ from, to }) => {
        const before = this.#sampleAt(from);
        const after = this.#sampleAt(to);
        const total = (after?.total ?? 0) - (before?.total ?? 0);
        return { from, to, total, good: total - ((after?.bad ?? 0) - (before?.bad ?? 0)) };
      });
      return {
        kind: 'counted',
        signal: signal.name,
        groups: [{ group: {}, newestSampleAt: newest.at, steps, numeratorSeen: true }],
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

/** Steady traffic that is bad by `share` between two instants. */
export function stepFault(from: number, to: number, share: number, perSecond = 100): Traffic {
  return { perSecond: () => perSecond, badShare: (t) => (t >= from && t < to ? share : 0) };
}
