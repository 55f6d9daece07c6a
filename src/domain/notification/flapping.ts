import type { IncidentEvent } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { isComingBack, type Standing } from '../incident/standing.ts';

/** When an incident that goes off and on is told less often. */
export interface FlappingPolicy {
  /** With so many relapses within `withinMs` it flaps; Infinity: never. */
  readonly relapses: number;
  readonly withinMs: number;
  /** For so long it stays off, or stays back, before that is told, ms. */
  readonly steadyMs: number;
}

export const defaultFlapping: FlappingPolicy = { relapses: 3, withinMs: 3_600_000, steadyMs: 600_000 };

/** The relapse with which an incident begins to flap says so; any other event is left as it is. `now`: when it is written, ms. */
export function withFlapping(
  event: IncidentEvent,
  before: Pick<Incident, 'telling' | 'openedRecordedAt' | 'onset' | 'relapses' | 'lastRelapses'> | undefined,
  policy: FlappingPolicy,
  now: number,
): IncidentEvent {
  if (event.type !== 'relapsed' || before === undefined || before.telling.flapping !== undefined) return event;
  const isLate = (at: number): boolean => now - at < policy.withinMs;
  const relapses = [...before.telling.relapsedAt.filter(isLate), now];
  if (relapses.length < policy.relapses) return event;
  const wasFirst = isLate(before.openedRecordedAt);
  const { steadyMs } = policy;
  // What is told of it counts from when it was off, as all its pages do, and not from when that was written down.
  const since = wasFirst ? before.onset.at : relapseOnset(before, event, relapses.length);
  return {
    ...event,
    flapping: { times: relapses.length + (wasFirst ? 1 : 0), since: since ?? relapses[0] ?? now, steadyMs },
  };
}

/** When the first of the newest so many relapses was off again, `event` counted; undefined where that is not known. */
function relapseOnset(
  { relapses, lastRelapses = [] }: Pick<Incident, 'relapses' | 'lastRelapses'>,
  event: Extract<IncidentEvent, { type: 'relapsed' }>,
  count: number,
): number | undefined {
  const number = relapses + 2 - count;
  return number > relapses ? event.onset?.at : lastRelapses.find((relapse) => relapse.number === number)?.onset.at;
}

/** Whether a channel hears of this when the incident is steady: it has been told that it is off and on. */
export function isHeldForFlapping(
  event: IncidentEvent,
  before: Pick<Incident, 'telling'> | undefined,
  channel: string,
): boolean {
  if (event.type !== 'relapsed' && event.type !== 'resolved') return false;
  return before?.telling.flapping !== undefined && before.telling.awaitsEnd.includes(channel);
}

/** What is told of a flapping incident once it has stayed off, or back, for long enough; undefined until then. */
export function steadied(
  incident: Incident,
  policy: FlappingPolicy,
  standing: Standing,
  now: number,
): Extract<IncidentEvent, { type: 'steadied' }> | undefined {
  const { telling, phase, service, group, id, relapses } = incident;
  if (telling.flapping === undefined) return undefined;
  // What is closed cannot go off again as this incident.
  if (phase !== 'closed' && now - telling.turnedAt < policy.steadyMs) return undefined;
  // Nobody is told that it is off while it is on its way back: it resolves, or is off at a later look.
  if (phase === 'open' && isComingBack(standing)) return undefined;
  const kind = phase === 'open' ? 'relapsed' : 'resolved';
  const base = { service, group, incidentId: id, at: now };
  return { ...base, type: 'steadied', kind, relapses, to: telling.awaitsEnd };
}
