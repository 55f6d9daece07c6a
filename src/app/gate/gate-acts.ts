import { freezesOf, type Freeze, type Override } from '../../domain/gate/freeze.ts';
import { everyService, type FreezeLift, type GateEvent } from '../../domain/gate/gate-event.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { compactUtc } from '../../domain/text/utc.ts';
import { noteOf, personOf, type TextField } from '../person-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type Store, type StoreFailureReason } from '../ports/store.ts';
import type { GateBook } from './gate-book.ts';

/** The longest that a freeze lasts by itself, and an override, ms. */
export const longestFreezeMs = 90 * 86_400_000;
export const longestOverrideMs = 86_400_000;

export interface FreezeRequest {
  /** A service's name, or `everyService`. */
  readonly service: string;
  readonly by: string;
  readonly reason: string;
  /** Absent: until somebody lifts it, or its criterion does. */
  readonly forMs?: number;
  readonly liftsWhen?: FreezeLift;
}

export interface OverrideRequest {
  readonly service: string;
  readonly by: string;
  readonly reason: string;
  readonly forMs: number;
  readonly change?: string;
}

/** What became of a person's act on a gate. */
export type GateActResult<T> =
  | { readonly kind: 'recorded'; readonly value: T }
  | { readonly kind: 'unknown-service'; readonly service: string }
  | { readonly kind: 'unknown-freeze' | 'unknown-override'; readonly id: string }
  | { readonly kind: 'invalid'; readonly field: TextField | 'for' | 'liftsWhen'; readonly problem: string }
  /** The store could not keep it; nothing happened. */
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

/** What people do to gates: stop a line, lift that again, let changes pass all the same. Failures are values. */
export interface GateActs {
  freeze(request: FreezeRequest): Promise<GateActResult<Freeze>>;
  lift(id: string, by: string, reason: string): Promise<GateActResult<Freeze>>;
  override(request: OverrideRequest): Promise<GateActResult<Override>>;
  endOverride(id: string, by: string, reason: string): Promise<GateActResult<Override>>;
}

export interface GateActsParts {
  readonly store: Pick<Store, 'commit'>;
  readonly book: GateBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Whether a service is watched. */
  readonly isWatched: (service: string) => boolean;
}

/** Acts are recorded one after another, so that two at once get ids of their own, and nothing is ended twice. */
export function createGateActs(parts: GateActsParts): GateActs {
  const { turns } = parts.book;
  return {
    freeze: async (request) => await turns.take(async () => await freeze(parts, request)),
    lift: async (id, by, reason) => await turns.take(async () => await lift(parts, id, by, reason)),
    override: async (request) => await turns.take(async () => await override(parts, request)),
    endOverride: async (id, by, reason) => await turns.take(async () => await endOverride(parts, id, by, reason)),
  };
}

async function freeze(parts: GateActsParts, request: FreezeRequest): Promise<GateActResult<Freeze>> {
  const said = wordsOf(request.by, request.reason);
  if (said.kind === 'invalid') return said;
  const { service, forMs, liftsWhen = 'by-hand' } = request;
  if (service !== everyService && !parts.isWatched(service)) return { kind: 'unknown-service', service };
  if (service === everyService && liftsWhen === 'end-state-held')
    return {
      kind: 'invalid',
      field: 'liftsWhen',
      problem: 'a freeze of every service has no end state to wait for: give it a duration, or lift it by hand',
    };
  const tooLong = durationProblem(forMs, longestFreezeMs, 'a freeze');
  if (tooLong !== undefined) return tooLong;
  const at = parts.clock.now();
  const id = freeId(`${service === everyService ? 'all' : service}-freeze-${compactUtc(at)}`, parts.book);
  const event: GateEvent = {
    type: 'frozen',
    service,
    at,
    freezeId: id,
    by: said.by,
    reason: said.reason,
    liftsWhen,
    ...(forMs === undefined ? {} : { until: at + forMs }),
  };
  return await record(parts, event, () => parts.book.gates().freezes.get(id));
}

async function lift(parts: GateActsParts, id: string, by: string, reason: string): Promise<GateActResult<Freeze>> {
  const said = wordsOf(by, reason);
  if (said.kind === 'invalid') return said;
  const at = parts.clock.now();
  const frozen = parts.book.gates().freezes.get(id);
  const standing = frozen !== undefined && freezesOf(parts.book.gates(), frozen.service, at).includes(frozen);
  if (frozen === undefined || !standing) return { kind: 'unknown-freeze', id };
  const { service } = frozen;
  const words = { by: said.by, reason: said.reason };
  const event: GateEvent = { type: 'freeze-lifted', service, at, freezeId: id, because: 'by-hand', ...words };
  return await record(parts, event, () => frozen);
}

async function override(parts: GateActsParts, request: OverrideRequest): Promise<GateActResult<Override>> {
  const said = wordsOf(request.by, request.reason);
  if (said.kind === 'invalid') return said;
  const { service, forMs, change } = request;
  if (!parts.isWatched(service)) return { kind: 'unknown-service', service };
  const tooLong = durationProblem(forMs, longestOverrideMs, 'an override');
  if (tooLong !== undefined) return tooLong;
  const at = parts.clock.now();
  const id = freeId(`${service}-override-${compactUtc(at)}`, parts.book);
  const event: GateEvent = {
    type: 'gate-overridden',
    service,
    at,
    overrideId: id,
    by: said.by,
    reason: said.reason,
    until: at + forMs,
    ...(change === undefined ? {} : { change }),
  };
  return await record(parts, event, () => parts.book.gates().overrides.get(id));
}

async function endOverride(
  parts: GateActsParts,
  id: string,
  by: string,
  reason: string,
): Promise<GateActResult<Override>> {
  const said = wordsOf(by, reason);
  if (said.kind === 'invalid') return said;
  const at = parts.clock.now();
  const known = parts.book.gates().overrides.get(id);
  if (known === undefined || known.until <= at) return { kind: 'unknown-override', id };
  const { service } = known;
  const event: GateEvent = { type: 'override-ended', service, at, overrideId: id, by: said.by, reason: said.reason };
  return await record(parts, event, () => known);
}

async function record<T>(
  parts: GateActsParts,
  event: GateEvent,
  value: () => T | undefined,
): Promise<GateActResult<T>> {
  try {
    parts.book.apply(await parts.store.commit({ events: [event], recordedAt: event.at }));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { reason, message: detail } = error;
    parts.log.error('an act on a gate could not be stored', {
      service: event.service,
      type: event.type,
      reason,
      error,
    });
    return { kind: 'not-stored', reason, detail };
  }
  const { type, service, at: _at, ...facts } = event;
  parts.log.warn('a person acted on a gate', { service, type, ...facts });
  const recorded = value();
  if (recorded === undefined) throw new Error(`the log does not tell what ${type} did to ${service}`);
  return { kind: 'recorded', value: recorded };
}

function wordsOf(
  by: string,
  reason: string,
): { readonly kind: 'said'; readonly by: string; readonly reason: string } | Invalid {
  const person = personOf(by);
  if (person.kind === 'invalid') return person;
  const why = noteOf(reason, 'reason');
  if (why.kind === 'invalid') return why;
  return { kind: 'said', by: person.text, reason: why.text };
}

type Invalid = Extract<GateActResult<never>, { readonly kind: 'invalid' }>;

function durationProblem(ms: number | undefined, longestMs: number, what: string): Invalid | undefined {
  if (ms === undefined || (ms >= 1000 && ms <= longestMs)) return undefined;
  return { kind: 'invalid', field: 'for', problem: `${what} lasts from 1s to ${formatDuration(longestMs)}` };
}

/** Two acts in one second get a number each, whether or not the first is over. */
function freeId(id: string, book: GateBook): string {
  let free = id;
  for (let number = 2; book.isTaken(free); number += 1) free = `${id}-${number}`;
  return free;
}
