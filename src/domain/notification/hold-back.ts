import type { IncidentEvent, WithheldFor } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import type { SilencedBy } from '../incident/silenced-by.ts';
import { isHeldForFlapping, type FlappingPolicy } from './flapping.ts';
import { leadOf, neverGrouped, waitsForGroup, type Around, type GroupingPolicy } from './grouping.ts';
import type { Notification } from './notification.ts';

/** What keeps pages from channels; may change while Andon runs. */
export interface HoldingPolicy {
  /** What silences an incident at an instant, ms since the epoch on Andon's clock. */
  readonly silencing: (incident: Incident, now: number) => SilencedBy | undefined;
  readonly grouping: GroupingPolicy;
  readonly flapping: FlappingPolicy;
}

/** Everything is told at once. */
export const nothingHeld: HoldingPolicy = {
  silencing: () => undefined,
  grouping: neverGrouped,
  flapping: { relapses: Infinity, withinMs: 0, steadyMs: 0 },
};

/** What an event is held against before anybody is told of it. */
export interface Holding extends Omit<HoldingPolicy, 'flapping'> {
  /** Ahead of the event, `incident` aside. */
  readonly around: () => Around;
  /** When the event is written, ms since the epoch on Andon's clock. */
  readonly now: number;
}

export interface Held {
  /** The event, which says whom it is told to and from whom it was kept. */
  readonly event: IncidentEvent;
  readonly notifications: readonly Notification[];
}

/**
 * Keeps from channels what a silence, a group or flapping keeps from them. `before` and `after`: the incident without the
 * event and with it. The end of an incident is never silenced: nobody is left with a page that never ends.
 */
export function holdBack(
  event: IncidentEvent,
  before: Incident | undefined,
  after: Incident,
  planned: readonly Notification[],
  holding: Holding,
): Held {
  if (planned.length === 0 || !canBeHeld(event)) return { event: saying(event, planned), notifications: planned };
  const isEnd = planned.some(({ kind }) => kind === 'resolved');
  const channels = planned.map(({ channel }) => channel);
  // Who was told of nothing yet because of a silence is told of the incident first, and reminded later.
  if (event.type === 'reminded' && before?.telling.owed !== undefined) return { event, notifications: [] };
  const silencedBy = isEnd ? undefined : holding.silencing(after, holding.now);
  if (silencedBy !== undefined) return { event: { ...event, silencedBy, withheld: channels }, notifications: [] };
  const withheld = new Map<string, WithheldFor>();
  for (const channel of channels) if (isHeldForFlapping(event, before, channel)) withheld.set(channel, 'flapping');
  const around = holding.grouping.withinMs > 0 || isEnd ? holding.around() : new Map<string, Incident>();
  if (isEnd) {
    for (const channel of channels)
      if (!withheld.has(channel) && waitsForGroup(after, channel, around)) withheld.set(channel, 'group');
    return told(event, planned, withheld);
  }
  // A reminder is due only where no other page speaks for it, and goes by itself: joined to one, it would tell nobody.
  if (event.type === 'reminded') return told(event, planned, withheld);
  const leads = new Map<string, string>();
  for (const channel of channels) {
    const lead = withheld.has(channel) ? undefined : leadOf(after, channel, around, holding.grouping, holding.now);
    if (lead !== undefined) leads.set(channel, lead);
  }
  // One lead for all its channels: those of another are paged by themselves rather than lost between two.
  const [incidentId] = leads.values();
  if (incidentId === undefined) return told(event, planned, withheld);
  const joined = [...leads].flatMap(([channel, lead]) => (lead === incidentId ? [channel] : []));
  const grouped = { ...event, groupedUnder: { incidentId, channels: joined } };
  return told(grouped, planned, withheld, new Set(joined));
}

type Tellable = Extract<IncidentEvent, { readonly told?: readonly string[] }>;

/** What people do is told whatever holds; what is named for a group tells of others than its own incident. */
function canBeHeld(event: IncidentEvent): event is Tellable {
  switch (event.type) {
    case 'opened':
    case 'rule-joined':
    case 'relapsed':
    case 'resolved':
    case 'closed-by-hand':
    case 'reminded':
    case 'unsilenced':
    case 'steadied':
      return true;
    default:
      return false;
  }
}

function told(
  event: Tellable,
  planned: readonly Notification[],
  withheld: ReadonlyMap<string, WithheldFor>,
  joined: ReadonlySet<string> = new Set(),
): Held {
  const notifications = planned.filter(({ channel }) => !withheld.has(channel) && !joined.has(channel));
  const said =
    withheld.size === 0
      ? event
      : { ...event, withheld: [...withheld.keys()], withheldFor: [...new Set(withheld.values())] };
  return { event: saying(said, notifications), notifications };
}

function saying(event: IncidentEvent, notifications: readonly Notification[]): IncidentEvent {
  if (notifications.length === 0) return event;
  const said: Tellable = { ...(event as Tellable), told: notifications.map(({ channel }) => channel) };
  return said;
}
