import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { IncidentEvent, StoredEvent } from '../../domain/incident/event.ts';
import { isLaterTelling } from '../../domain/incident/telling-state.ts';
import { foldIncident, type Incident } from '../../domain/incident/incident.ts';
import type { Standing } from '../../domain/incident/standing.ts';
import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import { withFlapping } from '../../domain/notification/flapping.ts';
import { toldTogether, type Around } from '../../domain/notification/grouping.ts';
import { holdBack, nothingHeld, type HoldingPolicy } from '../../domain/notification/hold-back.ts';
import type { Notification } from '../../domain/notification/notification.ts';
import { planNotifications } from '../../domain/notification/notification-plan.ts';
import type { ShadowEvent } from '../../domain/shadow/shadow-event.ts';
import type { IncidentBook } from './incident-book.ts';
import type { SignalMemory } from '../changes/service-sight.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { LedgerKey, LedgerWrite, Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { Turns } from '../tasks/turns.ts';

export interface RecorderParts {
  readonly store: Pick<Store, 'commit'>;
  readonly book: IncidentBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'eventsCommitted'>;
  /** Whether a channel wants to hear that somebody acknowledged. */
  readonly wantsAcknowledged?: (channel: string) => boolean;
  /** How an incident stands as of the last poll. */
  readonly standingOf?: (incident: Incident) => Standing;
  /** What keeps pages from channels; nothing does unless told otherwise. */
  readonly holding?: () => HoldingPolicy;
  /** May change with the settings. */
  readonly externalUrl?: () => string | undefined;
  /** Adds to events which changes their incidents may come from. */
  readonly withSuspects?: (events: readonly IncidentEvent[], signals?: SignalMemory) => readonly IncidentEvent[];
  /** Told of what was committed, also of what rules that only record would have stopped. */
  readonly follow?: (stored: readonly StoredLogEvent[]) => void;
  /** Hands over what was committed; sends that can start have started when it returns. */
  readonly deliver: (notifications: readonly Notification[]) => void;
}

/** What happened so long before it is written, ms, is told with its times: it may be over by now. */
const longPastMs = 10_000;

/** The channels that are paged: always the same ones, or those for an incident as an event left it. */
export type ChannelsPaged = readonly string[] | ((incident: Incident) => readonly string[]);

/** What an evaluation leaves to be written. */
export interface Record {
  readonly events: readonly IncidentEvent[];
  /** What rules that only record would have stopped; nobody is told. */
  readonly shadows?: readonly ShadowEvent[];
  readonly checkpoints: readonly Checkpoint[];
  /** Channels that are paged of it now. Those that were told of an incident before hear of it as well. */
  readonly channels: ChannelsPaged;
  /** The source's time now, ms: events that happened earlier were caught up with, and their pages are as old as they are. */
  readonly sourceNow?: number;
  /** What the service's signals did, as remembered with these events. */
  readonly signals?: SignalMemory;
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
  readonly #turns = new Turns();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Rejects with StoreError when the store takes nothing; then nothing was told to anybody. */
  async record(record: Record): Promise<void> {
    await this.recordNow(() => record);
  }

  /**
   * Records what is made when its turn comes, once all before it is in the book: then nothing can come in between what
   * was decided and what is written, and no two notifications of an incident get the same place. Rejects as `record` does.
   */
  async recordNow(make: () => Record | undefined): Promise<void> {
    await this.#turns.take(async () => {
      const record = make();
      if (record !== undefined) await this.#write(record);
    });
  }

  async #write(record: Record): Promise<void> {
    const { store, book, clock, telemetry } = this.#parts;
    const { shadows = [], ledgers = [], forgottenLedgers = [] } = record;
    if ([record.events, shadows, record.checkpoints, ledgers, forgottenLedgers].every(({ length }) => length === 0))
      return;
    const recordedAt = clock.now();
    const { events, notifications } = this.#plan(record, recordedAt);
    if ([events, shadows, record.checkpoints, ledgers, forgottenLedgers].every(({ length }) => length === 0)) return;
    const stored = await store.commit({
      events: [...events, ...shadows],
      checkpoints: record.checkpoints,
      notifications,
      recordedAt,
      ...(ledgers.length === 0 ? {} : { ledgers }),
      ...(forgottenLedgers.length === 0 ? {} : { forgottenLedgers }),
    });
    this.#parts.deliver(notifications);
    if (stored.length === 0) return;
    this.#parts.follow?.(stored);
    for (const { type, service, group, rule, shadowId } of shadows) {
      const what = type === 'shadow-fired' ? 'would have stopped the line' : 'would stop the line no more';
      this.#parts.log.info(`a shadow rule ${what}`, { service, group, rule, shadow: shadowId });
    }
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
    const holding = this.#parts.holding?.() ?? nothingHeld;
    const ahead = new Map<string, { incident: Incident | undefined; tellings: number }>();
    const notifications: Notification[] = [];
    const named = this.#parts.withSuspects?.(record.events, record.signals) ?? record.events;
    const events = named.map((given, index) => {
      const known = ahead.get(given.incidentId) ?? {
        incident: book.get(given.incidentId)?.incident,
        tellings: book.get(given.incidentId)?.timeline.filter(isTelling).length ?? 0,
      };
      const event = withFlapping(given, known.incident, holding.flapping, recordedAt);
      const fold = (next: IncidentEvent) => foldIncident(known.incident, { ...next, seq: 0, recordedAt });
      const after = fold(event);
      const audience = {
        paged: after === undefined ? [] : pagedOf(record.channels, after),
        told: known.incident?.told ?? [],
        awaitsEnd: known.incident?.telling.awaitsEnd ?? [],
        wantsAcknowledged: this.#parts.wantsAcknowledged ?? (() => false),
      };
      const around = (): Around => incidentsAround(book, ahead);
      const planned =
        after === undefined
          ? []
          : planNotifications(event, after, audience, {
              recordedAt: recordedAt - Math.max(0, (record.sourceNow ?? event.at) - event.at),
              severityBefore: known.incident?.severity,
              nextSequence: known.tellings + 1,
              together: (channel) => (isTelling(event) ? toldTogether(after, event, around(), channel) : []),
              ...outcomeOf(event, after, named.slice(index + 1), record.sourceNow, recordedAt),
              ...(this.#parts.standingOf === undefined ? {} : { standingOf: this.#parts.standingOf }),
              ...(externalUrl === undefined ? {} : { externalUrl }),
            });
      const { event: said, notifications: sent } =
        after === undefined
          ? { event, notifications: planned }
          : holdBack(event, known.incident, after, planned, { ...holding, around, now: recordedAt });
      const tellings = known.tellings + (isTelling(said) ? 1 : 0);
      ahead.set(event.incidentId, { incident: fold(said), tellings });
      notifications.push(...sent);
      return said;
    });
    return { events: events.filter(isWorthWriting), notifications };
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
      case 'reminded':
        this.#parts.log.warn('nobody has acknowledged an open incident: channels are told', {
          ...fields,
          reminder: event.reminder,
          ...(event.step === undefined ? {} : { step: event.step }),
          channels: event.told ?? [],
        });
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
    event.type === 'closed-by-hand' ||
    event.type === 'reminded' ||
    isLaterTelling(event) ||
    // Most channels do not want to hear of it.
    (event.type === 'acknowledged' && event.told !== undefined)
  );
}

/** A reminder that was kept from everybody has reminded nobody: it stays due. */
function isWorthWriting(event: IncidentEvent): boolean {
  return event.type !== 'reminded' || event.told !== undefined;
}

/** What becomes of an incident by what is written together with an event of it, where that event is long past. */
function outcomeOf(
  { at }: IncidentEvent,
  after: Incident,
  further: readonly IncidentEvent[],
  sourceNow: number | undefined,
  recordedAt: number,
): { readonly outcome?: Incident } {
  if (sourceNow === undefined || sourceNow - at <= longPastMs) return {};
  const own = further.filter(({ incidentId }) => incidentId === after.id);
  const fold = (incident: Incident, event: IncidentEvent): Incident =>
    foldIncident(incident, { ...event, seq: 0, recordedAt }) ?? incident;
  return { outcome: own.reduce(fold, after) };
}

/** What the log tells of every incident that is kept, and what is about to be written of some. */
function incidentsAround(
  book: IncidentBook,
  ahead: ReadonlyMap<string, { readonly incident: Incident | undefined }>,
): Around {
  if (ahead.size === 0) return book.all();
  const around = new Map(book.all());
  for (const [id, { incident }] of ahead) if (incident !== undefined) around.set(id, incident);
  return around;
}

function pagedOf(channels: ChannelsPaged, incident: Incident): readonly string[] {
  return typeof channels === 'function' ? channels(incident) : channels;
}
