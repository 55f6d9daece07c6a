import { isSilenceEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';
import { foldSilences, type Silences } from '../../domain/silence/silence.ts';

/** The log folded into the silences that nobody has ended and that have not expired by an event. */
export class SilenceBook {
  #silences: Silences = new Map();
  #seq = 0;

  /** Folds committed events in, those of silences; one seen before is ignored. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#seq || !isSilenceEvent(event)) continue;
      this.#seq = event.seq;
      this.#silences = foldSilences(this.#silences, event);
    }
  }

  silences(): Silences {
    return this.#silences;
  }
}
