import type { Freeze } from '../../domain/gate/freeze.ts';
import type { GateEvent } from '../../domain/gate/gate-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { GateBook } from './gate-book.ts';
import { every } from '../tasks/every.ts';
import type { ServiceLook } from './gate-look.ts';

export interface FreezeWatchParts {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Log;
  readonly store: Pick<Store, 'commit'>;
  readonly book: GateBook;
  readonly look: (service: string) => ServiceLook | undefined;
}

/** How often it looks, ms: a freeze that is over by its time ends for gates at once, whether the log says so yet or not. */
const lookEveryMs = 1_000;

/** Lifts the freezes that end by themselves: those that expire, and those whose service is back in its end state. */
export class FreezeWatch {
  readonly #parts: FreezeWatchParts;

  constructor(parts: FreezeWatchParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, book } = this.#parts;
    const failed = (error: unknown): void => {
      log.error('a freeze that is over could not be recorded as lifted; trying again', { error });
    };
    await every(clock, lookEveryMs, signal, async () => await book.turns.take(async () => await this.#lift()), failed);
  }

  async #lift(): Promise<void> {
    const { book, store, clock, log } = this.#parts;
    const now = clock.now();
    const { freezes } = book.gates();
    const events = [...freezes.values()].flatMap((freeze): GateEvent[] => {
      const because = this.#endOf(freeze, now);
      if (because === undefined) return [];
      return [{ type: 'freeze-lifted', service: freeze.service, at: now, freezeId: freeze.id, because }];
    });
    if (events.length === 0) return;
    book.apply(await store.commit({ events, recordedAt: now }));
    for (const { service, ...event } of events) log.info('a freeze is over', { service, ...event });
  }

  #endOf(freeze: Freeze, now: number): 'expired' | 'end-state-held' | undefined {
    if (freeze.until !== undefined && now >= freeze.until) return 'expired';
    if (freeze.liftsWhen !== 'end-state-held') return undefined;
    const look = this.#parts.look(freeze.service);
    if (look === undefined) return undefined;
    return heldFor(freeze, look, now) >= look.service.endState.holdMs ? 'end-state-held' : undefined;
  }
}

/**
 * How long the end state has been seen to hold without a break since the freeze began, ms. Evaluations tell since when, also
 * those that catch up with a time in which Andon was away.
 */
function heldFor(freeze: Freeze, { view, scopes, sourceNow }: ServiceLook, now: number): number {
  const at = view.lastPollAt;
  // Without a scope nothing is seen, and what is not seen does not hold.
  if (at === undefined || view.scopes.length === 0 || scopes.size === 0) return 0;
  let since = freeze.at + (sourceNow - now);
  for (const { heldSince = Infinity } of scopes.values()) since = Math.max(since, heldSince);
  return at - since;
}
