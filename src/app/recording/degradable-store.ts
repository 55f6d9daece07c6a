import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Notification } from '../../domain/notification/notification.ts';
import { CommitBuffer } from './commit-buffer.ts';
import { endOfLog } from './end-of-log.ts';
import { byChannelAndSequence, byIncidentAndSequence, compare } from './outbox-order.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Commit, OutboxEntry, Store, StoredLedger, StoreFailureReason } from '../ports/store.ts';
import { StoreError } from '../ports/store.ts';
import { storableCopy, withoutLedgers } from './storable-commit.ts';

/** Whether what Andon knows is safe from a crash. */
export type StoreHealth =
  | { readonly degraded: false }
  | {
      readonly degraded: true;
      /** Why the store last refused. */
      readonly reason: StoreFailureReason;
      /** The same in a sentence, with what to do. */
      readonly detail: string;
      /** Since when, ms since the epoch on Andon's clock. */
      readonly since: number;
      /** Events and notifications that are in memory only. */
      readonly buffered: number;
    };

export interface DegradableStoreOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Called after every change of health, including of the count. */
  readonly onHealth?: (health: StoreHealth) => void;
  /** Commits with events beyond which superseded checkpoints are dropped from memory. */
  readonly maxBufferedCommits?: number;
}

/**
 * Keeps Andon paging while its store cannot be written: a commit that the store refuses is held in memory, in order,
 * answered as if it had been written, and written as soon as the store takes it again.
 *
 * Positions given out meanwhile are those the events get: one process writes the log, and the buffer is written in order
 * before anything else. Calls take turns, so no reader meets a commit half on its way from memory to the store.
 * Ledgers of error budgets are the exception: what is committed of them meanwhile is lost.
 */
export class DegradableStore implements Store {
  readonly #inner: Store;
  readonly #options: DegradableStoreOptions;
  readonly #buffer: CommitBuffer;
  /** Position of the newest event, written or held. */
  #lastSeq: number;
  #health: StoreHealth = { degraded: false };
  #closed = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(inner: Store, options: DegradableStoreOptions, lastSeq: number) {
    this.#inner = inner;
    this.#options = options;
    this.#buffer = new CommitBuffer(options.maxBufferedCommits ?? 1000);
    this.#lastSeq = lastSeq;
  }

  /** Wraps a store that is open. Rejects with StoreError when its log cannot be read. */
  static async over(inner: Store, options: DegradableStoreOptions): Promise<DegradableStore> {
    return new DegradableStore(inner, options, await endOfLog(inner));
  }

  health(): StoreHealth {
    return this.#health;
  }

  /** Writes what is held, as far as the store takes it. Rejects only when closed. */
  flush(): Promise<StoreHealth> {
    return this.#inTurn(async () => {
      await this.#drain();
      return this.#health;
    });
  }

  commit(commit: Commit): Promise<readonly StoredLogEvent[]> {
    return this.#inTurn(async () => {
      await this.#drain();
      if (!this.#buffer.isEmpty) return this.#hold(storableCopy(withoutLedgers(commit)));
      try {
        const stored = await this.#inner.commit(commit);
        this.#lastSeq = stored.at(-1)?.seq ?? this.#lastSeq;
        return stored;
      } catch (error) {
        const failure = toFailure(error);
        // What no store can write fails for its caller; held, it would stop all commits behind it for good.
        const copy = storableCopy(withoutLedgers(commit));
        this.#degrade(failure);
        return this.#hold(copy);
      }
    });
  }

  events(afterSeq: number, limit: number): Promise<readonly StoredLogEvent[]> {
    return this.#inTurn(async () => {
      const held = this.#buffer.events(afterSeq);
      // Who follows the end of the log needs nothing from a store that perhaps cannot even be read.
      const stored = held[0]?.seq === afterSeq + 1 ? [] : await this.#inner.events(afterSeq, limit);
      return [...stored, ...held].slice(0, Math.max(0, Math.floor(limit)));
    });
  }

  checkpoints(): Promise<readonly Checkpoint[]> {
    return this.#inTurn(async () =>
      [...this.#buffer.checkpoints(await this.#inner.checkpoints())].sort((a, b) => compare(a.service, b.service)),
    );
  }

  pending(): Promise<readonly OutboxEntry[]> {
    return this.#inTurn(async () =>
      this.#buffer
        .outbox(await this.#readable(() => this.#inner.pending()))
        .filter(({ delivery }) => delivery.state === 'pending')
        .sort(byIncidentAndSequence),
    );
  }

  outbox(incidentId: string): Promise<readonly OutboxEntry[]> {
    return this.#inTurn(async () =>
      this.#buffer
        .outbox(await this.#readable(() => this.#inner.outbox(incidentId)))
        .filter(({ notification }) => notification.incidentId === incidentId)
        .sort(byChannelAndSequence),
    );
  }

  async *ledgers(service: string): AsyncGenerator<StoredLedger, void, undefined> {
    // Behind every commit so far. The turn is not kept: who reads a ledger may commit before the next.
    await this.#inTurn(() => Promise.resolve());
    for await (const ledger of this.#inner.ledgers(service)) if (!this.#buffer.forgets(ledger)) yield ledger;
  }

  ledgerServices(): Promise<readonly string[]> {
    return this.#inTurn(() => this.#inner.ledgerServices());
  }

  /** Tries once more to write what is held; what is lost with the process is told by a StoreError, the store being closed. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closed) return;
      await this.#drain();
      this.#closed = true;
      await this.#inner.close();
      if (!this.#health.degraded) return;
      const { reason, detail, buffered } = this.#health;
      throw new StoreError(reason, `Andon stopped with ${buffered} events and notifications not written: ${detail}`);
    }, 'even when closed');
  }

  async #drain(): Promise<void> {
    while (this.#buffer.first !== undefined) {
      try {
        const stored = await this.#inner.commit(this.#buffer.first);
        this.#comparePositions(this.#buffer.shift(), stored);
      } catch (error) {
        this.#degrade(toFailure(error));
        return;
      }
    }
    if (this.#health.degraded) this.#recover();
  }

  async #hold(commit: Commit): Promise<readonly StoredLogEvent[]> {
    const known = await this.#known(commit.notifications ?? []);
    const { recordedAt } = commit;
    const events: StoredLogEvent[] = [];
    for (const event of commit.events ?? []) {
      events.push(Object.freeze({ ...event, seq: ++this.#lastSeq, recordedAt }));
    }
    this.#buffer.push(commit, events, known);
    this.#publishCount();
    return events;
  }

  /** Ids already in the store's outbox. If that cannot be read they count as new: rather a page twice, with the same id, than none. */
  async #known(notifications: readonly Notification[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    for (const incidentId of new Set(notifications.map((notification) => notification.incidentId))) {
      const entries = await this.#readable(() => this.#inner.outbox(incidentId));
      for (const { notification } of entries) known.add(notification.id);
    }
    return known;
  }

  /** What the store has, or nothing while it is degraded and cannot even be read: the pages held here must go out. */
  async #readable(read: () => Promise<readonly OutboxEntry[]>): Promise<readonly OutboxEntry[]> {
    try {
      return await read();
    } catch (error) {
      if (!this.#health.degraded) throw error;
      this.#degrade(toFailure(error));
      return [];
    }
  }

  #comparePositions(promised: readonly StoredLogEvent[], stored: readonly StoredLogEvent[]): void {
    if (promised.every(({ seq }, index) => seq === stored[index]?.seq)) return;
    this.#lastSeq = stored.at(-1)?.seq ?? this.#lastSeq;
    this.#options.log.error('Events took other positions in the log than promised: someone else writes to this store', {
      promised: promised[0]?.seq,
      stored: stored[0]?.seq,
    });
  }

  #degrade({ reason, message }: StoreError): void {
    const previous = this.#health;
    const since = previous.degraded ? previous.since : this.#options.clock.now();
    if (!previous.degraded || previous.reason !== reason) {
      this.#options.log.error('The store refuses commits: they are kept in memory until it takes them', {
        reason,
        detail: message,
      });
    }
    this.#publish({ degraded: true, reason, detail: message, since, buffered: this.#buffer.size });
  }

  #recover(): void {
    this.#options.log.info('The store takes commits again: nothing is in memory only');
    this.#publish({ degraded: false });
  }

  #publishCount(): void {
    if (this.#health.degraded) this.#publish({ ...this.#health, buffered: this.#buffer.size });
  }

  #publish(health: StoreHealth): void {
    const changed = JSON.stringify(health) !== JSON.stringify(this.#health);
    this.#health = health;
    if (changed) this.#options.onHealth?.(health);
  }

  #inTurn<T>(work: () => Promise<T>, when: 'open' | 'even when closed' = 'open'): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#closed && when === 'open')
        throw new StoreError('closed', 'The store is closed: Andon is shutting down.');
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

const neverMended: ReadonlySet<StoreFailureReason> = new Set(['closed', 'too-new', 'invalid']);

/** Failures that a later try can mend; the others are passed on. */
function toFailure(error: unknown): StoreError {
  if (!(error instanceof StoreError))
    return new StoreError('unknown', `The store failed: ${String(error)}`, { cause: error });
  if (neverMended.has(error.reason)) throw error;
  return error;
}
