import { changeKey, foldChange, type Change } from '../../domain/change/change.ts';
import { isChangeEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';

/** How many changes of one service are kept in memory; the event log in the store keeps them all. */
export const changesKept = 1000;

/** The log folded into changes, in memory: of each service the newest. */
export class ChangeBook {
  readonly #changes = new Map<string, Change>();
  /** Keys by service, in the order in which they were first reported. */
  readonly #byService = new Map<string, string[]>();
  readonly #kept: number;
  #seq = 0;

  constructor(kept = changesKept) {
    this.#kept = kept;
  }

  /** Folds committed events in, those of changes; one seen before is ignored. Returns what changed. */
  apply(events: readonly StoredLogEvent[]): readonly Change[] {
    return events.flatMap((event) => {
      if (event.seq <= this.#seq || !isChangeEvent(event)) return [];
      this.#seq = event.seq;
      const key = changeKey(event.report);
      const known = this.#changes.get(key);
      const change = foldChange(known, event);
      this.#changes.set(key, change);
      if (known === undefined) this.#add(change.service, key);
      return [change];
    });
  }

  get(service: string, id: string): Change | undefined {
    return this.#changes.get(changeKey({ service, change: id }));
  }

  /** The changes of a service, newest first by when they began. */
  of(service: string): readonly Change[] {
    const keys = this.#byService.get(service) ?? [];
    return keys.flatMap((key) => this.#changes.get(key) ?? []).sort((a, b) => b.startedAt - a.startedAt);
  }

  #add(service: string, key: string): void {
    const keys = this.#byService.get(service) ?? [];
    keys.push(key);
    this.#byService.set(service, keys);
    if (keys.length <= this.#kept) return;
    const oldest = keys.shift();
    if (oldest !== undefined) this.#changes.delete(oldest);
  }
}
