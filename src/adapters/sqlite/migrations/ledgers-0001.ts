/**
 * The file of the ledgers. A ledger's slots lie together, by length and start, so that the few that change each minute
 * are on one or two pages. Times are whole ms; `gaps` is null or JSON: [[from, to], …], or
 * { gaps: [[from, to], …], cuts: [[at, bad, total], …] } where an exclusion begins or ends in a slot.
 */
export const ledgersAndSlots = `
  CREATE TABLE ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    budget TEXT NOT NULL,
    group_key TEXT NOT NULL,
    shape TEXT NOT NULL,
    UNIQUE (service, budget, group_key)
  ) STRICT;

  CREATE TABLE slot (
    ledger INTEGER NOT NULL,
    slot_ms INTEGER NOT NULL,
    start INTEGER NOT NULL,
    bad REAL NOT NULL,
    total REAL NOT NULL,
    gaps TEXT,
    PRIMARY KEY (ledger, slot_ms, start)
  ) STRICT, WITHOUT ROWID;
`;
