import { z } from 'zod';
import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import type { Interval } from '../../domain/interval.ts';

const GapsWire = z.array(z.tuple([z.number(), z.number()]));

/** The row of a slot's columns (slot_ms, start, bad, total, gaps); undefined when it cannot be read. */
export function ledgerRow([slotMs, start, bad, total, gaps]: readonly unknown[]): LedgerRow | undefined {
  const read = gaps === null ? [] : readGaps(gaps);
  if (read === undefined || ![slotMs, start, bad, total].every((value) => typeof value === 'number')) return undefined;
  return { slotMs: Number(slotMs), start: Number(start), bad: Number(bad), total: Number(total), gaps: read };
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
