import type { Freeze, Override } from '../../domain/gate/freeze.ts';
import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import type { GateEvent } from '../../domain/gate/gate-event.ts';
import { hashText } from '../../domain/text/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { remember } from '../remember.ts';
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
  readonly telemetry: Pick<Telemetry, 'gateAsked' | 'changeHeld'>;
}

/** So many changes that were held or let through are remembered, so that each counts once. */
const changesRemembered = 10_000;
/** Anybody may ask for anything: what is too long to be a name and an id is not remembered at its full length. */
const longestKey = 1_000;

export function createGateDesk(parts: GateDeskParts): GateDesk {
  const { gatekeeper, acts, book, clock, telemetry } = parts;
  const held = new Set<string>();
  const remedies = new Set<string>();
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
      const key = keyOf(service, change);
      if (answer.action !== 'go' && remember(held, key, changesRemembered)) telemetry.changeHeld(answer);
      if (answer.passage?.kind === 'remedy' && remember(remedies, key, changesRemembered))
        void recordRemedy(parts, answer, change);
      return answer;
    },
  };
}

function keyOf(service: string, change: string): string {
  const key = JSON.stringify([service, change]);
  return key.length > longestKey ? hashText(key) : key;
}

/** Written behind the answer: a store that is slow or full must not keep a fix waiting. */
async function recordRemedy({ store, book, log }: GateDeskParts, answer: GateAnswer, change: string): Promise<void> {
  const { service, passage, decidedAt } = answer;
  if (passage?.incident === undefined) return;
  const { by, reason, incident } = passage;
  const event: GateEvent = { type: 'remedy-passed', service, at: decidedAt, change, incident, by, reason };
  try {
    book.apply(await store.commit({ events: [event], recordedAt: decidedAt }));
    log.warn('a change that remedies an incident passed the gate', { service, change, incident, by, reason });
  } catch (error) {
    log.error('that a change passed the gate as a remedy could not be stored', { service, change, incident, error });
  }
}
