import { dayMs } from '../../domain/budget/zone.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type LedgerKey, type Store } from '../ports/store.ts';

/** How long after their newest count the ledgers of a service are kept that no rule file declares, ms: it may come back. */
export const leftLedgersKeptMs = 7 * dayMs;

/** What the dropping of ledgers needs to know. */
export interface LeftLedgers {
  readonly store: Pick<Store, 'ledgers' | 'ledgerServices' | 'commit'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Asked for each service right before its ledgers go. */
  readonly isDeclared: (service: string) => boolean;
  /** On Andon's clock, ms. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * Deletes the ledgers of services that left the rule files, once their newest count is old enough; one line in the log
 * says which. Does not reject because of the store: what could not be deleted is, at another start.
 */
export async function dropLeftLedgers(parts: LeftLedgers): Promise<void> {
  const { store, log, isDeclared, now, signal } = parts;
  const dropped: { readonly service: string; readonly ledgers: number }[] = [];
  try {
    for (const service of await store.ledgerServices()) {
      if (isDeclared(service)) continue;
      const { keys, newestEnd } = await newestOf(store, service);
      if (signal.aborted) break;
      if (now - newestEnd <= leftLedgersKeptMs || keys.length === 0 || isDeclared(service)) continue;
      await store.commit({ recordedAt: now, forgottenLedgers: keys });
      dropped.push({ service, ledgers: keys.length });
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (!signal.aborted)
      log.warn('the error budgets of services that left the rule files could not be dropped', {
        reason: error.reason,
        detail: error.message,
      });
  }
  if (dropped.length === 0) return;
  log.info('error budgets of services that left the rule files were dropped', {
    services: dropped.map(({ service }) => service),
    ledgers: dropped.reduce((sum, { ledgers }) => sum + ledgers, 0),
  });
}

/** When anything was counted last for a service, ms on its source's clock; long ago where nothing was. */
async function newestOf(
  store: Pick<Store, 'ledgers'>,
  service: string,
): Promise<{ readonly keys: readonly LedgerKey[]; readonly newestEnd: number }> {
  const keys: LedgerKey[] = [];
  let newestEnd = -Infinity;
  for await (const { budget, group, rows } of store.ledgers(service)) {
    keys.push({ service, budget, group });
    for (const { start, slotMs } of rows) newestEnd = Math.max(newestEnd, start + slotMs);
  }
  return { keys, newestEnd };
}
