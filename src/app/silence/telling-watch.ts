import type { Incident } from '../../domain/incident/incident.ts';
import type { Standing } from '../../domain/incident/standing.ts';
import type { HoldingPolicy } from '../../domain/notification/hold-back.ts';
import { owedTelling, type OwedTelling } from '../../domain/notification/owed-telling.ts';
import { everyService } from '../../domain/silence/silence.ts';
import type { SilenceEvent } from '../../domain/silence/silence-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import type { Record, Recorder } from '../recording/recorder.ts';
import type { SilenceBook } from './silence-book.ts';

export interface TellingWatchParts {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Log;
  readonly store: Pick<Store, 'commit'>;
  readonly book: SilenceBook;
  readonly incidents: Pick<IncidentBook, 'all'>;
  readonly recorder: Pick<Recorder, 'recordNow'>;
  readonly holding: () => HoldingPolicy;
  /** Whether it is known how an incident stands now: just after a start, what happened meanwhile is still being read. */
  readonly isKnown: (incident: Incident) => boolean;
  /** How an incident stands as of the last poll. */
  readonly standingOf: (incident: Incident) => Standing;
  /** The channels that an incident pages now. */
  readonly channelsOf: (incident: Incident) => readonly string[];
}

/** How often it looks, ms. */
const lookEveryMs = 1_000;
/** So long after the start, what is off is told though its service could not be read yet, ms. */
const longestReadMs = 60_000;

/** Tells what was kept back once nothing keeps it any more: after a silence, after flapping, and for a group as a whole. */
export class TellingWatch {
  readonly #parts: TellingWatchParts;
  #pause = new AbortController();
  #looks = 0;

  constructor(parts: TellingWatchParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(lookEveryMs, AbortSignal.any([signal, this.#pause.signal]));
      if (signal.aborted) return;
      if (this.#pause.signal.aborted) this.#pause = new AbortController();
      this.#looks += 1;
      try {
        await this.#expire();
        await this.#tell();
      } catch (error) {
        log.error('what was kept back could not be recorded as told; trying again', { error });
      }
    }
  }

  /** Looks at once. */
  wake(): void {
    this.#pause.abort();
  }

  async #expire(): Promise<void> {
    const { book, store, clock, log } = this.#parts;
    const now = clock.now();
    const over = [...book.silences().values()].filter(({ until }) => until <= now);
    if (over.length === 0) return;
    const events = over.map(({ id, matcher: { service = everyService } }): SilenceEvent => {
      return { type: 'silence-ended', service, silenceId: id, at: now, because: 'expired' };
    });
    book.apply(await store.commit({ events, recordedAt: now }));
    for (const { id } of over) log.info('a silence is over', { silence: id });
  }

  async #tell(): Promise<void> {
    const { recorder, incidents } = this.#parts;
    const around = incidents.all();
    const leads = new Set([...around.values()].flatMap(({ telling }) => telling.under?.incidentId ?? []));
    for (const incident of around.values()) {
      if (isSettled(incident, leads)) continue;
      const { id } = incident;
      // Looked at again in the recorder's turn: what is written meanwhile may have settled it.
      if (this.#due(id, around) !== undefined) await recorder.recordNow(() => this.#due(id, around));
    }
  }

  #due(id: string, around: ReadonlyMap<string, Incident>): Record | undefined {
    const { clock, holding, channelsOf, isKnown, standingOf } = this.#parts;
    const incident = around.get(id);
    if (incident === undefined) return undefined;
    const standing = standingOf(incident);
    const event = owedTelling(incident, { ...holding(), around, now: clock.now(), standing });
    const isYoung = this.#looks * lookEveryMs < longestReadMs;
    if (event !== undefined && isYoung && saysOff(event) && !isKnown(incident)) return undefined;
    return event && { events: [event], checkpoints: [], channels: channelsOf };
  }
}

/** Whether it tells that an incident is off, which may be over by now. */
function saysOff(event: OwedTelling): boolean {
  return (
    event.type === 'unsilenced' || event.type === 'grouped' || (event.type === 'steadied' && event.kind === 'relapsed')
  );
}

/** Nothing can be left to tell of it: most incidents, which need no closer look. `leads`: those that others are told under. */
function isSettled({ id, phase, telling }: Incident, leads: ReadonlySet<string>): boolean {
  const { owed, flapping, awaitsEnd } = telling;
  if (owed !== undefined || flapping !== undefined) return false;
  return awaitsEnd.length === 0 || (phase === 'open' && !leads.has(id));
}
