import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { fitLength } from '../../domain/text/visible-text.ts';
import { byLimit, noteLimit, noteOf, personOf } from '../person-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type StoreFailureReason } from '../ports/store.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import type { Recorder } from '../recording/recorder.ts';

/** What was done about an incident in another system that Andon told of it. */
export interface RemoteAct {
  /** The other system, as people call it. */
  readonly system: string;
  /** Names what happened there; the same however often it is told. */
  readonly event: string;
  /** `seen`: nothing to write down, but it says which incident is whose. */
  readonly kind: 'acknowledged' | 'unacknowledged' | 'resolved' | 'annotated' | 'seen';
  /** ms since the epoch on the other system's clock. */
  readonly at: number;
  /** The other system's own id of the incident. */
  readonly remoteIncident: string;
  /** Andon's id of it; absent where the message does not have it. */
  readonly incidentId?: string;
  readonly who: RemoteActor;
  /** What was written, of `annotated`. */
  readonly text?: string;
}

/** `andon`: what Andon itself told that system, coming back. */
export type RemoteActor = { readonly kind: 'person' | 'system'; readonly name: string } | { readonly kind: 'andon' };

export type RemoteResult =
  | { readonly kind: 'recorded'; readonly incidentId: string }
  /** It was told before, or is no news. */
  | { readonly kind: 'unchanged'; readonly incidentId: string }
  /** It does not concern an incident of ours, or is over. */
  | { readonly kind: 'ignored'; readonly because: RemoteIgnored }
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

export type RemoteIgnored = 'unknown-incident' | 'own-act' | 'closed-incident' | 'outdated' | 'nothing-to-record';

/** Takes over what people do about incidents in other systems. */
export interface RemoteActs {
  take(act: RemoteAct): Promise<RemoteResult>;
}

export interface RemoteActsParts {
  readonly book: Pick<IncidentBook, 'get' | 'list'>;
  readonly recorder: Pick<Recorder, 'recordNow'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Other systems' ids of incidents that are remembered. */
const mostRemembered = 2_000;
const incidentsLookedAt = 500;

export function createRemoteActs(parts: RemoteActsParts): RemoteActs {
  const remembered = new Map<string, string>();
  return {
    async take(act) {
      const id = incidentOf(parts.book, remembered, act);
      if (id === undefined) return { kind: 'ignored', because: 'unknown-incident' };
      remember(remembered, act, id);
      return await take(parts, act, id);
    },
  };
}

async function take(
  { book, recorder, clock, log }: RemoteActsParts,
  act: RemoteAct,
  id: string,
): Promise<RemoteResult> {
  let result: RemoteResult = { kind: 'ignored', because: 'unknown-incident' };
  try {
    // Decided in turn, so that a message which comes twice at once is written down once.
    await recorder.recordNow(() => {
      const record = book.get(id);
      if (record === undefined) return undefined;
      const decided = decide(act, record.incident, record.timeline, clock.now());
      result = decided.kind === 'event' ? { kind: 'recorded', incidentId: id } : decided;
      return decided.kind === 'event' ? { events: [decided.event], checkpoints: [], channels: [] } : undefined;
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.error('what was done in another system could not be stored', { incident: id, reason: error.reason, error });
    return { kind: 'not-stored', reason: error.reason, detail: error.message };
  }
  return result;
}

type Decision = { readonly kind: 'event'; readonly event: IncidentEvent } | Exclude<RemoteResult, { kind: 'recorded' }>;

function decide(act: RemoteAct, incident: Incident, timeline: readonly IncidentEvent[], now: number): Decision {
  const { system, event, kind, remoteIncident } = act;
  if (kind === 'seen') return ignored('nothing-to-record');
  if (act.who.kind === 'andon') return ignored('own-act');
  const unchanged: Decision = { kind: 'unchanged', incidentId: incident.id };
  if (timeline.some((each) => 'via' in each && each.via?.system === system && each.via.event === event))
    return unchanged;
  const common = {
    service: incident.service,
    group: incident.group,
    incidentId: incident.id,
    // Nobody acts in the future: their clock is ahead.
    at: Math.min(act.at, now),
    by: nameOf(act),
    via: { system, event, incident: remoteIncident },
  };
  if (kind === 'acknowledged') {
    if (incident.calling.acknowledgedBy !== undefined) return unchanged;
    if (incident.phase === 'closed') return ignored('closed-incident');
    return isOutdated(act, incident)
      ? ignored('outdated')
      : { kind: 'event', event: { ...common, type: 'acknowledged' } };
  }
  const note = noteText(act, incident);
  if (note === undefined) return ignored('nothing-to-record');
  return { kind: 'event', event: { ...common, type: 'noted', note } };
}

/** An acknowledgement from before the incident came back or got worse does not answer that; of the first call all count, since clocks differ. */
function isOutdated({ at }: RemoteAct, { calling, openedRecordedAt }: Incident): boolean {
  return calling.since.at > openedRecordedAt && at < calling.since.at;
}

/** Recovery is measured, so that what is over elsewhere is a note here. */
function noteText({ kind, system, who, text = '' }: RemoteAct, { phase }: Incident): string | undefined {
  switch (kind) {
    case 'resolved': {
      // Of what is over anyhow, only what a person did is worth a line.
      if (phase !== 'open') return who.kind === 'person' ? `resolved it in ${system}` : undefined;
      return `resolved it in ${system}; here it is over once its end state has held`;
    }
    case 'unacknowledged':
      return phase === 'open' ? `the acknowledgement ended in ${system}` : undefined;
    case 'annotated': {
      const note = noteOf(fitLength(text, noteLimit));
      return note.kind === 'text' ? note.text : undefined;
    }
    case 'acknowledged':
    case 'seen':
      return undefined;
  }
}

function nameOf({ who, system }: RemoteAct): string {
  const suffix = ` (${system})`;
  const name = who.kind === 'andon' ? '' : who.name;
  const person = personOf(fitLength(name.replaceAll(/\s+/g, ' '), byLimit - suffix.length));
  return person.kind === 'text' ? `${person.text}${suffix}` : `somebody${suffix}`;
}

function incidentOf(
  book: RemoteActsParts['book'],
  remembered: ReadonlyMap<string, string>,
  { system, remoteIncident, incidentId }: RemoteAct,
): string | undefined {
  if (incidentId !== undefined) return book.get(incidentId) === undefined ? undefined : incidentId;
  const known = remembered.get(`${system} ${remoteIncident}`);
  if (known !== undefined && book.get(known) !== undefined) return known;
  // After a restart the log still knows those that something was written down for.
  const hasIt = (id: string): boolean =>
    book
      .get(id)
      ?.timeline.some((each) => 'via' in each && each.via?.system === system && each.via.incident === remoteIncident) ??
    false;
  return book.list({ limit: incidentsLookedAt }).find(({ id }) => hasIt(id))?.id;
}

function remember(remembered: Map<string, string>, { system, remoteIncident }: RemoteAct, id: string): void {
  remembered.set(`${system} ${remoteIncident}`, id);
  const [oldest] = remembered.keys();
  if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
}

function ignored(because: RemoteIgnored): Decision {
  return { kind: 'ignored', because };
}
