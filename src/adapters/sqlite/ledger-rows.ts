import { z } from 'zod';
import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import type { Interval } from '../../domain/interval.ts';

const GapsWire = z.array(z.tuple([z.number(), z.number()]));

/** What most slots have; frozen, since all of them share it. */
const noGaps: readonly Interval[] = Object.freeze([]);

/** The row of a slot's columns (slot_ms, start, bad, total, gaps); undefined when it cannot be read. */
export function ledgerRow(columns: readonly unknown[]): LedgerRow | undefined {
  const [slotMs, start, bad, total, column] = columns;
  if (!isNumber(slotMs) || !isNumber(start) || !isNumber(bad) || !isNumber(total)) return undefined;
  const gaps = column === null ? noGaps : readGaps(column);
  return gaps && { slotMs, start, bad, total, gaps };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** What the column `gaps` keeps: nothing for most slots. */
export function gapsColumn(gaps: readonly Interval[]): string | null {
  return gaps.length === 0 ? null : JSON.stringify(gaps.map(({ from, to }) => [from, to]));
}

function readGaps(column: unknown): readonly Interval[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(String(column));
  } catch {
    return undefined;
  }
  const checked = GapsWire.safeParse(value);
  return checked.success ? checked.data.map(([from, to]) => ({ from, to })) : undefined;
}
