import { byChannelAndSequence, byIncidentAndSequence, compare } from '../../app/outbox-order.ts';
import type { Commit, OutboxEntry, Store } from '../../app/ports/store.ts';
import { StoreError } from '../../app/ports/store.ts';
import { storableCopy } from '../../app/storable-commit.ts';
import type { Checkpoint } from '../../domain/checkpoint.ts';
import type { StoredEvent } from '../../domain/event.ts';

/** Keeps everything in this process and nothing beyond it: for backtests, trials and tests. */
export class MemoryStore implements Store {
  readonly #events: StoredEvent[] = [];
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #outbox = new Map<string, OutboxEntry>();
  #closed = false;

  async commit(commit: Commit): Promise<readonly StoredEvent[]> {
    this.#mustBeOpen();
    // Copying comes first: it alone can fail, and then nothing has been changed yet.
    const { events = [], recordedAt, checkpoints = [], notifications = [], deliveries = [] } = storableCopy(commit);
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

  async events(afterSeq: number, limit: number): Promise<readonly StoredEvent[]> {
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

  async close(): Promise<void> {
    this.#closed = true;
  }

  #put(entry: OutboxEntry): void {
    this.#outbox.set(entry.notification.id, Object.freeze({ ...entry, delivery: Object.freeze(entry.delivery) }));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'The store is closed: Andon is shutting down.');
  }
}
