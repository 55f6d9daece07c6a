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
    const keys = this.#byService.get(service) ?? [];
    return keys.flatMap((key) => this.#changes.get(key) ?? []).sort((a, b) => b.startedAt - a.startedAt);
  }

  /** The changes of all services, newest first by when they began. */
  all(): readonly Change[] {
    return [...this.#changes.values()].sort((a, b) => b.startedAt - a.startedAt);
  }

  /** Those whose bake watch is not over, of all services, in the order in which they were first reported. */
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
    this.#baking.add(key);
    this.#byService.set(service, keys);
    if (keys.length <= this.#kept) return;
    const oldest = keys.shift();
    if (oldest === undefined) return;
    this.#changes.delete(oldest);
    this.#baking.delete(oldest);
  }
}
