import { worseSeverity, type Incident } from '../incident/incident.ts';
import type { IncidentEvent } from '../incident/event.ts';
import { isComingBack, type Standing } from '../incident/standing.ts';

/** Which incidents are one outage: those that are alike in all of these. */
export interface Grouping {
  /** `owner`, `source` or `service`; anything else is a label, or a label of the group. */
  readonly by: readonly string[];
  /** 0: every incident pages by itself. */
  readonly withinMs: number;
  readonly everyMs: number;
}

/** Which incidents are told as one. */
export interface GroupingPolicy {
  /** After the newest incident of a group was told or joined, one that opens or relapses within this joins it, ms; 0: never. */
  readonly withinMs: number;
  /** How often those that joined are named, at most, ms. */
  readonly everyMs: number;
  /** Incidents of one outage have the same key. */
  readonly keyOf: (incident: Incident) => string;
  /** Whether a channel wants one page for many; others are told of each incident. */
  readonly isGrouped: (channel: string) => boolean;
}

export const neverGrouped: GroupingPolicy = {
  withinMs: 0,
  everyMs: 30_000,
  keyOf: ({ id }) => id,
  isGrouped: () => false,
};

/** The incidents that matter to one another: all that are open, and those whose end is still to be told. */
export type Around = ReadonlyMap<string, Incident>;

/**
 * The incident whose page on a channel tells of this one too; undefined where it pages by itself. A worse one never hides
 * behind a milder one, and whoever was paged for an incident itself hears of it itself.
 */
export function leadOf(
  incident: Incident,
  channel: string,
  around: Around,
  policy: GroupingPolicy,
  now: number,
): string | undefined {
  if (incident.telling.awaitsEnd.includes(channel) || !policy.isGrouped(channel)) return undefined;
  const covers = (lead: Incident): boolean =>
    lead.id !== incident.id &&
    lead.telling.awaitsEnd.includes(channel) &&
    worseSeverity(lead.severity, incident.severity) === lead.severity;
  const { under } = incident.telling;
  const known = under?.channels.includes(channel) === true ? around.get(under.incidentId) : undefined;
  if (known !== undefined && covers(known)) return known.id;
  const key = policy.keyOf(incident);
  const leads = [...around.values()].filter(
    (lead) => covers(lead) && policy.keyOf(lead) === key && now - newestOf(lead, around) < policy.withinMs,
  );
  leads.sort((a, b) => firstOf(a) - firstOf(b) || (a.id < b.id ? -1 : 1));
  return leads[0]?.id;
}

/**
 * The incidents that are told under this one on a channel, by when they joined; on any channel where none is named. Whoever
 * the first one was handed on to is told of all of them, but for those that it was told of by themselves.
 */
export function membersOf(lead: Incident, around: Around, channel?: string): readonly Incident[] {
  const isHanded = channel !== undefined && lead.telling.handedTo?.includes(channel) === true;
  return [...around.values()]
    .filter(({ telling: { under, awaitsEnd } }) => {
      if (under === undefined || under.incidentId !== lead.id) return false;
      if (channel === undefined) return true;
      return (isHanded || under.channels.includes(channel)) && !awaitsEnd.includes(channel);
    })
    .sort(byJoining);
}

/**
 * All that a channel was told of under an incident since it was last told of its end, also what it was told of by itself
 * since: who reads that all of them are back takes it for the whole group.
 */
export function everMembersOf(lead: Incident, around: Around, channel: string): readonly Incident[] {
  const { handedTo = [], overAt = -Infinity } = lead.telling;
  const isHanded = handedTo.includes(channel);
  const current = membersOf(lead, around, channel);
  const left = [...around.values()].filter((each) => {
    if (current.includes(each)) return false;
    const { apart } = each.telling;
    if (apart === undefined || apart.incidentId !== lead.id || apart.at <= overAt) return false;
    return apart.channels.includes(channel) && (isHanded || apart.from.includes(channel));
  });
  return left.length === 0 ? current : [...current, ...left].sort(byJoining);
}

/**
 * The incidents that a page of an incident tells of on a channel: whom an escalation hands it on to, it tells of all, and
 * its end is that of all that were ever told under it.
 */
export function toldTogether(
  lead: Incident,
  event: IncidentEvent,
  around: Around,
  channel: string,
): readonly Incident[] {
  if (lead.phase !== 'open') return everMembersOf(lead, around, channel);
  if (event.type !== 'reminded' || event.reminder === 'repeat') return membersOf(lead, around, channel);
  const handedTo = [...(lead.telling.handedTo ?? []), channel];
  return membersOf({ ...lead, telling: { ...lead.telling, handedTo } }, around, channel);
}

/** Whether the end of an incident waits on a channel for others that are told under it. */
export function waitsForGroup(lead: Incident, channel: string, around: Around): boolean {
  return everMembersOf(lead, around, channel).some(
    ({ phase, telling }) => phase === 'open' || telling.flapping !== undefined,
  );
}

/**
 * Whether nobody is to be reminded of an incident by itself, since the page of another one tells of it. Once that one is
 * back, reminders of this one go on by themselves, unless it is coming back too or is in the hands of whoever acknowledged
 * the page: `lead` is that other one, `standing` how this one stands.
 */
export function isSpokenFor(incident: Incident, lead: Incident | undefined, standing: Standing): boolean {
  const { under } = incident.telling;
  if (under === undefined || lead?.id !== under.incidentId) return false;
  if (lead.phase === 'open') return true;
  if (lead.telling.awaitsEnd.length === 0) return false;
  const { acknowledgedAt } = lead.calling;
  return (acknowledgedAt?.seq ?? -Infinity) > incident.calling.since.seq || isComingBack(standing);
}

/** Names those that joined and were not named yet, and tells the end of a group that is back; undefined when neither is due. */
export function groupTelling(
  lead: Incident,
  around: Around,
  policy: GroupingPolicy,
  now: number,
): Extract<IncidentEvent, { type: 'grouped' | 'group-over' }> | undefined {
  const { telling, phase, service, group, id } = lead;
  const base = { service, group, incidentId: id, at: now };
  if (phase !== 'open' && telling.flapping === undefined) {
    const to = telling.awaitsEnd.filter((channel) => !waitsForGroup(lead, channel, around));
    if (to.length > 0) return { ...base, type: 'group-over', to };
  }
  const lastTold = Math.max(telling.namedAt ?? -Infinity, telling.spellToldAt ?? -Infinity, firstOf(lead));
  if (now - lastTold < policy.everyMs) return undefined;
  const { relapses } = lead;
  const since = relapses === 0 ? -Infinity : (telling.spellToldAt ?? -Infinity);
  // What had joined by then, the page of the relapse has named.
  const unnamed = (each: Incident): boolean =>
    each.phase === 'open' && !telling.named.includes(each.id) && joinedAt(each) >= since;
  const to = telling.awaitsEnd.filter((channel) => membersOf(lead, around, channel).some(unnamed));
  if (to.length === 0) return undefined;
  return { ...base, type: 'grouped', members: membersOf(lead, around).map((member) => member.id), to };
}

function newestOf(lead: Incident, around: Around): number {
  const { spellToldAt = -Infinity } = lead.telling;
  return Math.max(firstOf(lead), spellToldAt, ...membersOf(lead, around).map(joinedAt));
}

function firstOf({ telling, openedRecordedAt }: Incident): number {
  return telling.firstToldAt ?? openedRecordedAt;
}

function joinedAt({ telling, openedRecordedAt }: Incident): number {
  return telling.under?.at ?? telling.apart?.at ?? openedRecordedAt;
}

function byJoining(a: Incident, b: Incident): number {
  return joinedAt(a) - joinedAt(b) || (a.id < b.id ? -1 : 1);
}
