import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { IncidentEvent, StoredEvent } from '../../domain/incident/event.ts';
import { foldIncident, type Incident } from '../../domain/incident/incident.ts';
import type { Notification } from '../../domain/notification/notification.ts';
import { planNotifications } from '../../domain/notification/notification-plan.ts';
import type { IncidentBook } from './incident-book.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { LedgerKey, LedgerWrite, Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';

export interface RecorderParts {
  readonly store: Pick<Store, 'commit'>;
  readonly book: IncidentBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'eventsCommitted'>;
  /** May change with the settings. */
  readonly externalUrl?: () => string | undefined;
  /** Hands over what was committed; sends that can start have started when it returns. */
  readonly deliver: (notifications: readonly Notification[]) => void;
}

/** What an evaluation leaves to be written. */
export interface Record {
  readonly events: readonly IncidentEvent[];
  readonly checkpoints: readonly Checkpoint[];
  /** Channels that the service pages now. Those that were told of an incident before hear of it as well. */
  readonly channels: readonly string[];
  /** The source's time now, ms: events that happened earlier were caught up with, and their pages are as old as they are. */
  readonly sourceNow?: number;
  /** What changed of the ledgers of error budgets, and which of them are gone. */
  readonly ledgers?: readonly LedgerWrite[];
  readonly forgottenLedgers?: readonly LedgerKey[];
}

interface Plan {
  readonly events: readonly IncidentEvent[];
  readonly notifications: readonly Notification[];
}

/** Writes events together with the notifications they cause, then lets everybody know. */
export class Recorder {
  readonly #parts: RecorderParts;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Rejects with StoreError when the store takes nothing; then nothing was told to anybody. */
  async record(record: Record): Promise<void> {
    const { store, book, clock, telemetry } = this.#parts;
    const { ledgers = [], forgottenLedgers = [] } = record;
    if ([record.events, record.checkpoints, ledgers, forgottenLedgers].every(({ length }) => length === 0)) return;
    const recordedAt = clock.now();
    const { events, notifications } = this.#plan(record, recordedAt);
    const stored = await store.commit({
      events,
      checkpoints: record.checkpoints,
      notifications,
      recordedAt,
      ...(ledgers.length === 0 ? {} : { ledgers }),
      ...(forgottenLedgers.length === 0 ? {} : { forgottenLedgers }),
    });
    this.#parts.deliver(notifications);
    if (stored.length === 0) return;
    const applied = book.apply(stored);
    telemetry.eventsCommitted(applied);
    for (const { event } of applied) this.#say(event);
  }

  /**
   * Folds ahead of the commit, since a notification shows the incident as its event leaves it. The events say whom they
   * are told to, so that whoever folds them knows who waits for the rest.
   */
  #plan(record: Record, recordedAt: number): Plan {
    const { book } = this.#parts;
    const externalUrl = this.#parts.externalUrl?.();
    const ahead = new Map<string, { incident: Incident | undefined; tellings: number }>();
    const notifications: Notification[] = [];
    const events = record.events.map((event) => {
      const known = ahead.get(event.incidentId) ?? {
        incident: book.get(event.incidentId)?.incident,
        tellings: book.get(event.incidentId)?.timeline.filter(isTelling).length ?? 0,
      };
      const tellings = known.tellings + (isTelling(event) ? 1 : 0);
      const fold = (next: IncidentEvent) => foldIncident(known.incident, { ...next, seq: 0, recordedAt });
      const after = fold(event);
      const audience = { paged: record.channels, told: known.incident?.told ?? [] };
      const planned =
        after === undefined
          ? []
          : planNotifications(event, after, audience, {
              recordedAt: recordedAt - Math.max(0, (record.sourceNow ?? event.at) - event.at),
              severityBefore: known.incident?.severity,
              nextSequence: tellings,
              ...(externalUrl === undefined ? {} : { externalUrl }),
            });
      const said = planned.length === 0 ? event : { ...event, told: planned.map(({ channel }) => channel) };
      ahead.set(event.incidentId, { incident: fold(said), tellings });
      notifications.push(...planned);
      return said;
    });
    return { events, notifications };
  }

  #say(event: StoredEvent): void {
    const fields = { service: event.service, group: event.group, incident: event.incidentId };
    switch (event.type) {
      case 'opened':
        this.#parts.log.warn('line stopped: incident opened', {
          ...fields,
          rule: event.stop.rule,
          severity: event.stop.severity,
        });
        return;
      case 'relapsed':
        this.#parts.log.warn('line stopped again: incident relapsed', { ...fields, rule: event.stop.rule });
        return;
      case 'resolved':
        this.#parts.log.info('line moves: the end state has held', { ...fields, recoveredAt: event.recoveredAt });
        return;
      case 'blinded':
        this.#parts.log.warn('an open incident cannot be seen', {
          ...fields,
          reason: event.reason,
          detail: event.detail,
        });
        return;
      case 'unwatched':
        this.#parts.log.warn('an open incident is not watched any more: its service left the rule files', fields);
        return;
      default:
        this.#parts.log.info('incident event', { ...fields, type: event.type });
    }
  }
}

/** The events that notify, counted, give each notification its place: derived from the log, so that it never changes. */
function isTelling(event: IncidentEvent): boolean {
  return (
    event.type === 'opened' ||
    event.type === 'rule-joined' ||
    event.type === 'relapsed' ||
    event.type === 'resolved' ||
    event.type === 'closed-by-hand'
  );
}
