import { expect, test } from '@jest/globals';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import type { Fillable } from '../../../src/app/budgets/fillable.ts';
import { LedgerFiller } from '../../../src/app/budgets/ledger-filler.ts';
import type { HistoryPoint } from '../../../src/domain/reading/history.ts';
import { evaluate, newServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { Interval } from '../../../src/domain/interval.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aBudget, day } from '../../domain/budget/budgets.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { aRatio, aService } from '../../support/simulation.ts';

const timing = timingFor(15_000);
const never = new AbortController().signal;

/** A service whose budget has been polled once. */
function polledOnce(name: string, at: number): Fillable {
  const budget = aBudget({ signal: aRatio.name, period: { kind: 'rolling', ms: 20 * day } });
  const service = aService({ name, budgets: [budget] });
  const budgets = new BudgetBook(service);
  const steps = [{ from: at - 15_000, to: at, good: 15, total: 15 }];
  const seen = [
    {
      kind: 'counted' as const,
      signal: aRatio.name,
      groups: [{ group: {}, newestSampleAt: at, steps, numeratorSeen: true }],
    },
  ];
  budgets.feed(seen, newServiceState, at, timing.intervalMs);
  evaluate(service, newServiceState, seen, at, timing, budgets.readings());
  return { budgets, timing };
}

function pointsIn({ from, to }: Interval, stepMs: number): readonly HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (let at = from + stepMs; at <= to; at += stepMs)
    points.push({ at, newestSampleAt: at, total: 1, good: 1, numeratorSeen: true });
  return points;
}

/** Fills the ledgers of some services from a source that takes its time, and tells what it was asked for. */
async function fillFrom(services: number, msOf: (signals: number, points: number, read: number) => number) {
  const clock = new ManualClock();
  const fillables = Array.from({ length: services }, (_, index) => polledOnce(`shop-${index}`, clock.now()));
  const reads: { readonly signals: number; readonly points: number }[] = [];
  let looks = 0;
  const [watched] = fillables;
  if (watched !== undefined) {
    const entries = watched.budgets.entries.bind(watched.budgets);
    watched.budgets.entries = () => {
      looks += 1;
      return entries();
    };
  }
  const filler = new LedgerFiller({
    clock,
    log: memoryLog(),
    now: () => clock.now(),
    source: {
      name: 'default',
      async history(signals, stretch, stepMs) {
        const points = Math.round((stretch.to - stretch.from) / stepMs);
        reads.push({ signals: signals.length, points });
        await clock.advance(msOf(signals.length, points, reads.length));
        return signals.map(() => ({ kind: 'history', groups: [{ group: {}, points: pointsIn(stretch, stepMs) }] }));
      },
    },
  });
  while (await filler.fillNext(fillables, never));
  // The newest minute may still settle.
  const isFilled = fillables.every(({ budgets }) => budgets.views(clock.now()).every(({ known }) => known > 0.9999));
  return { reads, looks, isFilled };
}

test('a source that is quick is asked for eight signals in one go', async () => {
  const { reads, isFilled } = await fillFrom(8, () => 100);
  expect(reads.every(({ signals }) => signals === 8)).toBe(true);
  expect(Math.max(...reads.map(({ points }) => points))).toBe(720);
  expect(isFilled).toBe(true);
});

test('a source that is slow is asked for fewer signals, before it gives up', async () => {
  const { reads, isFilled } = await fillFrom(8, (signals, points) => (signals * points * 9_000) / (8 * 720));
  const large = reads.filter(({ points }) => points > 700).map(({ signals }) => signals);
  expect(large[0]).toBe(8);
  // Nine seconds became four and a half, which is still too long, and then a little over two.
  expect(large.slice(0, 7)).toEqual([8, 4, 2, 2, 2, 2, 2]);
  expect(Math.max(...large.slice(3))).toBeLessThanOrEqual(4);
  expect(isFilled).toBe(true);
});

test('a signal that is slow alone is asked for in smaller parts', async () => {
  const { reads, isFilled } = await fillFrom(1, (_, points) => points * 20);
  const longest = reads.map(({ points }) => points * 20).filter((ms) => ms > 4_000);
  // The first one of 14 s, and those of 7 s and 5 s on the way down; not again and again.
  expect(longest.length).toBeLessThanOrEqual(3);
  expect(isFilled).toBe(true);
});

test('a source that was slow for a while is asked for as much as before', async () => {
  const { reads } = await fillFrom(8, (_signals, _points, read) => (read < 20 ? 6_000 : 10));
  expect(reads.slice(3, 19).every(({ signals }) => signals === 1)).toBe(true);
  expect(Math.max(...reads.slice(30).map(({ signals }) => signals))).toBe(8);
  expect(Math.max(...reads.slice(30).map(({ points }) => points))).toBe(720);
});

test('many ledgers are looked at once for many reads, and not for each', async () => {
  const { reads, looks, isFilled } = await fillFrom(64, () => 10);
  expect(isFilled).toBe(true);
  expect(reads.length).toBeGreaterThan(8 * 10);
  expect(looks).toBeLessThan(reads.length / 4);
});
