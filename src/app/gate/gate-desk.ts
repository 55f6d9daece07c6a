import type { Freeze, Override } from '../../domain/gate/freeze.ts';
import type { GateAnswer, Passage } from '../../domain/gate/gate-answer.ts';
import type { GateEvent } from '../../domain/gate/gate-event.ts';
import { hashText } from '../../domain/text/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { remember } from '../remember.ts';
import type { GateActs } from './gate-acts.ts';
import { remedyKey, type GateBook, type RemedyPassed } from './gate-book.ts';
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
  readonly telemetry: Pick<Telemetry, 'gateAsked' | 'changeHeld'>;
}

/** So many changes that were held are remembered, so that each counts once. */
const changesRemembered = 10_000;
/** Anybody may ask for anything: what is too long to be a name and an id is not remembered at its full length. */
const longestKey = 1_000;
/** How soon a store that could not keep who was let through is tried again, ms: tools may ask many times a second. */
const storeAgainMs = 5_000;

export function createGateDesk(parts: GateDeskParts): GateDesk {
  const { gatekeeper, acts, book, clock, telemetry } = parts;
  const held = new Set<string>();
  /** When it was last tried to write down that a change passed as a remedy, ms; gone once it is written. */
  const tried = new Map<string, number>();
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
      if (answer.action !== 'go' && remember(held, keyOf(service, change), changesRemembered))
        telemetry.changeHeld(answer);
      if (answer.passage?.incident !== undefined) {
        const passed = { service, change, incident: answer.passage.incident };
        const key = remedyKey(passed);
        const isDue = answer.decidedAt - (tried.get(key) ?? -Infinity) >= storeAgainMs;
        if (isDue && !book.hasPassed(passed)) {
          tried.set(key, answer.decidedAt);
          void recordRemedy(parts, answer.passage, passed, answer.decidedAt).then((kept) => kept && tried.delete(key));
        }
      }
      return answer;
    },
  };
}

function keyOf(service: string, change: string): string {
  const key = JSON.stringify([service, change]);
  return key.length > longestKey ? hashText(key) : key;
}

/** Written behind the answer: a store that is slow or full must not keep a fix waiting. False when it could not be kept. */
async function recordRemedy(
  { store, book, log }: GateDeskParts,
  { by, reason }: Passage,
  { service, change, incident }: RemedyPassed,
  at: number,
): Promise<boolean> {
  const event: GateEvent = { type: 'remedy-passed', service, at, change, incident, by, reason };
  try {
    book.apply(await store.commit({ events: [event], recordedAt: at }));
    log.warn('a change that remedies an incident passed the gate', { service, change, incident, by, reason });
    return true;
  } catch (error) {
    log.error('that a change passed the gate as a remedy could not be stored', { service, change, incident, error });
    return false;
  }
}
