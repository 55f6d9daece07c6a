import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryMs, newServiceState, recall, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import { groupKey, type Group } from '../../../src/domain/service/group.ts';
import { replay } from '../../../src/domain/reading/history.ts';
import type { ScopeState } from '../../../src/domain/incident/service-state.ts';
import {
  above,
  aGauge,
  aRatio,
  aRule,
  aService,
  below,
  Simulation,
  start,
  type SimulationOptions,
} from '../../support/simulation.ts';

const minute = 60_000;

interface Stretch {
  readonly seconds: number;
  readonly badShare: number;
  readonly perSecond: number;
  readonly scraped: boolean;
  readonly answers: boolean;
  readonly gauge: number;
}

const often = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) });

const stretches = fc.array(
  fc.record<Stretch>({
    seconds: fc.integer({ min: 5, max: 240 }),
    badShare: fc.constantFrom(0, 0, 0, 0.02, 0.5, 1),
    perSecond: often(100, 0, 2),
    scraped: often(true, false),
    answers: often(true, false),
    gauge: often(1, 50, NaN, Infinity),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Ten healthy minutes, what happens then, and silence. */
function scene(story: readonly Stretch[]) {
  let end = 10 * minute;
  const ends = story.map(({ seconds }) => (end += seconds * 1000));
  const calm: Stretch = { seconds: 0, badShare: 0, perSecond: 100, scraped: true, answers: true, gauge: 1 };
  const at = (t: number): Stretch => (t < 10 * minute ? calm : (story[ends.findIndex((end) => t < end)] ?? calm));
  const options: SimulationOptions = {
    traffic: { perSecond: (t) => at(t).perSecond, badShare: (t) => at(t).badShare },
    scrapes: (t) => at(t).scraped,
    answers: (t) => at(t).answers,
    gauge: (t) => at(t).gauge,
  };
  return { at, options, until: end + 10 * minute };
}

const service = aService({
  signals: [aRatio, aGauge],
  endState: {
    ...aService().endState,
    targets: [
      { signal: 'success_rate', bound: 'atLeast', value: 0.99, overMs: minute },
      { signal: 'lag', bound: 'atMost', value: 10 },
    ],
  },
  rules: [
    aRule({ when: below('success_rate', minute, 0.97), forMs: 10_000 }),
    aRule({ name: 'lagging', when: above('lag', 20), severity: 'ticket' }),
    aRule({
      name: 'unseen',
      when: below('success_rate', minute, 0.5),
      onUnknown: { policy: 'open', afterMs: 2 * minute },
    }),
  ],
});

/** What may follow what in one incident. */
const successors: Readonly<Record<string, readonly string[]>> = {
  opened: ['rule-joined', 'onset-settled', 'blinded', 'resolved'],
  'rule-joined': ['rule-joined', 'onset-settled', 'blinded', 'sighted', 'resolved'],
  'onset-settled': ['rule-joined', 'blinded', 'sighted', 'resolved'],
  blinded: ['rule-joined', 'onset-settled', 'sighted'],
  sighted: ['rule-joined', 'onset-settled', 'blinded', 'resolved'],
  resolved: ['relapsed', 'closed'],
  relapsed: ['rule-joined', 'onset-settled', 'blinded', 'resolved'],
  closed: [],
};

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('whatever happens', () => {
  const play = (story: readonly Stretch[]): Simulation =>
    new Simulation({ ...scene(story).options, service }).runUntil(scene(story).until);

  test('an incident’s events stand in a legal order, and one scope has one incident at a time', () => {
    fc.assert(
      fc.property(stretches, (story) => {
        const open = new Map<string, IncidentEvent>();
        for (const event of play(story).events) {
          const key = groupKey(event.group);
          const before = open.get(key);
          if (event.type === 'opened') expect(before === undefined || before.type === 'closed').toBe(true);
          else {
            expect(before?.incidentId).toBe(event.incidentId);
            expect(successors[before?.type ?? '']).toContain(event.type);
            expect(event.at).toBeGreaterThanOrEqual(before?.at ?? NaN);
          }
          open.set(key, event);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('no time and no count in an event is NaN or infinite, and bounds enclose their estimate', () => {
    fc.assert(
      fc.property(stretches, (story) => {
        for (const event of play(story).events) {
          expect(numbersIn(event).every(Number.isFinite)).toBe(true);
          const estimate = 'onset' in event ? event.onset : 'recovery' in event ? event.recovery : undefined;
          if (estimate === undefined) continue;
          expect(estimate.earliest).toBeLessThanOrEqual(estimate.at);
          expect(estimate.latest).toBeGreaterThanOrEqual(estimate.at);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('nothing is resolved unless the truth was inside its bounds for the hold', () => {
    fc.assert(
      fc.property(stretches, (story) => {
        const { at } = scene(story);
        const run = play(story);
        // What happens between the newest sample and now cannot be seen, and a sample may be three intervals old.
        const unseenMs = run.timing.staleAfterMs + run.timing.intervalMs;
        for (const event of run.events) {
          if (event.type !== 'resolved') continue;
          for (let t = event.at - start - service.endState.holdMs; t < event.at - start - unseenMs; t += 1_000) {
            const truth = at(t);
            expect(truth.badShare <= 0.02 || truth.perSecond <= 2).toBe(true);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test('the same story gives the same events, byte for byte', () => {
    fc.assert(
      fc.property(stretches, (story) => {
        expect(JSON.stringify(play(story).events)).toBe(JSON.stringify(play(story).events));
      }),
      { numRuns: 6 },
    );
  });

  test('the order in which observations and groups come does not matter', () => {
    const groups: Group[] = ['c', 'a', 'b'].map((region) => ({ region }));
    const grouped = aService({ ...service, signals: [{ ...aRatio, by: ['region'], maxGroups: 2 }, aGauge] });
    fc.assert(
      fc.property(stretches, fc.integer(), (story, seed) => {
        const { options, until } = scene(story);
        const straight = new Simulation({ ...options, service: grouped, groups });
        const shuffled = new Simulation({ ...options, service: grouped, groups });
        const shuffle = <T>(values: readonly T[], salt: number): T[] =>
          values.toSorted((a, b) => Math.sin(salt + values.indexOf(a)) - Math.sin(salt + values.indexOf(b)));
        for (const t of straight.pollsUntil(until)) {
          straight.pollAt(t);
          const observed = shuffled
            .observe(start + t)
            .map((each) =>
              each.kind === 'failed'
                ? each
                : ({ ...each, groups: shuffle(each.groups as readonly never[], seed + t) } as typeof each),
            );
          shuffled.judge(shuffle(observed, seed - t), start + t);
        }
        expect(JSON.stringify(shuffled.events)).toBe(JSON.stringify(straight.events));
        expect([...shuffled.state.scopes.keys()]).toEqual([...straight.state.scopes.keys()]);
      }),
      { numRuns: 8 },
    );
  });
});

describe('history played back', () => {
  /** A source that always answers: history has no failed reads. */
  const answered = (story: readonly Stretch[]) => scene(story.map((each) => ({ ...each, answers: true })));

  interface Told {
    readonly rules: string;
    readonly detected: number;
    readonly onset: number;
    readonly recovered: number | undefined;
  }

  function told(events: readonly IncidentEvent[]): readonly Told[] {
    return events.flatMap((event): Told[] => {
      if (event.type !== 'opened') return [];
      const own = events.filter(({ incidentId }) => incidentId === event.incidentId);
      const settled = own.findLast((each) => each.type === 'onset-settled');
      const resolved = own.findLast((each) => each.type === 'resolved');
      return [
        {
          rules: event.stop.rule,
          detected: event.at,
          onset: settled?.onset.at ?? event.onset.at,
          recovered: resolved?.recoveredAt,
        },
      ];
    });
  }

  function expectAlike(a: readonly Told[], b: readonly Told[], withinMs: number): void {
    expect(a.map(({ rules }) => rules)).toEqual(b.map(({ rules }) => rules));
    for (const [index, one] of a.entries()) {
      const other = b[index];
      expect(Math.abs(one.detected - (other?.detected ?? NaN))).toBeLessThanOrEqual(withinMs);
      expect(Math.abs(one.onset - (other?.onset ?? NaN))).toBeLessThanOrEqual(withinMs);
      expect(one.recovered === undefined).toBe(other?.recovered === undefined);
      expect(Math.abs((one.recovered ?? 0) - (other?.recovered ?? 0))).toBeLessThanOrEqual(withinMs);
    }
  }

  // A patience that ends between two polls is over a step sooner for one of them: whether it opens may be a matter of one.
  const certain = aService({ ...service, rules: service.rules.filter(({ name }) => name !== 'unseen') });

  test('gives the incidents that live polls gave', () => {
    fc.assert(
      fc.property(stretches, fc.integer({ min: 0, max: 4_900 }), (story, phaseMs) => {
        const { options, until } = answered(story);
        const live = new Simulation({ ...options, service: certain, phaseMs }).runUntil(until);
        const played = new Simulation({ ...options, service: certain, phaseMs });
        for (const { at, observations } of replay(
          played.history(start, start + until + 5_000, 5_000),
          start,
          start + until + 5_000,
          5_000,
        ))
          played.judge(observations, at);
        expectAlike(told(played.events), told(live.events), 10_000);
      }),
      { numRuns: 12 },
    );
  });

  test('rebuilds what a restart has lost: a run that is cut anywhere goes on as if it had not been', () => {
    fc.assert(
      fc.property(stretches, fc.double({ min: 0.1, max: 0.95, noNaN: true }), (story, share) => {
        const { options, until } = answered(story);
        const whole = new Simulation({ ...options, service }).runUntil(until);
        const cut = new Simulation({ ...options, service });
        const polls = cut.pollsUntil(until);
        const cutAt = Math.floor(polls.length * share);
        for (const [index, t] of polls.entries()) {
          if (index === cutAt) restart(cut, start + (polls[index - 1] ?? 0));
          cut.pollAt(t);
        }
        expect(cut.story()).toEqual(whole.story());
        expectAlike(told(cut.events), told(whole.events), 5_000);
      }),
      { numRuns: 12 },
    );
  });

  /** What a checkpoint keeps goes through JSON; the ledgers are read again from history. */
  function restart(run: Simulation, now: number): void {
    const scopes = JSON.parse(JSON.stringify([...run.state.scopes.values()])) as ScopeState[];
    let state: ServiceState = {
      ...newServiceState,
      evaluatedAt: now,
      scopes: new Map(scopes.map((scope) => [groupKey(scope.group), scope])),
    };
    const from = now - Math.ceil(memoryMs(run.service, state, now) / 5_000) * 5_000;
    for (const { at, observations } of replay(run.history(from, now, 5_000), from, now, 5_000))
      state = recall(run.service, state, observations, at, now);
    run.state = state;
  }
});
