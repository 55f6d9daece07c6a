import * as fc from 'fast-check';
import type { Commit, LedgerKey, LedgerWrite, Store, StoredLedger } from '../../src/app/ports/store.ts';
import type { LedgerRow } from '../../src/domain/budget/ledger-rows.ts';
import { noon } from './store-builders.ts';

export function aRow(start: number, parts: Partial<LedgerRow> = {}): LedgerRow {
  return { slotMs: 10_000, start, bad: 1, total: 10, gaps: [], ...parts };
}

export function aLedger(
  rows: readonly LedgerRow[],
  parts: Partial<Omit<LedgerWrite, 'changes'>> & { readonly floors?: LedgerWrite['changes']['floors'] } = {},
): LedgerWrite {
  const { floors = [], ...rest } = parts;
  return { service: 'checkout', budget: 'success', group: '', shape: 'events', changes: { rows, floors }, ...rest };
}

export function keyOf({ service, budget, group }: LedgerKey): LedgerKey {
  return { service, budget, group };
}

export async function ledgersOf(store: Store, service = 'checkout'): Promise<readonly StoredLedger[]> {
  const ledgers: StoredLedger[] = [];
  for await (const ledger of store.ledgers(service)) ledgers.push(ledger);
  return ledgers;
}

/** All ledgers of the services that arbitrary commits name. */
export async function allLedgers(store: Store): Promise<readonly StoredLedger[]> {
  return (await Promise.all(services.map((service) => ledgersOf(store, service)))).flat();
}

export const services: readonly string[] = ['checkout', 'search', '__proto__'];

const key: fc.Arbitrary<LedgerKey> = fc.record({
  service: fc.constantFrom(...services),
  budget: fc.constantFrom('success', 'latency'),
  group: fc.constantFrom('', 'region="eu"', 'region="zażółć \\u0000 \u{1f525}"', '__proto__="\uffff"'),
});
const slotMs = fc.constantFrom(10_000, 60_000, 300_000);
const place = fc.integer({ min: 0, max: 12 });
const count = fc.oneof(fc.nat(1000), fc.double(), fc.constantFrom(-0, NaN, Infinity, -3, 1e300, 0.1));

const row: fc.Arbitrary<LedgerRow> = fc
  .record({ slotMs, place, bad: count, total: count, gaps: fc.array(fc.nat(9999), { maxLength: 2 }) })
  .map(({ place: slot, gaps, ...rest }) => ({
    ...rest,
    start: noon + slot * rest.slotMs,
    gaps: gaps.map((from) => ({ from: noon + from, to: noon + from + 0.5 })),
  }));
const floor = fc.tuple(slotMs, place).map(([length, slot]) => ({ slotMs: length, from: noon + slot * length }));

const write: fc.Arbitrary<LedgerWrite> = fc
  .record({
    key,
    shape: fc.constantFrom('events', 'events', 'slices'),
    rows: fc.array(row, { maxLength: 8 }),
    floors: fc.array(floor, { maxLength: 2 }),
    replaces: fc.constantFrom(undefined, undefined, false, true),
  })
  .map(({ key: named, shape, rows, floors, replaces }) => ({
    ...named,
    shape,
    changes: { rows, floors },
    ...(replaces === undefined ? {} : { replaces }),
  }));

/** Commits of ledgers alone. */
export const arbitraryLedgers: fc.Arbitrary<Commit> = fc.record(
  {
    recordedAt: fc.constant(noon),
    ledgers: fc.array(write, { maxLength: 4 }),
    forgottenLedgers: fc.array(key, { maxLength: 1 }),
  },
  { requiredKeys: ['recordedAt'] },
);
