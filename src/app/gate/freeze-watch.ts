import type { Freeze } from '../../domain/gate/freeze.ts';
import type { GateEvent } from '../../domain/gate/gate-event.ts';
import { judgeAll } from '../../domain/reading/verdict.ts';
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

/** A stretch over which the end state of a frozen service has been seen to hold; on the source's clock, ms. */
interface Held {
  readonly since: number;
  readonly until: number;
}

/** Lifts the freezes that end by themselves: those that expire, and those whose service is back in its end state. */
export class FreezeWatch {
  readonly #parts: FreezeWatchParts;
  /** By freeze; begins anew with each start of Andon, which makes a freeze last longer and never shorter. */
  readonly #held = new Map<string, Held>();

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
    for (const id of this.#held.keys()) if (!freezes.has(id)) this.#held.delete(id);
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
    const held = this.#heldFor(freeze, look, now);
    return held >= look.service.endState.holdMs ? 'end-state-held' : undefined;
  }

  /** How long the end state has been seen to hold without a break since the freeze began, ms. */
  #heldFor(freeze: Freeze, look: ServiceLook, now: number): number {
    const { view, scopes, maxGapMs, sourceNow } = look;
    const at = view.lastPollAt;
    const began = freeze.at + (sourceNow - now);
    if (at === undefined || at < began) return 0;
    const before = this.#held.get(freeze.id);
    const isOpen = [...scopes.values()].some(
      ({ incident }) => incident !== undefined && incident.resolvedAt === undefined,
    );
    // Without a scope nothing is seen, and what is not seen does not hold.
    const isGood =
      !isOpen && view.scopes.length > 0 && view.scopes.every(({ targets }) => judgeAll(targets) === 'held');
    if (!isGood) {
      this.#held.delete(freeze.id);
      return 0;
    }
    const goesOn = before !== undefined && at - before.until <= maxGapMs;
    const held = { since: goesOn ? before.since : at, until: at };
    this.#held.set(freeze.id, held);
    return held.until - held.since;
  }
}
