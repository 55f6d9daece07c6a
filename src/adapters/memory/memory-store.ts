import { byBudgetAndGroup, ledgerKeyText } from '../../app/recording/ledger-key.ts';
import { byChannelAndSequence, byIncidentAndSequence, compare } from '../../app/recording/outbox-order.ts';
import type { Commit, LedgerKey, LedgerWrite, OutboxEntry, Store, StoredLedger } from '../../app/ports/store.ts';
import { StoreError } from '../../app/ports/store.ts';
import { storableCopy, storableRows } from '../../app/recording/storable-commit.ts';
import type { LedgerRow } from '../../domain/budget/ledger-rows.ts';
import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { StoredLogEvent } from '../../domain/log/log-event.ts';

interface KeptLedger {
  readonly key: LedgerKey;
  readonly shape: string;
  /** By slot length and start. */
  readonly rows: Map<string, LedgerRow>;
}

export interface MemoryStoreOptions {
  /** False: ledgers are let go at once, since nobody will read here what is in memory already; absent: they are kept. */
  readonly keepsLedgers?: boolean;
}

/** Keeps everything in this process and nothing beyond it: for backtests, trials and tests. */
export class MemoryStore implements Store {
  readonly #events: StoredLogEvent[] = [];
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #outbox = new Map<string, OutboxEntry>();
  readonly #ledgers = new Map<string, KeptLedger>();
  readonly #keepsLedgers: boolean;
  #closed = false;

  constructor({ keepsLedgers = true }: MemoryStoreOptions = {}) {
    this.#keepsLedgers = keepsLedgers;
  }

  async commit({ ledgers = [], forgottenLedgers = [], ...commit }: Commit): Promise<readonly StoredLogEvent[]> {
    this.#mustBeOpen();
    // Copying comes first: it alone can fail, and then nothing has been changed yet.
    const { events = [], recordedAt, checkpoints = [], notifications = [], deliveries = [] } = storableCopy(commit);
    for (const key of forgottenLedgers) this.#ledgers.delete(ledgerKeyText(key));
    if (this.#keepsLedgers) for (const ledger of ledgers) this.#writeLedger(ledger);
    const stored = events.map((event, index) =>
      Object.freeze({ ...event, seq: this.#events.length + 1 + index, recordedAt }),
    );
    for (const event of stored) this.#events.push(event);
    for (const checkpoint of checkpoints) this.#checkpoints.set(checkpoint.service, checkpoint);
    for (const notification of notifications) {
      if (this.#outbox.has(notification.id)) continue;
      this.#put({ notification, delivery: { state: 'pending', attempts: 0, nextAttemptAt: notification.createdAt } });
    }
    for (const { id, delivery } of deliveries) {
      const entry = this.#outbox.get(id);
      if (entry !== undefined) this.#put({ notification: entry.notification, delivery });
    }
    return stored;
  }

  async events(afterSeq: number, limit: number): Promise<readonly StoredLogEvent[]> {
    this.#mustBeOpen();
    const start = Math.max(0, Math.floor(afterSeq));
    return this.#events.slice(start, start + Math.max(0, Math.floor(limit)));
  }

  async checkpoints(): Promise<readonly Checkpoint[]> {
    this.#mustBeOpen();
    return [...this.#checkpoints.values()].sort((a, b) => compare(a.service, b.service));
  }

  async pending(): Promise<readonly OutboxEntry[]> {
    this.#mustBeOpen();
    return [...this.#outbox.values()]
      .filter(({ delivery }) => delivery.state === 'pending')
      .sort(byIncidentAndSequence);
  }

  async outbox(incidentId: string): Promise<readonly OutboxEntry[]> {
    this.#mustBeOpen();
    return [...this.#outbox.values()]
      .filter(({ notification }) => notification.incidentId === incidentId)
      .sort(byChannelAndSequence);
  }

  async *ledgers(service: string): AsyncGenerator<StoredLedger, void, undefined> {
    this.#mustBeOpen();
    const ledgers = [...this.#ledgers.values()].filter(({ key }) => key.service === service);
    for (const { key, shape, rows } of ledgers.sort((a, b) => byBudgetAndGroup(a.key, b.key))) {
      const sorted = [...rows.values()].sort((a, b) => a.slotMs - b.slotMs || a.start - b.start);
      yield { ...key, shape, rows: sorted.map(copyOf) };
    }
  }

  async ledgerServices(): Promise<readonly string[]> {
    this.#mustBeOpen();
    return [...new Set([...this.#ledgers.values()].map(({ key }) => key.service))].sort(compare);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #writeLedger(write: LedgerWrite): void {
    const { service, budget, group, shape, changes, replaces = false } = write;
    const text = ledgerKeyText(write);
    const before = this.#ledgers.get(text);
    const keeps = before?.shape === shape && !replaces;
    const ledger = keeps ? before : { key: { service, budget, group }, shape, rows: new Map<string, LedgerRow>() };
    this.#ledgers.set(text, ledger);
    for (const { slotMs, from } of changes.floors)
      for (const [place, row] of ledger.rows) if (row.slotMs === slotMs && row.start < from) ledger.rows.delete(place);
    for (const row of storableRows(write)) ledger.rows.set(`${row.slotMs} ${row.start}`, copyOf(row));
  }

  #put(entry: OutboxEntry): void {
    this.#outbox.set(entry.notification.id, Object.freeze({ ...entry, delivery: Object.freeze(entry.delivery) }));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'The store is closed: Andon is shutting down.');
  }
}

/** Zeros lose their sign, as in any store. */
function copyOf({ slotMs, start, bad, total, gaps, cuts }: LedgerRow): LedgerRow {
  return {
    slotMs,
    start,
    bad: bad + 0,
    total: total + 0,
    gaps: gaps.map(({ from, to }) => ({ from, to })),
    ...(cuts === undefined ? {} : { cuts: cuts.map((cut) => ({ ...cut })) }),
  };
}
