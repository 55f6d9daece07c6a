import type { Freeze, Override } from '../../domain/gate/freeze.ts';
import { isOfWatched, type GateAnswer } from '../../domain/gate/gate-answer.ts';
import type { GateEvent } from '../../domain/gate/gate-event.ts';
import { hashText } from '../../domain/text/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { GateActs } from './gate-acts.ts';
import type { GateBook } from './gate-book.ts';
import type { Gatekeeper } from './gatekeeper.ts';

/** Where deployment tools ask and people act. */
export interface GateDesk {
  /** What the gate of a service says to a change that asks, or to anybody. Counted; never waits. */
  ask(service: string, change?: string): GateAnswer;
  /** What every gate says, for people and metrics; not counted. */
  answers(): readonly GateAnswer[];
  /** What the gate of a service says, for people; not counted. */
  of(service: string): GateAnswer;
  /** The freezes that stand, oldest first. */
  freezes(): readonly Freeze[];
  /** The overrides that have not run out, oldest first. */
  overrides(): readonly Override[];
  readonly acts: GateActs;
}

export interface GateDeskParts {
  readonly gatekeeper: Gatekeeper;
  readonly acts: GateActs;
  readonly book: GateBook;
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'gateAsked'>;
}

/** Anybody may ask for anything: what is too long to be an id is written by its hash. */
const longestId = 200;
/** And so many changes that are held are written a day, so that nobody fills the disk by asking. */
export const mostHeldADay = 10_000;
const dayMs = 86_400_000;
/** How soon a store that could not keep something is tried again, ms: tools may ask many times a second. */
const storeAgainMs = 5_000;

export function createGateDesk(parts: GateDeskParts): GateDesk {
  const { gatekeeper, acts, book, clock, telemetry } = parts;
  /** When it was last tried to write something down, ms; gone once it is written. */
  const tried = new Map<string, number>();
  const heldOn = { day: 0, count: 0 };
  const keep = (id: readonly string[], event: GateEvent, words: string): void => {
    const { at, type } = event;
    const key = JSON.stringify([type, ...id]);
    const isDue = at - (tried.get(key) ?? -Infinity) >= storeAgainMs;
    if (!isDue || (type === 'change-held' && !mayHold(at))) return;
    tried.set(key, at);
    void recordBehind(parts, event, words).then((kept) => kept && tried.delete(key));
  };
  const mayHold = (at: number): boolean => {
    const day = Math.floor(at / dayMs);
    if (day !== heldOn.day) Object.assign(heldOn, { day, count: 0 });
    heldOn.count += 1;
    return heldOn.count <= mostHeldADay;
  };
  return {
    acts,
    answers: () => gatekeeper.answers(),
    of: (service) => gatekeeper.answer(service),
    freezes() {
      const now = clock.now();
      const standing = [...book.gates().freezes.values()].filter(({ until }) => until === undefined || now < until);
      return standing.sort((a, b) => a.at - b.at);
    },
    overrides() {
      const now = clock.now();
      const standing = [...book.gates().overrides.values()].filter(({ until }) => now < until);
      return standing.sort((a, b) => a.at - b.at);
    },
    ask(service, change) {
      const answer = gatekeeper.answer(service, change);
      telemetry.gateAsked(answer);
      if (change === undefined) return answer;
      const { decidedAt: at, state, reason: because, passage } = answer;
      if (answer.action !== 'go' && isOfWatched(answer)) {
        const held = { service, change: change.length > longestId ? hashText(change) : change };
        if (!book.hasHeld(held)) {
          const event: GateEvent = { type: 'change-held', ...held, at, state, because };
          keep([service, held.change], event, 'a gate held a change');
        }
      }
      if (passage?.incident !== undefined) {
        const passed = { service, change, incident: passage.incident };
        const { by, reason } = passage;
        if (!book.hasPassed(passed)) {
          const event: GateEvent = { type: 'remedy-passed', ...passed, at, by, reason };
          keep([service, change, passed.incident], event, passedWords);
        }
      }
      return answer;
    },
  };
}

const passedWords = 'a change that remedies an incident passed the gate';

/** Written behind the answer: a store that is slow or full must not keep a fix waiting. False when it could not be kept. */
async function recordBehind({ store, book, log }: GateDeskParts, event: GateEvent, words: string): Promise<boolean> {
  const { type, at, ...told } = event;
  try {
    book.apply(await store.commit({ events: [event], recordedAt: at }));
    // That a person lets a fix through deserves a look; what a gate holds back is its work.
    if (type === 'change-held') log.info(words, told);
    else log.warn(words, told);
    return true;
  } catch (error) {
    log.error(`could not be stored: ${words}`, { ...told, error });
    return false;
  }
}
