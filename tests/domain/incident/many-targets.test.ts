import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rowAt, rowCount, type CountRow } from '../../../src/domain/reading/count-rows.ts';
import { emptyLedger, record, type SignalLedger } from '../../../src/domain/reading/signal-ledger.ts';
import { stepsToRead } from '../../../src/domain/reading/step-plan.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { ScrapedTargets } from '../../support/scraped-targets.ts';
import { aRatio } from '../../support/simulation.ts';

const intervalMs = 5_000;
const timing = timingFor(intervalMs);
const until = 300_000;

/** Polls at the given instants and returns the ledger with how many steps were read. */
function poll(world: ScrapedTargets, times: readonly number[]): { ledger: SignalLedger; stepsRead: number } {
  let ledger = emptyLedger;
  let stepsRead = 0;
  for (const now of times) {
    const steps = stepsToRead(ledger, now, timing);
    stepsRead += steps.length;
    const group = world.read(steps, now);
    const observation = { kind: 'counted' as const, signal: aRatio.name, groups: group === undefined ? [] : [group] };
    const retention = { forgetBefore: -Infinity, held: new Set<string>(), intervalMs };
    ledger = record(ledger, aRatio, observation, now, -Infinity, retention);
  }
  return { ledger, stepsRead };
}

function rowsOf(ledger: SignalLedger): readonly CountRow[] {
  const rows = ledger.groups.get('')?.rows ?? new Float64Array();
  return Array.from({ length: rowCount(rows) }, (_, index) => rowAt(rows, index));
}

const everyPhase = (phases: readonly number[]): readonly number[] =>
  Array.from({ length: until / intervalMs - 1 }, (_, turn) => (turn + 1) * intervalMs)
    .flatMap((start) => phases.map((phase) => start + phase + 40))
    .sort((a, b) => a - b);

describe('several targets', () => {
  test('that are scraped at the same instant have each step read once', () => {
    const target = { phaseMs: 100, perSecond: 50, landingMs: () => 20 };
    const world = new ScrapedTargets([target, { ...target, phaseMs: 130 }], intervalMs, until, () => true);
    const times = everyPhase([130]);
    expect(poll(world, times).stepsRead).toBe(times.length);
  });

  const aTarget = fc.record({
    phaseMs: fc.integer({ min: 0, max: intervalMs - 1 }),
    perSecond: fc.integer({ min: 1, max: 500 }),
    lateMs: fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 7 }),
  });
  const world = (
    targets: readonly { phaseMs: number; perSecond: number; lateMs: readonly number[] }[],
    gapFrom = 0,
    gapTo = 0,
  ) =>
    new ScrapedTargets(
      targets.map(({ phaseMs, perSecond, lateMs }) => ({
        phaseMs,
        perSecond,
        landingMs: (at) => lateMs[Math.floor(at / intervalMs) % lateMs.length] ?? 1,
      })),
      intervalMs,
      until,
      (at) => at < gapFrom || at >= gapTo,
    );

  test('lose no event to samples that land late', () => {
    fc.assert(
      fc.property(fc.array(aTarget, { minLength: 1, maxLength: 5 }), (targets) => {
        const scraped = world(targets);
        const { ledger } = poll(scraped, everyPhase(targets.map(({ phaseMs }) => phaseMs)));
        // The very first step began before anything was read, and is not read again.
        const settled = rowsOf(ledger).filter(({ to }, index) => index > 0 && to < until - 20_000);
        for (const row of settled) expect(row.total).toBe(scraped.count(row).total);
      }),
      { numRuns: 200 },
    );
  });

  test('that come back after a gap one by one count it in the gap and not in the moment of their return', () => {
    fc.assert(
      fc.property(
        fc.array(aTarget, { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 20_000, max: 120_000 }),
        (targets, gapMs) => {
          const punctual = targets.map((target) => ({ ...target, lateMs: [20] }));
          const scraped = world(punctual, 100_000, 100_000 + gapMs);
          const { ledger } = poll(scraped, everyPhase(targets.map(({ phaseMs }) => phaseMs)));
          const perSecond = targets.reduce((sum, target) => sum + target.perSecond, 0);
          for (const { from, to, total } of rowsOf(ledger))
            expect(total).toBeLessThanOrEqual((perSecond * (to - from + intervalMs)) / 1_000 + targets.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
