import type { StoredGateEvent } from '../../domain/gate/gate-event.ts';
import { foldGates, noHandledGates, type HandledGates } from '../../domain/gate/freeze.ts';
import { isGateEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';
import { remember } from '../remember.ts';

/** Ids tell seconds apart: more acts than these happen in none. */
const idsKept = 1_000;
/** So many changes that passed as a remedy are remembered, so that each is in the log once. */
const remediesKept = 10_000;

/** A change that passed the gate of a service as the remedy of an incident. */
export type RemedyPassed = Pick<
  Extract<StoredGateEvent, { readonly type: 'remedy-passed' }>,
  'service' | 'change' | 'incident'
>;

/** Names one in a set. */
export function remedyKey({ service, change, incident }: RemedyPassed): string {
  return JSON.stringify([service, change, incident]);
}

/** The log folded into what people did to gates: the freezes and overrides that nobody has ended. */
export class GateBook {
  #gates: HandledGates = noHandledGates;
  /** Of freezes and overrides, those that are over too. */
  readonly #ids = new Set<string>();
  readonly #remedies = new Set<string>();
  #seq = 0;

  /** Folds committed events in, those of gates; one seen before is ignored. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#seq || !isGateEvent(event)) continue;
      this.#seq = event.seq;
      this.#gates = foldGates(this.#gates, event);
      if (event.type === 'frozen') remember(this.#ids, event.freezeId, idsKept);
      else if (event.type === 'gate-overridden') remember(this.#ids, event.overrideId, idsKept);
      else if (event.type === 'remedy-passed') remember(this.#remedies, remedyKey(event), remediesKept);
    }
  }

  /** Whether a freeze or an override bears this id, or bore it lately: what is over must not be taken for what stands. */
  isTaken(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Whether it is in the log that a change passed as the remedy of an incident. */
  hasPassed(passed: RemedyPassed): boolean {
    return this.#remedies.has(remedyKey(passed));
  }

  gates(): HandledGates {
    return this.#gates;
  }
}
