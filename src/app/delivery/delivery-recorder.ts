import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { DeliveryListener } from './delivery-listener.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { DeliveryState, Store } from '../ports/store.ts';
import { StoreError } from '../ports/store.ts';

export interface Delivery {
  readonly id: string;
  readonly delivery: DeliveryState;
}

/** What one send settled: its deliveries and its event are written together or not at all. */
export interface SettledRecord {
  readonly deliveries: readonly Delivery[];
  readonly events: readonly IncidentEvent[];
}

/** Attempt counts may lag behind by this, ms: losing a few in a crash costs only some tries. */
const progressEveryMs = 15_000;
const retryEveryMs = 1_000;
/** Settled sends in one commit; bounds the time a commit takes while a long queue drains. */
const batchLimit = 200;

/** Writes down what became of sends, grouped into few commits; keeps at it while the store fails. */
export class DeliveryRecorder {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listener: DeliveryListener;
  #settled: SettledRecord[] = [];
  #progress = new Map<string, DeliveryState>();
  #progressAt = -Infinity;
  #loop: Promise<void> | undefined;
  #pause = new AbortController();
  #draining = false;
  #failing = false;

  constructor(parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly listener: DeliveryListener;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#listener = parts.listener;
  }

  /** A send that will be tried again. */
  progress(id: string, delivery: DeliveryState): void {
    this.#progress.set(id, delivery);
    this.#wake();
  }

  /** A send that is over. */
  settled(record: SettledRecord): void {
    for (const { id } of record.deliveries) this.#progress.delete(id);
    this.#settled.push(record);
    // While the store fails, its own pause stands: more to write does not make it well.
    if (!this.#failing) this.#pause.abort();
    this.#wake();
  }

  /** Writes everything that is left, then writes no more; the caller bounds the wait. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#pause.abort();
    this.#wake();
    await this.#loop;
  }

  #wake(): void {
    this.#loop ??= this.#run();
  }

  async #run(): Promise<void> {
    // The first commit starts a microtask later, so that sends that end together are written together.
    await Promise.resolve();
    try {
      while (this.#settled.length > 0 || this.#progress.size > 0) {
        const wait = this.#progressAt + progressEveryMs - this.#clock.monotonic();
        if (this.#settled.length === 0 && wait > 0 && !this.#draining) {
          await this.#sleep(wait);
          continue;
        }
        const failure = await this.#write();
        if (failure === 'closed') return;
        if (failure === undefined) continue;
        // One more try is all that a store in trouble gets on the way out; the sends are repeated under the same ids.
        if (this.#draining && this.#failing) return;
        this.#failing = true;
        await this.#sleep(retryEveryMs);
      }
    } finally {
      // Here and not in a later microtask, so that what comes next starts a loop of its own.
      this.#loop = undefined;
    }
  }

  /** One commit; what could not be written is kept, in order. Returns why it failed. */
  async #write(): Promise<StoreError['reason'] | undefined> {
    const settled = this.#settled.splice(0, batchLimit);
    const progress = this.#progress;
    this.#progress = new Map();
    this.#progressAt = this.#clock.monotonic();
    try {
      const events = settled.flatMap((record) => record.events);
      const stored = await this.#store.commit({
        recordedAt: this.#clock.now(),
        ...(events.length === 0 ? {} : { events }),
        deliveries: [
          ...Array.from(progress, ([id, delivery]) => ({ id, delivery })),
          ...settled.flatMap((record) => record.deliveries),
        ],
      });
      if (this.#failing) this.#log.info('deliveries are written down again');
      this.#failing = false;
      if (stored.length > 0) this.#listener.recorded(stored);
      return undefined;
    } catch (error) {
      this.#keep(settled, progress);
      const reason = error instanceof StoreError ? error.reason : 'unknown';
      if (!this.#failing) {
        this.#log.error('cannot write down what became of notifications; trying on', {
          reason,
          detail: error instanceof Error ? error.message : String(error),
          settled: this.#settled.length,
        });
      }
      this.#listener.recordFailed(reason);
      return reason;
    }
  }

  #keep(settled: readonly SettledRecord[], progress: ReadonlyMap<string, DeliveryState>): void {
    const settledMeanwhile = new Set(this.#settled.flatMap((record) => record.deliveries.map(({ id }) => id)));
    const newer = this.#progress;
    this.#progress = new Map([...progress, ...newer]);
    for (const id of settledMeanwhile) this.#progress.delete(id);
    this.#settled = [...settled, ...this.#settled];
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#pause.signal.aborted) this.#pause = new AbortController();
    await this.#clock.sleep(ms, this.#pause.signal);
  }
}
