import type { IncidentEvent, StoredEvent } from './event.ts';
import type { SilencedBy } from './silenced-by.ts';

/** What is told of an incident that is open. */
export type OpenKind = 'firing' | 'escalated' | 'relapsed';

/** Who knows what of an incident, as its events tell it. Times: ms since the epoch on Andon's clock. */
export interface TellingState {
  /** Channels that were told that it is open, and not yet that it is over. */
  readonly awaitsEnd: readonly string[];
  /** When a channel was first told; absent while none was. */
  readonly firstToldAt?: number;
  /** When a channel was last told that it went off, for the first time or anew. */
  readonly spellToldAt?: number;
  /** When a silence that had kept all of it from everybody was over. */
  readonly unsilencedAt?: number;
  /** What a silence has kept from everybody since. */
  readonly owed?: { readonly kind: OpenKind; readonly since: number; readonly by: SilencedBy };
  /** The incident whose page tells of this one too, and on which channels. */
  readonly under?: { readonly incidentId: string; readonly channels: readonly string[]; readonly at: number };
  /** The incident whose page told of this one until channels were told of it by itself: which ones, and where it told of it. */
  readonly apart?: {
    readonly incidentId: string;
    readonly channels: readonly string[];
    readonly from: readonly string[];
    readonly at: number;
  };
  /** When the last of its channels was told of its end; absent while it never was. */
  readonly overAt?: number;
  /** Incidents told under this one that a notification has named, and when the last one did. */
  readonly named: readonly string[];
  readonly namedAt?: number;
  /** When it last went off or came back. */
  readonly turnedAt: number;
  /** When it relapsed, newest last; no more than tell whether it flaps. */
  readonly relapsedAt: readonly number[];
  /** Channels of escalation steps that it was handed on to: from then on they are told of all that is told under it. */
  readonly handedTo?: readonly string[];
  /** The incident whose page was the first to tell of this one; absent where a channel was first told of it by itself. */
  readonly toldFirstBy?: string;
  /** Set where it relapsed before anybody was told of it: its beginning was told to nobody. */
  readonly beganUntold?: true;
  /** Set while it is off and on too often for each time to be told. */
  readonly flapping?: { readonly times: number; readonly since: number; readonly steadyMs: number };
}

const relapsesKept = 50;

/** The state that an `opened` event leaves. */
export function beginTelling(event: Extract<StoredEvent, { type: 'opened' }>): TellingState {
  const begun = { awaitsEnd: [], named: [], turnedAt: event.recordedAt, relapsedAt: [] };
  return tellOpen(begun, event, 'firing');
}

/** Folds one further event in. `before`: what was known of the incident until then. */
export function foldTelling(
  state: TellingState,
  event: StoredEvent,
  before: { readonly phase: 'open' | 'watching' | 'closed'; readonly told: readonly string[] },
): TellingState {
  switch (event.type) {
    case 'rule-joined':
      return tellOpen(state, event, 'escalated');
    case 'relapsed': {
      const turned = {
        ...state,
        turnedAt: event.recordedAt,
        relapsedAt: [...state.relapsedAt, event.recordedAt].slice(-relapsesKept),
        ...(state.firstToldAt === undefined && state.toldFirstBy === undefined ? { beganUntold: true as const } : {}),
        ...(event.flapping === undefined ? {} : { flapping: event.flapping }),
      };
      return tellOpen(turned, event, 'relapsed');
    }
    case 'reminded':
      return handedOn(told(state, event.told ?? [], event.recordedAt), event);
    case 'unsilenced':
      return tellOpen({ ...withoutOwed(state), ...unsilencedAt(state, event.recordedAt) }, event, event.kind);
    case 'grouped':
      return { ...state, named: [...new Set([...state.named, ...event.members])], namedAt: event.recordedAt };
    case 'steadied': {
      const { flapping: _over, ...rest } = state;
      return event.kind === 'resolved' ? tellEnd(rest, event) : tellOpen(rest, event, event.kind);
    }
    case 'group-over':
      return tellEnd(state, event);
    case 'resolved': {
      const { withheld = [] } = event;
      const left = state.awaitsEnd.filter((channel) => withheld.includes(channel));
      return { ...withAwaiting(withoutOwed(state), left, event.recordedAt), turnedAt: event.recordedAt };
    }
    case 'closed-by-hand': {
      // Of one that had resolved, the end is told or held back already.
      if (before.phase !== 'open') return state;
      const { flapping: _over, ...rest } = withoutOwed(state);
      const { withheld = [] } = event;
      const left = state.awaitsEnd.filter((channel) => withheld.includes(channel));
      return { ...withAwaiting(rest, left, event.recordedAt), turnedAt: event.recordedAt };
    }
    case 'notified':
      // An older Andon wrote down nothing else of whom it told.
      return before.phase === 'open' && !before.told.includes(event.channel)
        ? told(state, [event.channel], event.recordedAt)
        : state;
    default:
      return state;
  }
}

/** Whether an event gives the incident's next notifications their place: derived from the log, so that it never changes. */
export function isLaterTelling(
  event: IncidentEvent,
): event is Extract<IncidentEvent, { type: 'unsilenced' | 'grouped' | 'steadied' | 'group-over' }> {
  return (
    event.type === 'unsilenced' || event.type === 'grouped' || event.type === 'steadied' || event.type === 'group-over'
  );
}

interface Told {
  readonly recordedAt: number;
  readonly told?: readonly string[];
  readonly silencedBy?: SilencedBy;
  readonly groupedUnder?: { readonly incidentId: string; readonly channels: readonly string[] };
}

function tellOpen(state: TellingState, event: Told, kind: OpenKind): TellingState {
  const { silencedBy, groupedUnder, recordedAt } = event;
  if (silencedBy !== undefined) {
    // What was owed first is what nobody knows yet.
    const owed = state.owed ?? { kind, since: recordedAt, by: silencedBy };
    return { ...state, owed: { ...owed, by: silencedBy } };
  }
  const after = spellTold(told(state, event.told ?? [], recordedAt), event, kind);
  const known = (event.told ?? []).length > 0 || groupedUnder !== undefined ? withoutOwed(after) : after;
  if (groupedUnder === undefined) return known;
  const first = known.firstToldAt === undefined ? (known.toldFirstBy ?? groupedUnder.incidentId) : known.toldFirstBy;
  return {
    ...known,
    under: { ...groupedUnder, at: recordedAt },
    ...(first === undefined ? {} : { toldFirstBy: first }),
  };
}

function handedOn(state: TellingState, event: Extract<StoredEvent, { type: 'reminded' }>): TellingState {
  const { reminder, told: channels = [] } = event;
  if (reminder !== 'escalation' || channels.length === 0) return state;
  return { ...state, handedTo: [...new Set([...(state.handedTo ?? []), ...channels])] };
}

function tellEnd(state: TellingState, { told: channels = [], recordedAt }: Told): TellingState {
  return withAwaiting(
    state,
    state.awaitsEnd.filter((channel) => !channels.includes(channel)),
    recordedAt,
  );
}

function withAwaiting(state: TellingState, left: readonly string[], at: number): TellingState {
  const isOver = state.awaitsEnd.length > 0 && left.length === 0;
  return { ...state, awaitsEnd: left, ...(isOver ? { overAt: at } : {}) };
}

/** What joins from here on was not named yet, though it was named in a spell before. */
function spellTold(state: TellingState, { told: channels = [], recordedAt }: Told, kind: OpenKind): TellingState {
  if (channels.length === 0 || kind === 'escalated') return state;
  return { ...state, spellToldAt: recordedAt, ...(kind === 'relapsed' ? { named: [] } : {}) };
}

function told(state: TellingState, channels: readonly string[], at: number): TellingState {
  if (channels.length === 0) return state;
  return {
    ...apart(state, channels),
    awaitsEnd: [...new Set([...state.awaitsEnd, ...channels])],
    firstToldAt: state.firstToldAt ?? at,
  };
}

/** Whoever was told of it by itself is not told of it under another one any more. */
function apart(state: TellingState, channels: readonly string[]): TellingState {
  const { under, apart: before, ...rest } = state;
  const of = under ?? before;
  if (of === undefined) return state;
  const left = under?.channels.filter((channel) => !channels.includes(channel)) ?? [];
  const known = before?.incidentId === of.incidentId ? before : { channels: [], from: [] };
  const fresh = channels.filter((channel) => !state.awaitsEnd.includes(channel));
  return {
    ...rest,
    ...(under === undefined || left.length === 0 ? {} : { under: { ...under, channels: left } }),
    apart: {
      incidentId: of.incidentId,
      at: of.at,
      channels: [...new Set([...known.channels, ...fresh])],
      from: [...new Set([...known.from, ...(under?.channels ?? [])])],
    },
  };
}

function unsilencedAt({ firstToldAt, toldFirstBy }: TellingState, at: number): Pick<TellingState, 'unsilencedAt'> {
  return firstToldAt === undefined && toldFirstBy === undefined ? { unsilencedAt: at } : {};
}

function withoutOwed({ owed: _paid, ...state }: TellingState): TellingState {
  return state;
}
