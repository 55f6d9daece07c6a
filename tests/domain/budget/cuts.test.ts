import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countWindow } from '../../../src/domain/budget/count-window.ts';
import { cutSlot, isCutKnown, setExclusions, uncutSlots } from '../../../src/domain/budget/cuts.ts';
import type { Exclusion } from '../../../src/domain/budget/exclusions.ts';
import { forgetStretch } from '../../../src/domain/budget/forget-stretch.ts';
import { addStep, createLedger, fill, newestEnd } from '../../../src/domain/budget/ledger.ts';
import { putBack, restoreLedger, takeChanges, type LedgerRow } from '../../../src/domain/budget/ledger-rows.ts';
import type { Step } from '../../../src/domain/reading/observation.ts';
import { Chance } from '../../support/chance.ts';
import { aBudget, day, filled, hour, minute, monday, steady } from './budgets.ts';

const stepMs = 10_000;

function once(from: number, to: number): Exclusion {
  return { kind: 'once', from, to, because: 'move' };
}

/** Steps whose bad events come in bursts, so that where a slot is cut matters. */
function bursts(chance: Chance, hours: number): readonly Step[] {
  return Array.from({ length: (hours * hour) / stepMs }, (_, index) => {
    const from = monday + index * stepMs;
    const total = chance.poisson(20);
    return { from, to: from + stepMs, total, good: chance.unit() < 0.1 ? 0 : total };
  });
}

/** What is counted outside of the exclusions, step by step. */
function truth(steps: readonly Step[], exclusions: readonly Exclusion[]) {
  const left = steps.filter(({ from }) =>
    exclusions.every((each) => each.kind !== 'once' || from < each.from || from >= each.to),
  );
  return {
    bad: left.reduce((sum, each) => sum + each.total - each.good, 0),
    total: left.reduce((sum, each) => sum + each.total, 0),
  };
}

const someEdges = fc.array(fc.integer({ min: 1, max: (10 * hour) / stepMs }), { minLength: 2, maxLength: 8 });

describe('what was counted on each side of where an exclusion begins or ends', () => {
  test('stays known while slots grow longer, whatever is stored, restored or filled late', () => {
    fc.assert(
      fc.property(fc.integer(), someEdges, (seed, picked) => {
        const chance = new Chance(seed);
        const edges = [...new Set(picked)].sort((a, b) => a - b).map((each) => monday + each * stepMs);
        const exclusions = edges.flatMap((from, index) =>
          index % 2 === 0 ? [once(from, edges[index + 1] ?? from + hour)] : [],
        );
        const budget = aBudget({ exclusions });
        const steps = bursts(chance, 12);
        const late = new Set(steps.filter(() => chance.unit() < 0.02));
        let ledger = createLedger(budget);
        const rows = new Map<string, LedgerRow>();
        for (const step of steps) {
          if (!late.has(step)) addStep(ledger, step);
          if (chance.unit() < 0.01) {
            const changes = takeChanges(ledger);
            if (chance.unit() < 0.3) putBack(ledger, changes);
            else {
              for (const { slotMs, from } of changes.floors)
                for (const [key, row] of rows) if (row.slotMs === slotMs && row.start < from) rows.delete(key);
              for (const row of changes.rows) rows.set(`${row.slotMs} ${row.start}`, row);
            }
          }
          if (chance.unit() < 0.002) {
            const { ledger: restored, refused } = restoreLedger(budget, [...rows.values()], step.to);
            expect(refused).toBe(0);
            ledger = restored;
            fill(ledger, steps.filter((each) => each.to <= step.to && !late.has(each)).toReversed());
          }
        }
        fill(ledger, [...late]);
        const newest = newestEnd(ledger);
        const counted = steps.filter(({ to }) => to <= newest);
        const { bad, total, estimatedBad } = countWindow(ledger, monday, newest, exclusions);
        const expected = truth(counted, exclusions);
        expect(Math.abs(bad - expected.bad)).toBeLessThan(1e-3 * Math.max(1, expected.bad));
        expect(Math.abs(total - expected.total)).toBeLessThan(1e-3 * expected.total);
        expect(estimatedBad).toBeUndefined();
      }),
      {
        numRuns: 30,
        examples: [
          [-2130116579, [1363, 1, 1]],
          [16, [1, 1]],
        ],
      },
    );
  }, 60_000);

  test('is kept through every length of slot', () => {
    const exclusions = [once(monday + 37 * minute + 20_000, monday + 68 * minute + 50_000)];
    const ledger = createLedger(aBudget({ period: { kind: 'rolling', ms: 366 * day }, exclusions }));
    const chance = new Chance(7);
    const steps = bursts(chance, 2);
    for (const step of steps) addStep(ledger, step);
    const expected = truth(steps, exclusions);
    for (const age of [3 * hour, 10 * hour, 4 * day, 40 * day, 95 * day]) {
      addStep(ledger, { from: monday + age, to: monday + age + minute, good: 0, total: 0 });
      for (let index = 1; index < 20; index += 1)
        addStep(ledger, {
          from: monday + age + index * minute,
          to: monday + age + (index + 1) * minute,
          good: 0,
          total: 0,
        });
      const { bad, total } = countWindow(ledger, monday, monday + 2 * hour, exclusions);
      expect(bad).toBeCloseTo(expected.bad, 2);
      expect(total).toBeCloseTo(expected.total, 2);
    }
    expect(ledger.tiers.at(-1)?.slotMs).toBe(hour);
    expect(ledger.cuts?.size).toBe(2);
  });

  test('is not known where it was counted in longer steps than that, until it is read apart', () => {
    const edge = monday + 37 * minute;
    const exclusions = [once(edge, monday + hour)];
    const budget = aBudget({ exclusions });
    const ledger = filled(
      budget,
      steady(monday, monday + 5 * day, 5 * minute, 10, 0).map((step) =>
        step.from === monday + 35 * minute ? { ...step, good: 0 } : step,
      ),
    );
    const [slot, ...others] = uncutSlots(ledger, [edge]);
    expect(slot).toEqual({ from: monday + 30 * minute, to: monday + 45 * minute, edges: [edge] });
    expect(others).toEqual([]);
    if (slot === undefined) return;
    expect(countWindow(ledger, monday, monday + day, exclusions).estimatedBad).toBe(3_000);

    const stretch = (from: number, to: number, bad: number) => ({
      from: monday + from * minute,
      to: monday + to * minute,
      bad,
      total: (to - from) * 600,
    });
    expect(cutSlot(ledger, slot, [stretch(30, 37, 1_000), stretch(37, 45, 2_000)])).toBe(true);
    const { bad, total, estimatedBad } = countWindow(ledger, monday, monday + hour, exclusions);
    expect({ bad: Math.round(bad), total: Math.round(total), estimatedBad }).toEqual({
      bad: 1_000,
      total: 37 * 600,
      estimatedBad: undefined,
    });
  });

  test('is not taken from stretches that have none of what the slot counted', () => {
    const edge = monday + 37 * minute;
    const ledger = filled(aBudget(), steady(monday, monday + 5 * day, 5 * minute, 10, 0.5));
    const slot = { from: monday + 30 * minute, to: monday + 45 * minute, edges: [edge] };
    expect(cutSlot(ledger, slot, [])).toBe(false);
    expect(cutSlot(ledger, slot, [{ from: slot.from, to: slot.to, bad: 0, total: 9_000 }])).toBe(false);
    expect(cutSlot(ledger, { ...slot, to: slot.to + 1 }, [{ ...slot, bad: 1, total: 1 }])).toBe(false);
    expect(isCutKnown(ledger, edge)).toBe(false);
  });

  test('is forgotten with its slot, by a step that reaches over it, and with its exclusion', () => {
    const edges = [37, 97, 157].map((minutes) => monday + minutes * minute);
    const exclusions = edges.map((edge) => once(edge, edge + 8 * minute));
    const budget = aBudget({ exclusions });
    const fresh = () => {
      const ledger = createLedger(budget);
      for (const step of steady(monday, monday + 4 * hour, stepMs, 10, 0.1)) addStep(ledger, step);
      addStep(ledger, { from: monday + 4 * day, to: monday + 4 * day + minute, good: 1, total: 1 });
      for (const step of steady(monday + 4 * day + minute, monday + 4 * day + hour, minute, 1, 0))
        addStep(ledger, step);
      return ledger;
    };
    const known = (ledger: ReturnType<typeof fresh>) => edges.map((edge) => isCutKnown(ledger, edge));
    expect(known(fresh())).toEqual([true, true, true]);
    const forgotten = fresh();
    forgetStretch(forgotten, monday + 90 * minute, monday + 98 * minute);
    expect(known(forgotten)).toEqual([true, false, true]);
    fill(forgotten, [{ from: monday + 90 * minute, to: monday + 105 * minute, good: 5, total: 10 }]);
    expect(known(forgotten)).toEqual([true, false, true]);
    const redeclared = fresh();
    setExclusions(redeclared, exclusions.slice(0, 1));
    expect(known(redeclared)).toEqual([true, false, false]);
  });
});

test('a slot without bad events is to be read apart too: they may all have been on one side', () => {
  const edge = monday + 37 * minute;
  const ledger = filled(aBudget(), steady(monday, monday + 5 * day, 5 * minute, 10, 0));
  expect(uncutSlots(ledger, [edge])).toEqual([{ from: monday + 30 * minute, to: monday + 45 * minute, edges: [edge] }]);
});

test('an empty ledger begins with cuts of what recurs, as far back as it reaches', () => {
  const weekly: Exclusion = {
    kind: 'weekly',
    days: [0],
    startMinute: 37,
    endMinute: 68,
    timeZone: 'UTC',
    offsetAt: () => 0,
    because: 'patches',
  };
  const ledger = createLedger(aBudget({ exclusions: [weekly] }));
  fill(ledger, steady(monday, monday + 2 * hour, minute, 10, 0.1));
  const end = monday + 27 * day;
  fill(ledger, [{ from: end, to: end + minute, good: 1, total: 1 }]);
  const cuts = [...(ledger.cuts?.keys() ?? [])].sort((a, b) => a - b);
  expect(cuts).toContain(monday + 37 * minute);
  expect(cuts.every((at) => at >= monday - 4 * day && at < end)).toBe(true);
  expect(countWindow(ledger, monday, monday + 2 * hour, [weekly]).total).toBeCloseTo((2 * 60 - 31) * 600, 2);
});

test('a ledger without exclusions keeps nothing for them', () => {
  const ledger = filled(aBudget(), steady(monday, monday + 5 * day, 5 * minute, 10, 0.5));
  expect(ledger.cuts).toBeUndefined();
  expect(takeChanges(ledger).rows.filter((row) => 'cuts' in row)).toEqual([]);
});
