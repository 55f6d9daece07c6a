import { groupKey, type Group } from '../../domain/service/group.ts';
import { foldIncident, type Incident, type IncidentPhase } from '../../domain/incident/incident.ts';
import type { StoredEvent } from '../../domain/incident/event.ts';
import { isIncidentEvent, type StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Store } from '../ports/store.ts';
import { readLog } from './read-log.ts';

/** How many closed incidents the book keeps in memory; the event log in the store keeps them all. */
export const closedIncidentsKept = 1000;

/** An event with what the incident was before it and is after it. */
export interface AppliedEvent {
  readonly event: StoredEvent;
  /** Absent for the event that opens the incident. */
  readonly before?: Incident;
  readonly after: Incident;
}

/** An incident and all that happened in it, oldest first. */
export interface IncidentRecord {
  readonly incident: Incident;
  readonly timeline: readonly StoredEvent[];
}

/** What to list, newest incident first. */
export interface IncidentQuery {
  readonly service?: string;
  readonly phase?: IncidentPhase;
  readonly limit: number;
  /** Id of an incident: only those that opened before it. */
  readonly before?: string;
}

/**
 * The event log folded into incidents, in memory.
 * Every incident that is not closed is kept; of the closed ones the newest `keepClosed`.
 */
export class IncidentBook {
  /** In the order in which they opened. */
  readonly #incidents = new Map<string, Incident>();
  readonly #timelines = new Map<string, StoredEvent[]>();
  readonly #keepClosed: number;
  readonly #listeners: ((applied: AppliedEvent) => void)[] = [];
  #closed = 0;

  constructor(keepClosed = closedIncidentsKept) {
    this.#keepClosed = keepClosed;
  }

  /**
   * Folds the whole log. `onApplied` sees every event once, in order, so that metrics are rebuilt by the same read.
   * Rejects with StoreError.
   */
  static async load(
    store: Pick<Store, 'events'>,
    onApplied?: (applied: readonly AppliedEvent[]) => void,
    keepClosed = closedIncidentsKept,
  ): Promise<IncidentBook> {
    const book = new IncidentBook(keepClosed);
    await readLog(store, (events) => {
      const applied = book.apply(events);
      onApplied?.(applied);
    });
    return book;
  }

  /**
   * Folds committed events in, those of incidents. An event seen before is ignored, and events of one incident may arrive out of order
   * (two writers, one log): the fold always follows their positions in the log.
   */
  apply(events: readonly StoredLogEvent[]): readonly AppliedEvent[] {
    const applied: AppliedEvent[] = [];
    for (const event of events) {
      if (!isIncidentEvent(event)) continue;
      const before = this.#incidents.get(event.incidentId);
      const after = this.#fold(before, event);
      if (after === undefined || after === before) continue;
      this.#incidents.set(after.id, after);
      const now: AppliedEvent = before === undefined ? { event, after } : { event, before, after };
      applied.push(now);
      for (const listener of this.#listeners) listener(now);
      if (after.phase === 'closed' && before?.phase !== 'closed') this.#forgetOldest();
    }
    return applied;
  }

  /** Calls back with each event that is applied from now on. */
  listen(listener: (applied: AppliedEvent) => void): void {
    this.#listeners.push(listener);
  }

  get(id: string): IncidentRecord | undefined {
    const incident = this.#incidents.get(id);
    return incident && { incident, timeline: [...(this.#timelines.get(id) ?? [])] };
  }

  /** Every incident that is kept, in the order in which they opened; changes with the book. */
  all(): ReadonlyMap<string, Incident> {
    return this.#incidents;
  }

  list(query: IncidentQuery): readonly Incident[] {
    const all = [...this.#incidents.values()];
    const end = query.before === undefined ? all.length : all.findIndex(({ id }) => id === query.before);
    const found: Incident[] = [];
    for (let index = end - 1; index >= 0 && found.length < query.limit; index -= 1) {
      const incident = all[index];
      if (incident === undefined) continue;
      if (query.service !== undefined && incident.service !== query.service) continue;
      if (query.phase !== undefined && incident.phase !== query.phase) continue;
      found.push(incident);
    }
    return found;
  }

  /** The incident a scope is in, open or watched for a relapse; closed ones do not count. */
  open(service: string, group: Group): Incident | undefined {
    const key = groupKey(group);
    for (const incident of this.#incidents.values()) {
      if (incident.phase !== 'closed' && incident.service === service && groupKey(incident.group) === key) {
        return incident;
      }
    }
    return undefined;
  }

  #fold(before: Incident | undefined, event: StoredEvent): Incident | undefined {
    const timeline = this.#timelines.get(event.incidentId);
    if (before === undefined || timeline === undefined) {
      const incident = foldIncident(undefined, event);
      if (incident !== undefined) this.#timelines.set(event.incidentId, [event]);
      return incident;
    }
    const place = timeline.findLastIndex((known) => known.seq <= event.seq);
    if (timeline[place]?.seq === event.seq) return before;
    timeline.splice(place + 1, 0, event);
    const inOrder = place + 2 === timeline.length;
    return (inOrder ? foldIncident(before, event) : foldAll(timeline)) ?? before;
  }

  #forgetOldest(): void {
    this.#closed += 1;
    if (this.#closed <= this.#keepClosed) return;
    for (const [id, incident] of this.#incidents) {
      // Who was told of it has still to hear of its end.
      if (incident.phase !== 'closed' || incident.telling.awaitsEnd.length > 0) continue;
      this.#incidents.delete(id);
      this.#timelines.delete(id);
      this.#closed -= 1;
      return;
    }
  }
}

function foldAll(timeline: readonly StoredEvent[]): Incident | undefined {
  let incident: Incident | undefined;
  for (const event of timeline) incident = foldIncident(incident, event);
  return incident;
}
