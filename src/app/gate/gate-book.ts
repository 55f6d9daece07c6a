import { foldGates, noHandledGates, type HandledGates } from '../../domain/gate/freeze.ts';
import { isGateEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';

/** The log folded into what people did to gates: the freezes and overrides that nobody has ended. */
export class GateBook {
  #gates: HandledGates = noHandledGates;
  #seq = 0;

  /** Folds committed events in, those of gates; one seen before is ignored. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#seq || !isGateEvent(event)) continue;
      this.#seq = event.seq;
      this.#gates = foldGates(this.#gates, event);
    }
  }

  gates(): HandledGates {
    return this.#gates;
  }
}
