import type { Incident } from '../../domain/incident/incident.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { Moment } from '../../domain/incident/calling.ts';
import type { Standing } from '../../domain/incident/standing.ts';
import { dueReminders, type DueReminder, type Reachable } from '../../domain/notification/reminder-plan.ts';
import type { Routed } from '../../domain/notification/route.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import type { Record, Recorder } from '../recording/recorder.ts';
import { every } from '../tasks/every.ts';

export interface RemindersParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly book: Pick<IncidentBook, 'list' | 'get'>;
  readonly recorder: Pick<Recorder, 'recordNow'>;
  /** Who is told of an incident, by what is configured now. */
  readonly routed: (incident: Incident) => Routed;
  /** How an incident stands as of the last poll. */
  readonly standingOf: (incident: Incident) => Standing;
  /** What is known of channels, and of what waits for them of an incident. */
  readonly reachable: (incidentId: string) => Reachable;
  /** Whether an incident is on its way back, with all that its page tells of: then nobody further is woken. */
  readonly isComingBack?: (incident: Incident) => boolean;
  /** Whether nobody is to be told of an incident just now. */
  readonly isQuiet: (incident: Incident) => boolean;
}

/** How often it looks, ms. */
const lookEveryMs = 1_000;

/**
 * Tells again of open incidents that nobody has acknowledged, and hands them to whoever comes next. What was told stands
 * in the log with its notifications, so that a restart goes on from there and tells nobody twice.
 */
export class Reminders {
  readonly #parts: RemindersParts;
  /** When moments of the log were, on the clock that never steps back: a clock set anew reminds nobody early or late. */
  #anchors = new Map<number, number>();

  constructor(parts: RemindersParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const failed = (error: unknown): void => {
      log.error('a reminder of an open incident could not be recorded; trying again', { error });
    };
    await every(clock, lookEveryMs, signal, async () => await this.#look(), failed);
  }

  async #look(): Promise<void> {
    const { book, recorder } = this.#parts;
    const before = this.#anchors;
    this.#anchors = new Map();
    for (const incident of book.list({ phase: 'open', limit: Number.MAX_SAFE_INTEGER })) {
      // Looked at again in the recorder's turn: an acknowledgement that was just written stops it.
      if (this.#due(incident, before).length > 0) await recorder.recordNow(() => this.#record(incident.id, before));
    }
  }

  #due(incident: Incident, known: ReadonlyMap<number, number>): readonly DueReminder[] {
    const { calling, id } = incident;
    // Every moment is anchored as soon as it is seen, long before it matters.
    const ageMs = (moment: Moment): number => this.#ageMs(moment, known);
    for (const moment of [calling.since, ...Object.values(calling.heard)]) ageMs(moment);
    const routed = this.#parts.routed(incident);
    const reachable = this.#parts.reachable(id);
    const due = dueReminders(calling, routed, ageMs, reachable);
    if (due.length === 0 || this.#parts.isQuiet(incident)) return [];
    const isHeld =
      due.some(({ reminder }) => reminder === 'escalation') && this.#parts.isComingBack?.(incident) === true;
    return isHeld ? dueReminders(calling, { ...routed, steps: [] }, ageMs, reachable) : due;
  }

  #record(id: string, known: ReadonlyMap<number, number>): Record | undefined {
    const incident = this.#parts.book.get(id)?.incident;
    if (incident?.phase !== 'open') return undefined;
    const [due] = this.#due(incident, known);
    if (due === undefined) return undefined;
    return { events: [this.#eventOf(incident, due)], checkpoints: [], channels: due.channels };
  }

  #eventOf(incident: Incident, due: DueReminder): IncidentEvent {
    const { service, group, id } = incident;
    return {
      type: 'reminded',
      service,
      group,
      incidentId: id,
      at: this.#parts.clock.now(),
      reminder: due.reminder,
      ...(due.reminder === 'escalation' ? { step: due.step, afterMs: due.afterMs } : {}),
      ...this.#parts.standingOf(incident),
    };
  }

  #ageMs({ seq, at }: Moment, known: ReadonlyMap<number, number>): number {
    const { clock } = this.#parts;
    const monotonic = clock.monotonic();
    const anchor = this.#anchors.get(seq) ?? known.get(seq) ?? monotonic - Math.max(0, clock.now() - at);
    this.#anchors.set(seq, anchor);
    return monotonic - anchor;
  }
}
