import {
  everyService,
  isWide,
  longestSilenceMs,
  longestWideSilenceMs,
  type Silence,
} from '../../domain/silence/silence.ts';
import type { SilenceEvent, SilenceMatcher } from '../../domain/silence/silence-event.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { compactUtc, formatUtc } from '../../domain/text/utc.ts';
import { noteOf, personOf, type TextField } from '../person-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type Store, type StoreFailureReason } from '../ports/store.ts';
import { Turns } from '../tasks/turns.ts';
import type { SilenceBook } from './silence-book.ts';

/** Most silences at once: more than people keep in mind, and few enough to look through at each page. */
export const mostSilences = 1_000;
/** Clocks of those who ask may be behind Andon's by this, ms. */
const clockToleranceMs = 60_000;

export interface SilenceRequest {
  readonly matcher: SilenceMatcher;
  readonly by: string;
  readonly reason: string;
  /** ms since the epoch; absent: now. */
  readonly from?: number;
  readonly until: number | { readonly forMs: number };
}

/** What became of a person's act on silences. */
export type SilenceActResult =
  | { readonly kind: 'recorded'; readonly silence: Silence }
  /** `meant`: what somebody who wrote this name may have meant. */
  | { readonly kind: 'unknown-service'; readonly service: string; readonly meant?: string }
  | { readonly kind: 'unknown-silence'; readonly id: string }
  | {
      readonly kind: 'invalid';
      readonly field: TextField | 'matcher' | 'from' | 'until' | 'for';
      readonly problem: string;
    }
  | { readonly kind: 'too-many'; readonly most: number }
  /** The store could not keep it; nothing happened. */
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

/** What people do to pages: keep them back for a while, and let them go again. Failures are values. */
export interface SilenceActs {
  create(request: SilenceRequest): Promise<SilenceActResult>;
  end(id: string, by: string, reason: string): Promise<SilenceActResult>;
}

export interface SilenceActsParts {
  readonly store: Pick<Store, 'commit'>;
  readonly book: SilenceBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The services that are watched. */
  readonly watched: () => ReadonlySet<string>;
  /** Called once a silence has ended by hand: what it kept is told without delay. */
  readonly ended: () => void;
}

/** Acts are recorded one after another, so that two at once get ids of their own. */
export function createSilenceActs(parts: SilenceActsParts): SilenceActs {
  const turns = new Turns();
  return {
    create: async (request) => await turns.take(async () => await create(parts, request)),
    end: async (id, by, reason) => await turns.take(async () => await end(parts, id, by, reason)),
  };
}

async function create(parts: SilenceActsParts, request: SilenceRequest): Promise<SilenceActResult> {
  const person = personOf(request.by);
  if (person.kind === 'invalid') return person;
  const why = noteOf(request.reason, 'reason');
  if (why.kind === 'invalid') return why;
  const { matcher } = request;
  if (Object.values(matcher).every((each) => each === undefined))
    return invalid('matcher', `name what to silence; \`service: ${everyService}\` is every service`);
  const { service } = matcher;
  if (service !== undefined && service !== everyService && !parts.watched().has(service)) {
    const meant = nearest(service, parts.watched());
    return { kind: 'unknown-service', service, ...(meant === undefined ? {} : { meant }) };
  }
  const at = parts.clock.now();
  const stretch = stretchOf(request, at);
  if (stretch.kind === 'invalid') return stretch;
  const silences = parts.book.silences();
  if (silences.size >= mostSilences) return { kind: 'too-many', most: mostSilences };
  const { from, until } = stretch;
  const silenceId = freeId(
    `${service === undefined || service === everyService ? 'all' : service}-silence`,
    at,
    silences,
  );
  const words = { by: person.text, reason: why.text };
  return await record(
    parts,
    { type: 'silenced', service: service ?? everyService, silenceId, at, matcher, ...words, from, until },
    () => parts.book.silences().get(silenceId),
  );
}

async function end(parts: SilenceActsParts, id: string, by: string, reason: string): Promise<SilenceActResult> {
  const person = personOf(by);
  if (person.kind === 'invalid') return person;
  const why = noteOf(reason, 'reason');
  if (why.kind === 'invalid') return why;
  const at = parts.clock.now();
  const known = parts.book.silences().get(id);
  if (known === undefined || known.until <= at) return { kind: 'unknown-silence', id };
  const words = { by: person.text, reason: why.text };
  const service = known.matcher.service ?? everyService;
  const event: SilenceEvent = { type: 'silence-ended', service, silenceId: id, at, because: 'by-hand', ...words };
  const result = await record(parts, event, () => known);
  if (result.kind === 'recorded') parts.ended();
  return result;
}

function stretchOf(
  { matcher, from: asked, until: end }: SilenceRequest,
  now: number,
): { readonly kind: 'stretch'; readonly from: number; readonly until: number } | Invalid {
  if (asked !== undefined && asked < now - clockToleranceMs)
    return invalid('from', `a silence cannot begin in the past: ${formatUtc(asked)}`);
  const from = Math.max(now, asked ?? now);
  if (from - now > longestSilenceMs)
    return invalid('from', `a silence begins at most ${formatDuration(longestSilenceMs)} ahead`);
  const field = typeof end === 'number' ? 'until' : 'for';
  const until = typeof end === 'number' ? end : from + end.forMs;
  if (until <= now) return invalid(field, `that is in the past: ${formatUtc(until)}`);
  if (until - from < 1000) return invalid(field, 'a silence lasts at least 1s, and ends after it begins');
  if (until - from > longestSilenceMs)
    return invalid(field, `a silence lasts at most ${formatDuration(longestSilenceMs)}`);
  if (isWide(matcher) && until - from > longestWideSilenceMs) {
    const longest = formatDuration(longestWideSilenceMs);
    return invalid(field, `a silence that names no service, owner, rule, label or group lasts at most ${longest}`);
  }
  return { kind: 'stretch', from, until };
}

type Invalid = Extract<SilenceActResult, { readonly kind: 'invalid' }>;

function invalid(field: Invalid['field'], problem: string): Invalid {
  return { kind: 'invalid', field, problem };
}

async function record(
  parts: SilenceActsParts,
  event: SilenceEvent,
  value: () => Silence | undefined,
): Promise<SilenceActResult> {
  const { type, silenceId } = event;
  try {
    parts.book.apply(await parts.store.commit({ events: [event], recordedAt: event.at }));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { reason, message: detail } = error;
    parts.log.error('an act on a silence could not be stored', { silence: silenceId, type, reason, error });
    return { kind: 'not-stored', reason, detail };
  }
  const { at: _at, silenceId: _id, type: _type, ...facts } = event;
  parts.log.warn('a person acted on a silence', { type, silence: silenceId, ...facts });
  const silence = value();
  if (silence === undefined) throw new Error(`the log does not tell what ${type} did to ${silenceId}`);
  return { kind: 'recorded', silence };
}

/** Two in one second get a number each. */
function freeId(name: string, at: number, taken: ReadonlyMap<string, unknown>): string {
  const id = `${name}-${compactUtc(at)}`;
  let free = id;
  for (let number = 2; taken.has(free); number += 1) free = `${id}-${number}`;
  return free;
}
