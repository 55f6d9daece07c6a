import { protectionOf } from '../../domain/gate/protection.ts';
import type { Protection } from '../../domain/gate/protection-event.ts';
import { isGateEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';
import { remember } from '../remember.ts';

/** How many answered questions are remembered, so that one that is delivered again is not asked again. */
export const answeredKept = 10_000;

/** The log folded into the deployments that wait for an answer of a gate. */
export class ProtectionBook {
  readonly #pending = new Map<string, Protection>();
  readonly #answered = new Set<string>();
  #seq = 0;

  /** Folds committed events in, those of protections; one seen before is ignored. */
  apply(events: readonly StoredLogEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.#seq || !isGateEvent(event)) continue;
      this.#seq = event.seq;
      if (event.type === 'protection-asked') this.#pending.set(event.protectionId, protectionOf(event));
      else if (event.type === 'protection-answered') this.#answer(event.protectionId);
    }
  }

  /** The questions without an answer, oldest first. */
  pending(): readonly Protection[] {
    return [...this.#pending.values()];
  }

  /** Whether this question was asked before, answered or not. */
  knows(id: string): boolean {
    return this.#pending.has(id) || this.#answered.has(id);
  }

  #answer(id: string): void {
    this.#pending.delete(id);
    remember(this.#answered, id, answeredKept);
  }
}
