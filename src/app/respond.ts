import type { Incident } from '../domain/incident/incident.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { AppliedEvent, IncidentBook } from './recording/incident-book.ts';
import { closeByHand, type ClosingParts } from './close-by-hand.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import { StoreError, type Store, type StoreFailureReason } from './ports/store.ts';
import { noteOf, personOf, type TextField } from './person-text.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { Turns } from './tasks/turns.ts';

/** What became of a person's act on an incident. */
export type ActResult =
  | { readonly kind: 'recorded'; readonly incident: Incident }
  /** It was acknowledged before, and has not got worse or come back since: nothing was written. */
  | { readonly kind: 'already-acknowledged'; readonly incident: Incident }
  | { readonly kind: 'unknown-incident'; readonly id: string }
  | { readonly kind: 'closed-incident'; readonly id: string }
  /** Recovery closes it by itself, so that nobody else may. */
  | { readonly kind: 'still-watched'; readonly id: string }
  | { readonly kind: 'invalid'; readonly field: TextField; readonly problem: string }
  /** The store could not keep it; nothing happened. */
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

/** What people do to an incident: acknowledge it, write notes, close what nothing else can close. Failures are values. */
export interface Responder {
  acknowledge(id: string, by: string, note?: string): Promise<ActResult>;
  note(id: string, by: string, text: string): Promise<ActResult>;
  close(id: string, by: string, because: string): Promise<ActResult>;
}

export interface ResponderParts {
  readonly store: Pick<Store, 'commit'>;
  readonly book: IncidentBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'eventsCommitted'>;
  readonly closing: ClosingParts;
}

/** Acts are recorded one after another, so that two people who acknowledge at once leave one acknowledgement. */
export function createResponder(parts: ResponderParts): Responder {
  const turns = new Turns();
  return {
    acknowledge: async (id, by, note) => await turns.take(async () => await acknowledge(parts, id, by, note)),
    note: async (id, by, text) => await turns.take(async () => await addNote(parts, id, by, text)),
    close: async (id, by, because) => await turns.take(async () => await close(parts, id, by, because)),
  };
}

async function acknowledge(parts: ResponderParts, id: string, by: string, note?: string): Promise<ActResult> {
  const person = personOf(by);
  if (person.kind === 'invalid') return person;
  const text = note === undefined ? undefined : noteOf(note);
  if (text?.kind === 'invalid') return text;
  return await tell(parts, id, (incident) => {
    if (incident.calling.acknowledgedBy !== undefined) return { kind: 'already-acknowledged', incident };
    if (incident.phase === 'closed') return { kind: 'closed-incident', id };
    return {
      ...scopeOf(incident, parts.clock.now()),
      type: 'acknowledged',
      by: person.text,
      ...(text === undefined ? {} : { note: text.text }),
    };
  });
}

/** Closed incidents take notes too: what a review finds belongs to the incident. */
async function addNote(parts: ResponderParts, id: string, by: string, text: string): Promise<ActResult> {
  const person = personOf(by);
  if (person.kind === 'invalid') return person;
  const note = noteOf(text);
  if (note.kind === 'invalid') return note;
  const incident = parts.book.get(id)?.incident;
  if (incident === undefined) return { kind: 'unknown-incident', id };
  return await record(parts, incident, {
    ...scopeOf(incident, parts.clock.now()),
    type: 'noted',
    by: person.text,
    note: note.text,
  });
}

async function close(parts: ResponderParts, id: string, by: string, because: string): Promise<ActResult> {
  const person = personOf(by);
  if (person.kind === 'invalid') return person;
  const reason = noteOf(because, 'because');
  if (reason.kind === 'invalid') return reason;
  const incident = parts.book.get(id)?.incident;
  if (incident === undefined) return { kind: 'unknown-incident', id };
  if (incident.phase === 'closed') return { kind: 'closed-incident', id };
  const { text } = reason;
  const event = {
    ...scopeOf(incident, parts.clock.now()),
    type: 'closed-by-hand' as const,
    by: person.text,
    because: text,
  };
  try {
    const closed = await closeByHand(parts.closing, incident, event);
    if (!closed) return { kind: 'still-watched', id };
  } catch (error) {
    return notStored(parts, event, error);
  }
  parts.log.info('an act on an incident was recorded', { incident: id, type: event.type });
  return { kind: 'recorded', incident: parts.book.get(id)?.incident ?? incident };
}

/** Rejects with whatever is not the store's doing. */
function notStored(parts: ResponderParts, event: IncidentEvent, error: unknown): ActResult {
  if (!(error instanceof StoreError)) throw error;
  parts.log.error('an act on an incident could not be stored', {
    incident: event.incidentId,
    type: event.type,
    reason: error.reason,
    error,
  });
  return { kind: 'not-stored', reason: error.reason, detail: error.message };
}

type Acknowledged = Extract<IncidentEvent, { readonly type: 'acknowledged' }>;

/**
 * Records an act that channels may want to hear of. It is decided in the recorder's turn: the same may just have been
 * done in another system.
 */
async function tell(
  parts: ResponderParts,
  id: string,
  decide: (incident: Incident) => Acknowledged | ActResult,
): Promise<ActResult> {
  let decided = { kind: 'unknown-incident', id } as Acknowledged | ActResult;
  try {
    await parts.closing.recorder.recordNow(() => {
      const incident = parts.book.get(id)?.incident;
      if (incident !== undefined) decided = decide(incident);
      return 'kind' in decided ? undefined : { events: [decided], checkpoints: [], channels: [] };
    });
  } catch (error) {
    if ('kind' in decided) throw error;
    return notStored(parts, decided, error);
  }
  if ('kind' in decided) return decided;
  parts.log.info('an act on an incident was recorded', { incident: id, type: decided.type });
  const incident = parts.book.get(id)?.incident;
  return incident === undefined ? { kind: 'unknown-incident', id } : { kind: 'recorded', incident };
}

async function record(parts: ResponderParts, incident: Incident, event: IncidentEvent): Promise<ActResult> {
  let applied: readonly AppliedEvent[];
  try {
    const stored = await parts.store.commit({ events: [event], recordedAt: event.at });
    applied = parts.book.apply(stored);
  } catch (error) {
    return notStored(parts, event, error);
  }
  parts.telemetry.eventsCommitted(applied);
  parts.log.info('an act on an incident was recorded', { incident: incident.id, type: event.type });
  return { kind: 'recorded', incident: parts.book.get(incident.id)?.incident ?? incident };
}

function scopeOf(incident: Incident, at: number) {
  return { service: incident.service, group: incident.group, incidentId: incident.id, at };
}
