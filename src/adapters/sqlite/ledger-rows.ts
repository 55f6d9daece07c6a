import { z } from 'zod';
import type { SlotCut } from '../../domain/budget/cuts.ts';
import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import type { Interval } from '../../domain/interval.ts';

const GapsWire = z.array(z.tuple([z.number(), z.number()]));
const CutsWire = z.strictObject({ gaps: GapsWire, cuts: z.array(z.tuple([z.number(), z.number(), z.number()])) });

/** What most slots have; frozen, since all of them share it. */
const noGaps: readonly Interval[] = Object.freeze([]);

/** The row of a slot's columns (slot_ms, start, bad, total, gaps); undefined when it cannot be read. */
export function ledgerRow(columns: readonly unknown[]): LedgerRow | undefined {
  const [slotMs, start, bad, total, column] = columns;
  if (!isNumber(slotMs) || !isNumber(start) || !isNumber(bad) || !isNumber(total)) return undefined;
  const rest = column === null ? { gaps: noGaps } : readGaps(column);
  return rest && { slotMs, start, bad, total, ...rest };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/**
 * What the column `gaps` keeps: nothing for most slots. An Andon that knows no cuts cannot read a row that has some, and
 * reads what it held from the source again.
 */
export function gapsColumn(gaps: readonly Interval[], cuts: readonly SlotCut[] = []): string | null {
  const pairs = gaps.map(({ from, to }) => [from, to]);
  if (cuts.length > 0) return JSON.stringify({ gaps: pairs, cuts: cuts.map(({ at, bad, total }) => [at, bad, total]) });
  return gaps.length === 0 ? null : JSON.stringify(pairs);
}

function readGaps(column: unknown): Pick<LedgerRow, 'gaps' | 'cuts'> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(String(column));
  } catch {
    return undefined;
  }
  const plain = GapsWire.safeParse(value);
  if (plain.success) return { gaps: intervals(plain.data) };
  const { data } = CutsWire.safeParse(value);
  return data && { gaps: intervals(data.gaps), cuts: data.cuts.map(([at, bad, total]) => ({ at, bad, total })) };
}

function intervals(pairs: z.infer<typeof GapsWire>): readonly Interval[] {
  return pairs.map(([from, to]) => ({ from, to }));
}
