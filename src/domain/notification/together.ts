import type { Incident, IncidentPhase } from '../incident/incident.ts';
import { isComingBack, type Standing } from '../incident/standing.ts';
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
  /** How it stands as the page is made; absent in pages of an older Andon. */
  readonly state?: TogetherState;
  /** Of one whose end state holds, but not yet for long enough: for how long, of how long, ms; absent where not known. */
  readonly held?: { readonly forMs: number; readonly ofMs: number };
  /** Since when its service is back, ms since the epoch; absent while it is not, or where nobody saw it. */
  readonly recoveredAt?: number;
  /** Who acknowledged it; absent while nobody has, since it opened, rose or came back. */
  readonly acknowledgedBy?: string;
}

/** `held`: all of it holds, though not yet for long enough; `closed`: by hand, and nobody saw it come back. */
export type TogetherState = 'off' | 'held' | 'unknown' | 'closed' | 'back';

/** How an incident stands, as far as that is known as of the last poll. */
export type StandingOf = (incident: Incident) => Standing;

/** How many of those that a page tells of are off as of now, its own included; each service and group once. */
export interface OffCount {
  readonly off: number;
  readonly of: number;
  /** How many nobody can tell of. */
  readonly unknown: number;
  /** How many are on their way back. */
  readonly held: number;
}

/** Of what went off this recently nobody has to look again to know it is off, ms. */
const freshMs = 60_000;

/** How an incident that is told under another one stands. `now`: ms since the epoch on Andon's clock. */
export function stateOf(incident: Incident, standing: Standing | undefined, now: number): TogetherState {
  if (incident.phase !== 'open') return incident.recoveredAt === undefined ? 'closed' : 'back';
  if (standing === undefined) return 'off';
  if (incident.blind) return 'unknown';
  if (standing.verdicts === undefined) return now - incident.telling.turnedAt < freshMs ? 'off' : 'unknown';
  return isComingBack(standing) ? 'held' : 'off';
}

/** Counts what is off of an incident in a state and those that are told under it. */
export function offCountOf(
  incident: Incident,
  state: TogetherState,
  members: readonly Incident[],
  stateOfMember: (member: Incident) => TogetherState,
): OffCount {
  const worst: readonly TogetherState[] = ['off', 'unknown', 'held', 'closed', 'back'];
  const states = new Map<string, TogetherState>([[incidentPlace(incident), state]]);
  for (const member of members) {
    const place = incidentPlace(member);
    const before = states.get(place) ?? 'back';
    const after = stateOfMember(member);
    states.set(place, worst.indexOf(after) < worst.indexOf(before) ? after : before);
  }
  const count = (which: TogetherState): number => [...states.values()].filter((each) => each === which).length;
  return { off: count('off'), of: states.size, unknown: count('unknown'), held: count('held') };
}

/** At most so many are listed on a page, and so many named in its title. */
const mostListed = 50;
const mostNamed = 8;

/** The part of a page that tells of other incidents; empty where there are none. */
export function togetherOf(
  members: readonly Incident[],
  standingOf: StandingOf | undefined,
  now: number,
): {
  readonly together?: readonly Together[];
  readonly furtherCount?: number;
} {
  if (members.length === 0) return {};
  const together = members.slice(0, mostListed).map((member) => {
    const { id, service, group, title, onset, severity, phase, recoveredAt, calling } = member;
    const { acknowledgedBy } = calling;
    const standing = standingOf?.(member);
    const state = stateOf(member, standing, now);
    const base = { incidentId: id, service, group, title, since: onset.at, severity, phase, state };
    return {
      ...base,
      ...(state === 'held' && standing?.held !== undefined ? { held: standing.held } : {}),
      ...(recoveredAt === undefined ? {} : { recoveredAt }),
      ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
    };
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
