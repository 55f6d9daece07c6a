import type { Alert, AlertStatus } from '../../domain/incident/alert.ts';
import { alertEvidence } from '../../domain/incident/alert-evidence.ts';
import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type StoreFailureReason } from '../ports/store.ts';
import type { AlertOutcome, Telemetry } from '../ports/telemetry.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import type { Recorder } from '../recording/recorder.ts';
import { AlertMemory } from './alert-memory.ts';
import { boundedAlert, type PostedAlert } from './posted-alert.ts';

/** What became of each alert of a message, counted; or the store could keep none of it, and asking again may help. */
export type AlertsTaken =
  | { readonly kind: 'taken'; readonly counts: Readonly<Partial<Record<AlertOutcome, number>>> }
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

/** Makes other people's alerts evidence of incidents. */
export interface AlertDesk {
  /** `serviceLabels`: the first of these whose value names a service under watch says whose alert it is. `leftOut`: how many its sender cut. */
  receive(alerts: readonly PostedAlert[], serviceLabels: readonly string[], leftOut?: number): Promise<AlertsTaken>;
  /** Told of what was committed: an incident that opens takes up the alerts that came before it. */
  follow(stored: readonly StoredLogEvent[]): void;
}

export interface AlertDeskParts {
  readonly book: Pick<IncidentBook, 'get' | 'list'>;
  readonly recorder: Pick<Recorder, 'recordNow'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'alertReceived'>;
  readonly isWatched: (service: string) => boolean;
}

/** Alerts of Andon's own incidents carry it, and would be evidence of themselves. */
const ownLabel = 'incident';

/** Of a service, newest first: those before them are closed for long. */
const incidentsLookedAt = 50;

export function createAlertDesk(parts: AlertDeskParts): AlertDesk {
  const memory = new AlertMemory();
  return {
    receive: async (alerts, serviceLabels, leftOut = 0) => {
      tellLeftOut(parts, leftOut);
      return await receive(parts, memory, alerts, serviceLabels);
    },
    follow: (stored) => {
      const opened = stored.flatMap((event) =>
        event.type === 'opened' || event.type === 'relapsed' ? [event.service] : [],
      );
      for (const service of new Set(opened)) void takeUp(parts, memory, service);
    },
  };
}

interface Heard {
  readonly service: string;
  readonly alert: Alert;
  readonly status: AlertStatus;
  readonly isNew: boolean;
}

async function receive(
  parts: AlertDeskParts,
  memory: AlertMemory,
  posted: readonly PostedAlert[],
  serviceLabels: readonly string[],
): Promise<AlertsTaken> {
  const now = parts.clock.now();
  const outcomes: AlertOutcome[] = [];
  const heard: Heard[] = [];
  for (const each of posted) {
    const service = serviceOf(each, serviceLabels, parts.isWatched);
    if (isOwn(each)) outcomes.push('own');
    else if (endsBeforeItBegan(each)) {
      outcomes.push('impossible');
      parts.log.warn('an alert that ended before it began is no evidence', { fingerprint: each.fingerprint });
    } else if (service === undefined) outcomes.push('unknown-service');
    else {
      const alert = boundedAlert(each);
      heard.push({ service, alert, status: each.status, isNew: memory.hear(service, alert, each.status, now) });
    }
  }
  const written = new Set<string>();
  const known = new Set<string>();
  try {
    for (const service of new Set(heard.map((each) => each.service))) {
      await writeEvidence(parts, memory, service, { written, known });
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    parts.log.error('alerts could not be stored', { reason: error.reason, error });
    return { kind: 'not-stored', reason: error.reason, detail: error.message };
  }
  for (const { service, alert, status, isNew } of heard) {
    const key = keyOf(service, alert, status);
    // Twice in one message, it is evidence once.
    if (written.delete(key)) outcomes.push('evidence');
    else outcomes.push(isNew && !known.has(key) ? 'kept' : 'repeated');
  }
  for (const outcome of outcomes) parts.telemetry.alertReceived(outcome);
  const counts: Partial<Record<AlertOutcome, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return { kind: 'taken', counts };
}

function tellLeftOut({ telemetry, log }: AlertDeskParts, leftOut: number): void {
  if (leftOut === 0) return;
  telemetry.alertReceived('left-out', leftOut);
  log.warn('Alertmanager left alerts out of a message, which can be no evidence: raise max_alerts of its receiver', {
    leftOut,
  });
}

/** Whoever waits for it waits for the store alone: what could not be written is tried again with the next alert. */
async function takeUp(parts: AlertDeskParts, memory: AlertMemory, service: string): Promise<void> {
  try {
    await writeEvidence(parts, memory, service, { written: new Set(), known: new Set() });
  } catch (error) {
    parts.log.error('alerts that came before an incident could not be written down', { service, error });
  }
}

/** Keys of what was written to timelines just now, and of what stood there before. */
interface Seen {
  readonly written: Set<string>;
  readonly known: Set<string>;
}

/** Writes what is news to the timelines of a service's incidents; rejects with StoreError. */
async function writeEvidence(
  { book, recorder, clock }: AlertDeskParts,
  memory: AlertMemory,
  service: string,
  { written, known }: Seen,
): Promise<void> {
  // In turn with everything else that is written: the same message may come from two Alertmanagers at once.
  await recorder.recordNow(() => {
    const heard = memory.of(service, clock.now());
    if (heard.length === 0) return undefined;
    const incidents = book.list({ service, limit: incidentsLookedAt });
    const events = incidents.flatMap((incident) => {
      const timeline = book.get(incident.id)?.timeline ?? [];
      for (const event of timeline) {
        if (event.type === 'alerted') known.add(keyOf(service, event.alert, event.status));
      }
      return alertEvidence(incident, timeline, heard, incidents);
    });
    for (const { alert, status } of events) written.add(keyOf(service, alert, status));
    return events.length === 0 ? undefined : { events, checkpoints: [], channels: [] };
  });
}

function keyOf(service: string, { fingerprint, startsAt }: Alert, status: AlertStatus): string {
  return `${service} ${status} ${startsAt} ${fingerprint}`;
}

function isOwn({ labels }: PostedAlert): boolean {
  return (labels[ownLabel] ?? '') !== '';
}

function endsBeforeItBegan({ startsAt, endsAt = Infinity }: PostedAlert): boolean {
  return endsAt < startsAt;
}

function serviceOf(
  { labels }: PostedAlert,
  serviceLabels: readonly string[],
  isWatched: (service: string) => boolean,
): string | undefined {
  return serviceLabels
    .flatMap((label) => (Object.hasOwn(labels, label) ? [labels[label] ?? ''] : []))
    .find((name) => name !== '' && isWatched(name));
}
