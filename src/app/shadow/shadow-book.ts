import { isShadowEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';
import { foldShadow, type ShadowStop } from '../../domain/shadow/shadow-stop.ts';

/** So many stops that were only recorded are kept at hand, the newest; the log has them all. */
export const shadowStopsKept = 1000;

/** The log folded into what shadow rules would have stopped. */
export class ShadowBook {
  /** By id, in the order in which they fired. */
  readonly #stops = new Map<string, ShadowStop>();
  readonly #onStop: (stop: ShadowStop) => void;
  #seq = 0;

  /** `onStop` hears of each stop once, when it fires; at the start of those of the whole log. */
  constructor(onStop: (stop: ShadowStop) => void = () => undefined) {
    this.#onStop = onStop;
  }

  /** Folds committed events in, those of shadow rules; one seen before is ignored. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#seq || !isShadowEvent(event)) continue;
      this.#seq = event.seq;
      const before = this.#stops.get(event.shadowId);
      const stop = foldShadow(before, event);
      if (stop === undefined) continue;
      this.#stops.set(event.shadowId, stop);
      if (before === undefined) this.#onStop(stop);
    }
    for (const id of this.#stops.keys()) {
      if (this.#stops.size <= shadowStopsKept) break;
      this.#stops.delete(id);
    }
  }

  /** Newest first; `service`: only its own. */
  list({ service, limit }: { readonly service?: string; readonly limit: number }): readonly ShadowStop[] {
    const all = [...this.#stops.values()].toReversed();
    return all.filter((stop) => service === undefined || stop.service === service).slice(0, limit);
  }
}
