import { foldBake } from '../../domain/change/fold-bake.ts';
import { changeKey, foldChange, type Change } from '../../domain/change/change.ts';
import { isBakeEvent, isChangeEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';

/** How many changes of one service are kept in memory; the event log in the store keeps them all. */
export const changesKept = 1000;

/** Told of each change that something was told of. */
export type ChangeListener = (change: Change) => void;

/** The log folded into changes, in memory: of each service the newest. */
export class ChangeBook {
  readonly #changes = new Map<string, Change>();
  /** Keys by service, in the order in which they were first reported. */
  readonly #byService = new Map<string, string[]>();
  /** Keys of changes whose bake watch is not over. */
  readonly #baking = new Set<string>();
  /** The changes of a service in the order that is asked for, until something is told of one of them. */
  readonly #sorted = new Map<string, readonly Change[]>();
  readonly #listeners: ChangeListener[] = [];
  readonly #kept: number;
  #seq = 0;

  constructor(kept = changesKept) {
    this.#kept = kept;
  }

  /** Folds committed events in, those of changes; one seen before is ignored. Returns what changed. */
  apply(events: readonly StoredLogEvent[]): readonly Change[] {
    return events.flatMap((event) => {
      if (event.seq <= this.#seq) return [];
      const change = this.#fold(event);
      if (change === undefined) return [];
      this.#seq = event.seq;
      this.#sorted.delete(change.service);
      for (const listener of this.#listeners) listener(change);
      return [change];
    });
  }

  /** Calls back with each change that is told of from now on, in the order of the log. */
  listen(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  get(service: string, id: string): Change | undefined {
    return this.#changes.get(changeKey({ service, change: id }));
  }

  /** The changes of a service, newest first by when they began. */
  of(service: string): readonly Change[] {
    const known = this.#sorted.get(service);
    if (known !== undefined) return known;
    const keys = this.#byService.get(service);
    if (keys === undefined) return [];
    const sorted = keys.flatMap((key) => this.#changes.get(key) ?? []).sort((a, b) => b.startedAt - a.startedAt);
    this.#sorted.set(service, sorted);
    return sorted;
  }

  /** The newest changes of all services, by when they began. */
  newest(limit: number): readonly Change[] {
    const queues = [...this.#byService.keys()].map((service) => ({ changes: this.of(service), next: 0 }));
    const found: Change[] = [];
    while (found.length < limit) {
      let newest: Change | undefined;
      let from: (typeof queues)[number] | undefined;
      for (const queue of queues) {
        const change = queue.changes[queue.next];
        if (change !== undefined && (newest === undefined || change.startedAt > newest.startedAt))
          [newest, from] = [change, queue];
      }
      if (newest === undefined || from === undefined) break;
      found.push(newest);
      from.next += 1;
    }
    return found;
  }

  /** Those that are watched and whose bake watch is not over, of all services. */
  baking(): readonly Change[] {
    return [...this.#baking].flatMap((key) => this.#changes.get(key) ?? []);
  }

  #fold(event: StoredLogEvent): Change | undefined {
    if (isChangeEvent(event)) {
      const key = changeKey(event.report);
      const known = this.#changes.get(key);
      const change = foldChange(known, event);
      this.#changes.set(key, change);
      if (known === undefined) this.#add(change.service, key);
      // What is neither a deployment nor configuration, or was only announced, is not watched, and would wait here for ever.
      const isWatched = change.kind !== 'other' && change.told.announced !== true;
      if (!isWatched || change.bake?.finishedAt !== undefined) this.#baking.delete(key);
      else this.#baking.add(key);
      return change;
    }
    if (!isBakeEvent(event)) return undefined;
    const key = changeKey(event);
    const known = this.#changes.get(key);
    if (known === undefined) return undefined;
    const change = foldBake(known, event);
    this.#changes.set(key, change);
    if (change.bake?.finishedAt !== undefined) this.#baking.delete(key);
    return change;
  }

  #add(service: string, key: string): void {
    const keys = this.#byService.get(service) ?? [];
    keys.push(key);
    this.#byService.set(service, keys);
    if (keys.length <= this.#kept) return;
    const oldest = keys.shift();
    if (oldest === undefined) return;
    this.#changes.delete(oldest);
    this.#baking.delete(oldest);
  }
}
