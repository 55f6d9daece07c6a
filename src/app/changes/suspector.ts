import type { Change } from '../../domain/change/change.ts';
import { describeWorse } from '../../domain/change/describe-bake.ts';
import { findSuspects } from '../../domain/change/find-suspects.ts';
import { longestRolloutMs } from '../../domain/change/causal-window.ts';
import { shiftAt, wasWhole } from '../../domain/change/signal-shift.ts';
import type { SignalShift, Suspect } from '../../domain/change/suspect.ts';
import { shiftEstimate, type Onset } from '../../domain/estimate/onset.ts';
import { budgetBounds, targetsBySignal } from '../../domain/estimate/onset-bounds.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { backBefore, newestOnset, offSpells, type OffSpell } from '../../domain/incident/relapse.ts';
import { defaultChangePolicy } from '../../domain/service/change-policy.ts';
import type { Service } from '../../domain/service/service.ts';
import { rowAt, rowCount, type CountRows } from '../../domain/reading/count-rows.ts';
import { groupKey, type Group } from '../../domain/service/group.ts';
import type { Clock } from '../ports/clock.ts';
import type { ChangeBook } from './change-book.ts';
import type { ServiceSight, SignalMemory } from './service-sight.ts';
import type { IncidentBook } from '../recording/incident-book.ts';

export interface SuspectorParts {
  readonly book: Pick<IncidentBook, 'get' | 'list'>;
  readonly changes: Pick<ChangeBook, 'of'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly sight: (service: string) => ServiceSight | undefined;
}

/** A time that service was off in an incident, as far as it is known before its events are written. */
type Asked = Pick<Incident, 'id' | 'service' | 'group'> & OffSpell;

/** Says which changes incidents may come from, as of what is in memory. */
export class Suspector {
  readonly #parts: SuspectorParts;
  /** By service: when its incidents were last looked at anew, ms; what was told before Andon began was looked at then. */
  readonly #reviewed = new Map<string, number>();
  readonly #begun: number;
  /** By service: when it was looked at and that was not written yet, ms. */
  readonly #looked = new Map<string, number>();

  constructor(parts: SuspectorParts) {
    this.#parts = parts;
    this.#begun = parts.clock.now();
  }

  /**
   * The events with what they say of changes: an incident that opens or relapses names its suspects, and an onset that
   * settles may bring others. `signals`: what is remembered with these events; absent: as of the last evaluation.
   */
  withSuspects(events: readonly IncidentEvent[], signals?: SignalMemory): readonly IncidentEvent[] {
    const opened = new Map<string, Asked>();
    return events.flatMap((event): readonly IncidentEvent[] => {
      switch (event.type) {
        case 'opened': {
          const asked = { id: event.incidentId, service: event.service, group: event.group, onset: event.onset };
          const suspects = this.#suspects(asked, signals);
          opened.set(asked.id, { ...asked, suspects });
          return [suspects.length === 0 ? event : { ...event, suspects }];
        }
        case 'relapsed': {
          const known = this.#parts.book.get(event.incidentId)?.incident;
          const suspects = known === undefined ? [] : this.#suspects(relapseOf(known, event), signals);
          return [suspects.length === 0 ? event : { ...event, suspects }];
        }
        case 'onset-settled': {
          const incident = this.#parts.book.get(event.incidentId)?.incident;
          const known = opened.get(event.incidentId) ?? (incident && askedOf(incident)[0]);
          if (known === undefined) return [event];
          const suspects = this.#suspects({ ...known, onset: event.onset }, signals);
          const isKnown = isAlike(suspects, known.suspects) && isAsFar(suspects, known.suspects);
          return isKnown ? [event] : [event, suspectedEvent(known, event.at, suspects)];
        }
        default:
          return [event];
      }
    });
  }

  /** What is to be said anew of a service's incidents, closed ones too, after something was told of its changes. */
  review(service: string): readonly IncidentEvent[] {
    const { book, clock } = this.#parts;
    const now = clock.now();
    const reach = longestRolloutMs + this.#bakeMs(service);
    const reviewedAt = this.#reviewed.get(service) ?? this.#begun;
    this.#looked.set(service, now);
    return book
      .list({ service, limit: Number.MAX_SAFE_INTEGER })
      .filter((incident) => incident.phase !== 'closed' || newestOnset(incident).latest >= now - reach)
      .flatMap((incident) =>
        askedOf(incident).flatMap((asked) => {
          const suspects = this.#suspects(asked, undefined, reviewedAt);
          return isAlike(suspects, asked.suspects, incident.phase === 'closed')
            ? []
            : [suspectedEvent(asked, now, suspects)];
        }),
      );
  }

  /** To be called when what `review` said of a service stands in the log. */
  reviewed(service: string): void {
    const at = this.#looked.get(service);
    if (at !== undefined) this.#reviewed.set(service, at);
  }

  #bakeMs(service: string): number {
    return (this.#parts.sight(service)?.service.changes ?? defaultChangePolicy).bakeMs;
  }

  /** `judgedUntil`: changes that were told of by then were held against the counts while there were any, ms. */
  #suspects(asked: Asked, remembered?: SignalMemory, judgedUntil = -Infinity): readonly Suspect[] {
    const { changes, sight: sightOf, clock } = this.#parts;
    const told = changes.of(asked.service);
    if (told.length === 0) return [];
    const sight = sightOf(asked.service);
    const skewMs = sight === undefined ? 0 : sight.sourceNow - clock.now();
    const { onset, backSince, back, recoveredAt } = asked;
    const backBy = back?.latest ?? backSince;
    const backFrom = back?.earliest ?? backSince;
    const rows = rowsOf(remembered ?? sight?.signals, sight, onset.signal, asked.group);
    const seen = {
      onset,
      ...(rows === undefined ? {} : { rows }),
      ...(backBy === undefined ? {} : { backBy }),
      ...(recoveredAt === undefined ? {} : { recoveredAt }),
    };
    const known = new Map(asked.suspects?.map(({ change, shift }) => [change, shift]));
    const isCounted =
      sight?.service.signals.some(({ name, kind }) => name === onset.signal && kind !== 'gauge') ?? false;
    const isForgotten = isCounted && !reaches(rows, Math.min(onset.earliest, backBy ?? Infinity));
    const found = findSuspects(told, this.#bakeMs(asked.service), {
      onset: shiftEstimate(onset, -skewMs),
      ...(backFrom === undefined || backBy === undefined
        ? {}
        : {
            relapse: {
              incident: asked.id,
              back: { earliest: backFrom - skewMs, latest: backBy - skewMs },
              wholeSince: (at: number) => wasWholeSince(at + skewMs, onset, rows, sight?.service),
            },
          }),
      shiftSince: (change) => {
        const before = known.get(change.id);
        // What its counts had cleared stays so when they are gone.
        if (isForgotten && before === undefined && change.firstReportedAt <= judgedUntil) return undefined;
        return better(shiftAt(seen, change.startedAt + skewMs), before);
      },
    });
    return found.map((suspect) => withBake(suspect, told));
  }
}

/** Whether the signal was counted to be within its target from an instant until an onset, for as long as proves a recovery. */
function wasWholeSince(at: number, onset: Onset, rows: CountRows | undefined, service: Service | undefined): boolean {
  if (rows === undefined || service === undefined) return false;
  const bounds = [...targetsBySignal(service), ...budgetBounds(service, service.rules)];
  const target = bounds.find(({ signal, bound }) => signal === onset.signal && bound === 'atLeast');
  if (target === undefined) return false;
  const { holdMs } = service.endState;
  return wasWhole(rows, { from: at, to: onset.earliest, leastMs: holdMs, allowed: 1 - target.value });
}

/** Each time that service was off in an incident. */
function askedOf(incident: Incident): readonly Asked[] {
  const { id, service, group } = incident;
  return offSpells(incident).map((spell) => ({ id, service, group, ...spell }));
}

/** What an older Andon wrote of a relapse tells no onset of it: then it is the incident's. */
function relapseOf(
  incident: Incident,
  { onset = incident.onset, clockSetMs }: Extract<IncidentEvent, { type: 'relapsed' }>,
): Asked {
  const { id, service, group } = incident;
  return { id, service, group, onset, ...backBefore(incident, clockSetMs) };
}

/** What was counted once stands, when it is not remembered any more. */
function better(now: SignalShift | undefined, before: SignalShift | undefined): SignalShift | undefined {
  return now?.before === undefined && now !== undefined && before?.before !== undefined ? before : now;
}

function withBake(suspect: Suspect, told: readonly Change[]): Suspect {
  const change = told.find(({ id }) => id === suspect.change);
  const isWorse = change?.bake?.verdict === 'worse' || change?.bake?.verdict === 'confounded';
  return change?.bake === undefined || !isWorse ? suspect : { ...suspect, bake: describeWorse(change, change.bake) };
}

/** Whether what is remembered goes back to an instant. */
function reaches(rows: CountRows | undefined, at: number): boolean {
  return rows !== undefined && rowCount(rows) > 0 && rowAt(rows, 0).from <= at;
}

function rowsOf(
  signals: SignalMemory | undefined,
  sight: ServiceSight | undefined,
  name: string | undefined,
  group: Group,
) {
  const signal = sight?.service.signals.find((each) => each.name === name);
  if (name === undefined || signal === undefined || signal.kind === 'gauge') return undefined;
  return signals?.get(name)?.groups.get(signal.by.length > 0 ? groupKey(group) : '')?.rows;
}

function suspectedEvent(
  { id, service, group, relapse }: Asked,
  at: number,
  suspects: readonly Suspect[],
): IncidentEvent {
  const of = relapse === undefined ? {} : { relapse };
  return { type: 'suspected', service, group, incidentId: id, at, suspects, ...of };
}

/** What an incident says of a change that is news while somebody works on it; counts and times that drift are none. */
function told(suspect: Suspect) {
  const { kind, version, before, summary, by, link, rollback, outcome, startedAt, bake } = suspect;
  return { kind, version, before, summary, by, link, rollback, outcome, startedAt, isWorse: bake !== undefined };
}

/** Whether the same is said of the same changes; of an incident that is over only who, on what footing and how surely. */
function isAlike(one: readonly Suspect[], other: readonly Suspect[] = [], isOver = false): boolean {
  const said = (suspects: readonly Suspect[]) =>
    suspects.map((suspect) => {
      const { change, standing, sureness, shift } = suspect;
      return { change, standing, sureness, shift: shift.verdict, ...(isOver ? {} : told(suspect)) };
    });
  return JSON.stringify(said(one)) === JSON.stringify(said(other));
}

/** Whether an onset that has settled lies where it did, as seen from its suspects; to the second, as people read it. */
function isAsFar(one: readonly Suspect[], other: readonly Suspect[] = []): boolean {
  const seconds = (suspects: readonly Suspect[]) => suspects.map(({ onsetAfterMs }) => Math.round(onsetAfterMs / 1000));
  return JSON.stringify(seconds(one)) === JSON.stringify(seconds(other));
}
