import { writeSync } from 'node:fs';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import type { LedgerRow } from '../../../src/domain/budget/ledger-rows.ts';
import { aLedger, aRow } from '../../contract/ledger-builders.ts';
import { aCheckpoint, aCommit, aNotification, anEvent } from '../../contract/store-builders.ts';

/**
 * Commits numbered batches to the store in the folder it is given until it is killed. Says `opening` before it opens
 * the store, and each number once its commit has been acknowledged.
 */
export const notificationsPerBatch = 10;

export function eventsOfBatch(batch: number): readonly string[] {
  return [`${batch} first`, `${batch} second`];
}

/** Enough that the write-ahead log goes into the database now and then. */
export function rowsOfBatch(batch: number): readonly LedgerRow[] {
  return Array.from({ length: 50 }, (_, n) => aRow((50 * batch + n) * 10_000));
}

const directory = process.argv[2];
if (import.meta.main && directory !== undefined) {
  writeSync(1, 'opening\n');
  const store = await SqliteStore.open({ directory });
  const [checkpoint] = await store.checkpoints();
  for (let batch = (checkpoint?.evaluatedAt ?? 0) + 1; ; batch++) {
    await store.commit(
      aCommit({
        events: eventsOfBatch(batch).map((text) => anEvent(text)),
        notifications: Array.from({ length: notificationsPerBatch }, (_, n) =>
          aNotification(`n-${batch}-${n}`, { sequence: batch }),
        ),
        checkpoints: [aCheckpoint('checkout', batch)],
        ledgers: [aLedger(rowsOfBatch(batch))],
      }),
    );
    writeSync(1, `${batch}\n`);
  }
}
