import type { StoredGateEvent } from '../../domain/gate/gate-event.ts';
import { foldGates, noHandledGates, type HandledGates } from '../../domain/gate/freeze.ts';
import { isGateEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';
import { remember } from '../remember.ts';
import { Turns } from '../tasks/turns.ts';

/** Ids tell seconds apart: more acts than these happen in none. */
const idsKept = 1_000;
/** So many changes that passed as a remedy are remembered, so that each is in the log once. */
const remediesKept = 10_000;

/** As many changes that were held are remembered as are written in a day, so that each that goes on asking counts once. */
const heldKept = 10_000;

/** A change that was not let through, and what the gate said the first time. */
export type HeldChange = Pick<
  Extract<StoredGateEvent, { readonly type: 'change-held' }>,
  'service' | 'change' | 'because'
>;

/** A change that passed the gate of a service as the remedy of an incident. */
export type RemedyPassed = Pick<
  Extract<StoredGateEvent, { readonly type: 'remedy-passed' }>,
  'service' | 'change' | 'incident'
>;

/** Names one in a set. */
export function remedyKey({ service, change, incident }: RemedyPassed): string {
  return JSON.stringify([service, change, incident]);
}

function heldKey({ service, change }: Pick<HeldChange, 'service' | 'change'>): string {
  return JSON.stringify([service, change]);
}

/** The log folded into what people did to gates: the freezes and overrides that nobody has ended. */
export class GateBook {
  #gates: HandledGates = noHandledGates;
  /** Of freezes and overrides, those that are over too. */
  readonly #ids = new Set<string>();
  readonly #remedies = new Set<string>();
  readonly #held = new Set<string>();
  readonly #onHeld: (held: HeldChange) => void;
  /** For whoever ends what stands: of two at once the second finds it over. */
  readonly turns = new Turns();
  #seq = 0;

  /** `onHeld` is told of each change that was held, once, in the order of the log. */
  constructor(onHeld: (held: HeldChange) => void = () => undefined) {
    this.#onHeld = onHeld;
  }

  /** Folds committed events in, those of gates; one seen before is ignored. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#seq || !isGateEvent(event)) continue;
      this.#seq = event.seq;
      this.#gates = foldGates(this.#gates, event);
      if (event.type === 'frozen') remember(this.#ids, event.freezeId, idsKept);
      else if (event.type === 'gate-overridden') remember(this.#ids, event.overrideId, idsKept);
      else if (event.type === 'remedy-passed') remember(this.#remedies, remedyKey(event), remediesKept);
      else if (event.type === 'change-held' && remember(this.#held, heldKey(event), heldKept)) this.#onHeld(event);
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

  /** Whether it is in the log that a gate held a change. */
  hasHeld(held: Pick<HeldChange, 'service' | 'change'>): boolean {
    return this.#held.has(heldKey(held));
  }

  gates(): HandledGates {
    return this.#gates;
  }
}
