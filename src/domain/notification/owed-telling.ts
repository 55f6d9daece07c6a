import type { IncidentEvent } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import type { Standing } from '../incident/standing.ts';
import { steadied } from './flapping.ts';
import { groupTelling, type Around } from './grouping.ts';
import type { HoldingPolicy } from './hold-back.ts';

/** What later tellings are decided by. */
export interface OwedParts extends HoldingPolicy {
  readonly around: Around;
  /** ms since the epoch on Andon's clock. */
  readonly now: number;
  /** How it stands now, as far as that is known. */
  readonly standing: Standing;
}

/** An event of what is told later than it happened. */
export type OwedTelling = Extract<IncidentEvent, { type: 'unsilenced' | 'steadied' | 'grouped' | 'group-over' }>;

/**
 * What is to be told of an incident now because time passed: a silence is over, it is steady again, or others joined it or
 * are back. It follows from the log alone, so that a restart neither loses nor repeats it.
 */
export function owedTelling(incident: Incident, parts: OwedParts): OwedTelling | undefined {
  const event =
    unsilenced(incident, parts) ??
    steadied(incident, parts.flapping, parts.standing, parts.now) ??
    groupTelling(incident, parts.around, parts.grouping, parts.now);
  // What was seen when it was kept back is old by now. Of what is over, the end says all.
  if (event === undefined || incident.phase !== 'open' || event.type === 'group-over') return event;
  return { ...event, ...parts.standing };
}

function unsilenced(incident: Incident, { silencing, now }: OwedParts): OwedTelling | undefined {
  const { owed } = incident.telling;
  if (owed === undefined || incident.phase !== 'open' || silencing(incident, now) !== undefined) return undefined;
  const { id: incidentId, service, group } = incident;
  const { kind, by: silence, since } = owed;
  return { type: 'unsilenced', service, group, incidentId, at: now, kind, silence, since };
}
