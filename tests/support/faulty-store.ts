import type { Commit, OutboxEntry, Store, StoredLedger, StoreFailureReason } from '../../src/app/ports/store.ts';
import { StoreError } from '../../src/app/ports/store.ts';
import type { Checkpoint } from '../../src/domain/incident/checkpoint.ts';
import type { StoredLogEvent } from '../../src/domain/log/log-event.ts';

/** A store in front of a real one that refuses to be written, or to be read, whenever a test says so. */
export class FaultyStore implements Store {
  readonly #inner: Store;
  /** Asked before each commit. */
  writeFault: (commit: Commit) => StoreFailureReason | undefined = () => undefined;
  readFault: StoreFailureReason | undefined;
  /** Commits that went through to the real store. */
  readonly written: Commit[] = [];

  constructor(inner: Store) {
    this.#inner = inner;
  }

  async commit(commit: Commit): Promise<readonly StoredLogEvent[]> {
    const reason = this.writeFault(commit);
    if (reason !== undefined) throw new StoreError(reason, `cannot write: ${reason}`);
    const stored = await this.#inner.commit(commit);
    this.written.push(commit);
    return stored;
  }

  async events(afterSeq: number, limit: number): Promise<readonly StoredLogEvent[]> {
    this.#mustRead();
    return this.#inner.events(afterSeq, limit);
  }

  async checkpoints(): Promise<readonly Checkpoint[]> {
    this.#mustRead();
    return this.#inner.checkpoints();
  }

  async pending(): Promise<readonly OutboxEntry[]> {
    this.#mustRead();
    return this.#inner.pending();
  }

  async outbox(incidentId: string): Promise<readonly OutboxEntry[]> {
    this.#mustRead();
    return this.#inner.outbox(incidentId);
  }

  async *ledgers(service: string): AsyncGenerator<StoredLedger, void, undefined> {
    this.#mustRead();
    yield* this.#inner.ledgers(service);
  }

  async ledgerServices(): Promise<readonly string[]> {
    this.#mustRead();
    return this.#inner.ledgerServices();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #mustRead(): void {
    if (this.readFault !== undefined) throw new StoreError(this.readFault, `cannot read: ${this.readFault}`);
  }
}
