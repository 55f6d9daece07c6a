import type { Step } from '../../../src/domain/reading/observation.ts';
import type { ErrorBudget, Period } from '../../../src/domain/budget/objective.ts';
import { createLedger, fill, type BudgetLedger } from '../../../src/domain/budget/ledger.ts';
import type { OffsetAt } from '../../../src/domain/budget/zone.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** 2026-06-15T00:00:00Z, a Monday. */
export const monday = Date.UTC(2026, 5, 15);

export function aBudget(changes: Partial<ErrorBudget> = {}): ErrorBudget {
  return {
    name: 'availability',
    signal: 'requests',
    objective: 0.999,
    period: { kind: 'rolling', ms: 30 * day },
    method: { kind: 'occurrences' },
    minimumBad: 0,
    tiers: [],
    exclusions: [],
    ...changes,
  };
}

/** Steps of one length from one instant to another, with the same share of bad events at the same rate. */
export function steady(from: number, to: number, stepMs: number, perSecond: number, badShare: number): Step[] {
  const steps: Step[] = [];
  for (let at = from; at < to; at += stepMs) {
    const end = Math.min(at + stepMs, to);
    const total = (perSecond * (end - at)) / 1000;
    steps.push({ from: at, to: end, good: total * (1 - badShare), total });
  }
  return steps;
}

/** A ledger that was filled with steps, newest first as the daemon does it. */
export function filled(budget: ErrorBudget, ...stretches: readonly (readonly Step[])[]): BudgetLedger {
  const ledger = createLedger(budget);
  fill(
    ledger,
    stretches.flat().sort((a, b) => b.from - a.from),
  );
  return ledger;
}

/** A zone's offset as the platform knows it, remembered for each quarter of an hour. */
export function zone(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / 900_000);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text) ?? [];
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute;
    known.set(quarter, offset);
    return offset;
  };
}

export function calendar(unit: 'week' | 'month' | 'quarter' | 'year', timeZone = 'UTC'): Period {
  return { kind: 'calendar', unit, timeZone, offsetAt: zone(timeZone) };
}
