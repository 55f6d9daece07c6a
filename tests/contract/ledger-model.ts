import type { Commit, LedgerKey, StoredLedger } from '../../src/app/ports/store.ts';
import { compare } from '../../src/app/recording/outbox-order.ts';
import { keyOf, services } from './ledger-builders.ts';

/** The docstrings of the port, word by word. */
export function ledgersInMaps(commits: readonly Commit[]): readonly StoredLedger[] {
  let all: StoredLedger[] = [];
  const text = (each: LedgerKey) => JSON.stringify(keyOf(each));
  for (const { ledgers = [], forgottenLedgers = [] } of commits) {
    all = all.filter((each) => !forgottenLedgers.some((key) => text(key) === text(each)));
    for (const write of ledgers) {
      const before = all.find(
        (each) => text(each) === text(write) && each.shape === write.shape && write.replaces !== true,
      );
      let rows = (before?.rows ?? []).filter(
        (row) => !write.changes.floors.some(({ slotMs, from }) => row.slotMs === slotMs && row.start < from),
      );
      for (const row of write.changes.rows) {
        if (![row.bad, row.total].every(Number.isFinite)) continue;
        rows = rows.filter(({ slotMs, start }) => slotMs !== row.slotMs || start !== row.start);
        // Zeros have no sign in a store.
        rows.push({ ...row, bad: row.bad + 0, total: row.total + 0 });
      }
      rows.sort((a, b) => a.slotMs - b.slotMs || a.start - b.start);
      all = all.filter((each) => text(each) !== text(write));
      all.push({ ...keyOf(write), shape: write.shape, rows });
    }
  }
  return all.sort(
    (a, b) =>
      services.indexOf(a.service) - services.indexOf(b.service) ||
      compare(a.budget, b.budget) ||
      compare(a.group, b.group),
  );
}
