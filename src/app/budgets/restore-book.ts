import type { Service } from '../../domain/service/service.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type Store } from '../ports/store.ts';
import { BudgetBook } from './budget-book.ts';

/**
 * The ledgers of a service as the store holds them. What cannot be read, or cannot be right, is read from the source again,
 * which the log says. Ledgers that nothing declares any more are to be forgotten. `now`: the source's time, ms.
 */
export async function restoreBook(
  service: Service,
  store: Pick<Store, 'ledgers'>,
  log: Log,
  now: number,
): Promise<BudgetBook> {
  const book = new BudgetBook(service);
  try {
    for await (const ledger of store.ledgers(service.name)) {
      const { refused } = book.restore(ledger, now);
      if (refused === 0) continue;
      const { budget, group } = ledger;
      log.warn('rows of an error budget cannot be right; what they held is read from the source again', {
        service: service.name,
        budget,
        group,
        rows: refused,
      });
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.warn('the error budgets of a service cannot be read from the store; they are read from the source again', {
      service: service.name,
      reason: error.reason,
      detail: error.message,
    });
  }
  return book;
}
