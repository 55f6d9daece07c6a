import { compare } from './outbox-order.ts';
import type { LedgerKey } from '../ports/store.ts';

/** One text for each ledger, to be the key of a map. */
export function ledgerKeyText({ service, budget, group }: LedgerKey): string {
  return JSON.stringify([service, budget, group]);
}

/** The order in which a store gives the ledgers of a service. */
export function byBudgetAndGroup(a: LedgerKey, b: LedgerKey): number {
  return compare(a.budget, b.budget) || compare(a.group, b.group);
}
