import type { LedgerKey, LedgerWrite } from '../ports/store.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { BudgetBook, BudgetChanges } from './budget-book.ts';

/** Rows that one transaction holds about: a first fill brings thousands for each budget, and others wait for their commit. */
const rowsTogether = 20_000;

/**
 * Writes what changed of the ledgers. Rejects with StoreError; what was not written then comes again with the next. A
 * restart between two of these transactions finds some ledgers older than others, and fills what they lack.
 */
export async function writeLedgers(
  recorder: Pick<Recorder, 'record'>,
  books: readonly BudgetBook[],
  now: number,
): Promise<void> {
  let taken: { readonly book: BudgetBook; readonly changes: BudgetChanges }[] = [];
  let rows = 0;
  const write = async (): Promise<void> => {
    const ledgers: LedgerWrite[] = taken.flatMap(({ changes }) => changes.ledgers);
    const forgottenLedgers: LedgerKey[] = taken.flatMap(({ changes }) => changes.forgotten);
    try {
      await recorder.record({ events: [], checkpoints: [], channels: [], ledgers, forgottenLedgers });
    } catch (error) {
      for (const { book, changes } of taken) book.putBack(changes);
      throw error;
    }
    taken = [];
    rows = 0;
  };
  for (const book of books) {
    book.forgetGone(now);
    const changes = book.takeChanges();
    if (changes.ledgers.length === 0 && changes.forgotten.length === 0) continue;
    taken.push({ book, changes });
    for (const ledger of changes.ledgers) rows += ledger.changes.rows.length;
    if (rows > rowsTogether) await write();
  }
  await write();
}
