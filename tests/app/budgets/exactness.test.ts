import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import { LedgerFiller } from '../../../src/app/budgets/ledger-filler.ts';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { newestEnd } from '../../../src/domain/budget/ledger.ts';
import type { BudgetMethod } from '../../../src/domain/budget/objective.ts';
import { evaluate, newServiceState, recall, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import { replay } from '../../../src/domain/reading/history.ts';
import type { Interval } from '../../../src/domain/interval.ts';
import { groupKey } from '../../../src/domain/service/group.ts';
import { stepsToRead } from '../../../src/domain/reading/step-plan.ts';
import { lookbackMs, timingFor } from '../../../src/domain/reading/timing.ts';
import { aBudget, day, hour, minute } from '../../domain/budget/budgets.ts';
import { Chance } from '../../support/chance.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { aRatio, aService } from '../../support/simulation.ts';
import { ScrapedPast, type LateSample } from './scraped-past.ts';

const intervalMs = 15_000;
const begin = Date.UTC(2026, 10, 2);
const never = new AbortController().signal;

/**
 * Series that are scraped off beat, land late, and pause now and then for seconds or for half an hour. What comes back
 * after more than the lookback lands at once: a poll cannot know that a series it has not seen for so long is late.
 */
function scraped(chance: Chance, from: number, to: number): ScrapedPast {
  const series = [0, 1, 2].map(() => {
    const samples: LateSample[] = [];
    let [bad, total] = [0, 0];
    let pausedTo = -Infinity;
    for (let at = from + Math.floor(chance.unit() * intervalMs); at <= to; at += intervalMs) {
      const events = chance.poisson(at % hour < 10 * minute ? 90 : 9);
      total += events;
      bad += Math.min(events, chance.poisson(events * (chance.unit() < 0.02 ? 0.5 : 0.002)));
      if (at < to - hour && chance.unit() < 0.004)
        pausedTo = Math.min(to - hour, at + chance.unit() * (chance.unit() < 0.3 ? 30 : 4) * minute);
      const isBack = at - (samples.at(-1)?.at ?? -Infinity) > lookbackMs;
      if (at >= pausedTo) samples.push({ at, landsAt: isBack ? at : at + chance.unit() * 7_000, bad, total });
    }
    return samples;
  });
  return new ScrapedPast(series);
}

interface Life {
  readonly method?: BudgetMethod;
  readonly groups?: number;
  /** Whether the source does not answer now and then, for seconds or for minutes. */
  readonly hasOutages?: boolean;
  /** Whether the past is read step by step after a restart, and after every other outage. */
  readonly catchesUp?: boolean;
}

/** Lives through some hours: polls, checkpoints that may fail, and restarts at any moment. */
async function live(
  seed: number,
  restarts: number,
  { method = { kind: 'occurrences' }, groups = 1, hasOutages = false, catchesUp = false }: Life = {},
) {
  const chance = new Chance(seed);
  const before = chance.unit() * 6 * hour;
  const until = begin + before + 3 * hour;
  const pasts = Array.from({ length: groups }, (_, index) => ({
    group: { shard: String(index) },
    past: scraped(chance, begin, until + hour),
  }));
  const historyOf = (stretch: Interval, stepMs: number) =>
    pasts.flatMap(({ group, past }) =>
      past.history(stretch, stepMs, clock.now()).map(({ points }) => ({ group, points })),
    );
  const service = aService({
    budgets: [aBudget({ signal: aRatio.name, period: { kind: 'rolling', ms: 2 * day }, method })],
  });
  const clock = new ManualClock(Math.ceil((begin + before) / 100) * 100);
  const store = new MemoryStore();
  const timing = timingFor(intervalMs);
  const filler = new LedgerFiller({
    clock,
    log: memoryLog(),
    now: () => clock.now(),
    source: {
      name: 'default',
      history: async (signals, stretch, stepMs) =>
        signals.map(() => ({ kind: 'history', groups: historyOf(stretch, stepMs) })),
    },
  });
  let book = new BudgetBook(service);
  let state: ServiceState = newServiceState;
  let restartsLeft = restarts;
  const fillAll = async (): Promise<void> => {
    while (await filler.fillNext([{ budgets: book, timing }], never));
  };
  const poll = (): void => {
    const at = clock.now();
    const steps = stepsToRead(state.ledgers.get(aRatio.name), at, timing);
    const read = pasts.flatMap(({ group, past }) => past.read(steps, at, at).map((each) => ({ ...each, group })));
    const seen = [{ kind: 'counted' as const, signal: aRatio.name, groups: read }];
    book.feed(seen, state, at, timing.intervalMs);
    state = evaluate(service, state, seen, at, timing, book.readings()).state;
  };
  const catchUp = (): void => {
    const now = clock.now();
    const from = Math.ceil((now - 20 * minute) / intervalMs) * intervalMs;
    const to = from + Math.floor((now - from) / intervalMs) * intervalMs;
    const histories = [{ signal: aRatio, groups: historyOf({ from, to }, intervalMs) }];
    state = { ...state, ledgers: new Map() };
    for (const { at, observations } of replay(histories, from, to, intervalMs)) {
      book.feed(observations, state, at);
      state = recall(service, state, observations, at, now);
    }
  };
  let blindTo = -Infinity;
  while (clock.now() < until) {
    await clock.advance(Math.ceil((5_000 + chance.unit() * 10_000) / 100) * 100);
    if (hasOutages && chance.unit() < 0.01)
      blindTo = clock.now() + chance.unit() * (chance.unit() < 0.5 ? 1 : 12) * minute;
    if (clock.now() < blindTo) continue;
    if (catchesUp && blindTo > -Infinity && chance.unit() < 0.5) catchUp();
    blindTo = -Infinity;
    poll();
    if (chance.unit() < 0.2) {
      const changes = book.takeChanges();
      if (chance.unit() < 0.3) book.putBack(changes);
      else await store.commit({ recordedAt: 0, ledgers: changes.ledgers, forgottenLedgers: changes.forgotten });
    }
    if (chance.unit() < 0.1) await filler.fillNext([{ budgets: book, timing }], never);
    if (restartsLeft > 0 && chance.unit() < 0.02) {
      restartsLeft -= 1;
      await clock.advance(Math.ceil((chance.unit() * 40 * minute) / 100) * 100);
      book = new BudgetBook(service);
      state = newServiceState;
      for await (const ledger of store.ledgers(service.name)) book.restore(ledger, clock.now());
      if (catchesUp) catchUp();
    }
  }
  // The scrapes that are still to land, and what is asked for when they have.
  for (let left = 0; left < 12; left += 1) {
    await clock.advance(10_000);
    poll();
  }
  await fillAll();
  const counted = pasts.flatMap(({ group, past }) =>
    book
      .entries()
      .filter(({ key }) => key === groupKey(group))
      .map((entry) => ({ past, entry })),
  );
  if (counted.length < groups) throw new Error('a group has no ledger');
  return { counted, now: clock.now() };
}

/** Slots are kept in Float32. */
const rounding = 1e-6;

function expectTruth({ counted, now }: Awaited<ReturnType<typeof live>>): void {
  for (const { past, entry } of counted) {
    const truth = past.truth(entry.fedTo, now);
    const read = countWindow(entry.ledger, begin - hour, entry.fedTo);
    expect(Math.abs(read.total / truth.total - 1)).toBeLessThan(rounding);
    expect(Math.abs(read.bad / truth.bad - 1)).toBeLessThan(rounding);
  }
}

describe('the ledger of an error budget', () => {
  test('says the truth after late samples, pauses, failed commits and restarts, and counts nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 4 }), async (seed, restarts) => {
        expectTruth(await live(seed, restarts));
      }),
      {
        numRuns: 25,
        examples: [
          // A series that goes out of sight for less than a second, and is late then.
          [-1724154623, 2],
          // All series are back after longer than the source looks back.
          [-1064281548, 2],
        ],
      },
    );
  }, 60_000);

  test('says it of each group when the source does not answer for a while, and when its past is caught up with', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        fc.boolean(),
        async (seed, restarts, hasOutages, catchesUp) => {
          expectTruth(await live(seed, restarts, { groups: 2, hasOutages, catchesUp }));
        },
      ),
      {
        numRuns: 20,
        examples: [
          // The groups lack stretches that end at different moments.
          [-1698224740, 4, false, false],
          // The source stops to answer while the series of one group come back one by one.
          [69300359, 0, true, false],
          // A group pauses while its past is read.
          [2116267021, 4, false, true],
          [1855372673, 4, true, true],
        ],
      },
    );
  }, 60_000);

  test.each<BudgetMethod>([
    { kind: 'timeslices', sliceMs: minute, target: 0.95 },
    { kind: 'ratio-timeslices', sliceMs: 5 * minute },
  ])(
    'has each slice once, whatever happened: %j',
    async (method) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 3 }), async (seed, restarts) => {
          const { counted } = await live(seed, restarts, { method });
          const [{ entry } = { entry: undefined }] = counted;
          if (entry === undefined || method.kind === 'occurrences') return;
          const from = begin + hour;
          const to = Math.floor(newestEnd(entry.ledger) / method.sliceMs) * method.sliceMs;
          const { total, coveredMs } = countWindow(entry.ledger, from, to);
          // A slice without any event is covered and counts for nothing; there is one in a long pause of all series only.
          expect(total).toBeLessThanOrEqual((to - from) / method.sliceMs + 0.001);
          expect(total * method.sliceMs).toBeLessThanOrEqual(coveredMs + 100);
          expect(total * method.sliceMs).toBeGreaterThan(0.9 * coveredMs);
        }),
        { numRuns: 8 },
      );
    },
    60_000,
  );
});
