import type { Incident, IncidentPhase } from '../incident/incident.ts';
import { groupValueText, type Group } from '../service/group.ts';
import type { Severity } from '../service/severity.ts';

/** Another incident that a page tells of. */
export interface Together {
  readonly incidentId: string;
  readonly service: string;
  readonly group: Group;
  readonly title: string;
  /** Its onset, ms since the epoch. */
  readonly since: number;
  readonly severity: Severity;
  readonly phase: IncidentPhase;
}

/** At most so many are listed on a page, and so many named in its title. */
const mostListed = 50;
const mostNamed = 8;

/** The part of a page that tells of other incidents; empty where there are none. */
export function togetherOf(members: readonly Incident[]): {
  readonly together?: readonly Together[];
  readonly furtherCount?: number;
} {
  if (members.length === 0) return {};
  const together = members.slice(0, mostListed).map(({ id, service, group, title, onset, severity, phase }) => {
    return { incidentId: id, service, group, title, since: onset.at, severity, phase };
  });
  const furtherCount = members.length - together.length;
  return furtherCount === 0 ? { together } : { together, furtherCount };
}

/** What else a page tells of, each service and group once. */
export function othersOf(members: readonly Incident[]): readonly string[] {
  return [...new Set(members.map(incidentPlace))];
}

/** `; with cart, billing, …`: the end of a title, with as many names as fit into so many characters; empty where none does. */
export function namesOf(others: readonly string[], limit: number): string {
  for (let count = Math.min(others.length, mostNamed); count > 0; count -= 1) {
    const text = `; with ${others.slice(0, count).join(', ')}${count === others.length ? '' : ', …'}`;
    if (text.length <= limit) return text;
  }
  return '';
}

/** The service, and which group of it. */
export function incidentPlace({ service, group }: Pick<Incident, 'service' | 'group'>): string {
  const parts = Object.entries(group).map(([label, value]) => `${label} ${groupValueText(value)}`);
  return parts.length === 0 ? service : `${service} (${parts.join(', ')})`;
}
