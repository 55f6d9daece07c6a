import { whereFrom } from '../change/describe-suspect.ts';
import { blamedChange } from '../change/suspect.ts';
import type { IncidentEvent } from '../incident/event.ts';
import { newestSuspects } from '../incident/relapse.ts';
import { timeOffMs, timeToRecoverMs, type Incident } from '../incident/incident.ts';
import { describeTimeOff } from '../incident/span-words.ts';
import { describeHeld, type Standing } from '../incident/standing.ts';
import { describeVerdict } from '../reading/verdict-text.ts';
import { formatDuration } from '../text/duration.ts';
import { clockTime } from '../text/utc.ts';
import { shortenEnd, visibleText } from '../text/visible-text.ts';
import { groupEnd, groupHeadline, nobodyAcknowledged } from './group-title.ts';
import type { NotificationKind } from './notification.ts';
import { incidentPlace, namesOf, othersOf, type OffCount } from './together.ts';

/** What a test says, before anything else. */
export const testTitle = 'TEST: nothing is wrong';

/** Titles are cut here, in characters: the narrowest receiver shows fewer still. */
const titleLimit = 240;
/** So much of the service and its group, where how many others there are comes next. */
const placeLimit = 60;

/** The one line that a page begins with: whose it is, what happened, and how many others it tells of. */
export function pageTitle(
  event: IncidentEvent,
  incident: Incident,
  kind: NotificationKind,
  members: readonly Incident[],
  offCount: OffCount,
  outcome?: Incident,
): string {
  return titleWith(incident, members, textOf(event, incident, kind, members, offCount, outcome));
}

/** What is true of all that the page tells of, and of its own incident. */
function textOf(
  event: IncidentEvent,
  incident: Incident,
  kind: NotificationKind,
  members: readonly Incident[],
  offCount: OffCount,
  outcome: Incident | undefined,
): string {
  const own = outcome === undefined ? titleOf(event, incident, kind, members) : longAgo(event, incident, kind, outcome);
  if (members.length === 0) return own;
  if (kind !== 'resolved') return groupHeadline(offCount, shortenEnd(incidentPlace(incident), placeLimit), own);
  const end = groupEnd([incident, ...members], offCount, event.at);
  return incident.closedByHand === undefined && event.type !== 'steadied' ? end : `${end}; ${own}`;
}

/** What happened, and what had kept it from being told. */
function titleOf(
  event: IncidentEvent,
  incident: Incident,
  kind: NotificationKind,
  members: readonly Incident[],
): string {
  return later(event, incident) ?? headline(event, incident, kind, members);
}

/**
 * Of what Andon learns long after it happened: what was off, with the time at which it was, and whether it is over since.
 * `outcome`: the incident as it is left by all that is told with it.
 */
function longAgo(event: IncidentEvent, incident: Incident, kind: NotificationKind, outcome: Incident): string {
  // That it flaps is told of it as a whole, with its times.
  const flaps = later(event, incident);
  if (flaps !== undefined) return flaps;
  const { at } = event;
  const seen = `${whatIsOff(incident)} at ${clockTime(incident.verdictsAt, at)}`;
  const raised = kind === 'escalated' ? `escalated to ${incident.severity}: ` : '';
  const again = incident.relapses > 0;
  const from = again ? `again from ${clockTime(offAgainAt(incident) ?? at, at)}` : `from ${onsetTime(incident, at)}`;
  const first = again ? `, first off ${sinceOnset(incident, at)}` : '';
  // A later spell is told by itself.
  if (outcome.relapses !== incident.relapses || outcome.phase !== 'open') {
    const { recoveredAt } = outcome.relapses === incident.relapses ? outcome : {};
    const to = recoveredAt === undefined ? '' : ` to ${clockTime(recoveredAt, at)}`;
    return `${raised}was off ${from}${to}: ${seen}${first}`;
  }
  return `${raised}${again ? 'off again: ' : ''}${seen} — ${sinceWhen(incident, at)}${afterWhat({ suspects: newestSuspects(incident) })}`;
}

/** Since when a relapse has been off, as far as that is known. */
function offAgainAt({ lastRelapses, relapsedAt }: Incident): number | undefined {
  return lastRelapses?.at(-1)?.onset.at ?? relapsedAt;
}

/** Since when it is off, as far as that is known. */
function sinceOnset(incident: Incident, now: number): string {
  return `since ${onsetTime(incident, now)}`;
}

function onsetTime({ onset }: Incident, now: number): string {
  const isSeen = onset.method === 'change-point' || onset.method === 'contiguous-breach';
  return `${clockTime(onset.at, now)}${isSeen ? '' : ' or before'}`;
}

/** Of one that came back in between: since when it is off again, and when it first was. */
function sinceWhen(incident: Incident, now: number): string {
  const { relapsedAt } = incident;
  const since = sinceOnset(incident, now);
  if (relapsedAt === undefined) return since;
  return `again since ${clockTime(offAgainAt(incident) ?? relapsedAt, now)}, first off ${since}`;
}

function later(event: IncidentEvent, incident: Incident): string | undefined {
  const since = sinceOnset(incident, event.at);
  switch (event.type) {
    case 'unsilenced': {
      const { silence } = event;
      const who = silence.kind === 'silence' ? `by ${silence.by}` : 'for maintenance';
      return `${headline(event, incident, event.kind)}, was silenced ${who}: ${silence.reason}`;
    }
    case 'grouped':
      return offSince(incident, event);
    case 'relapsed': {
      if (event.flapping === undefined) return undefined;
      const { times, since: first, steadyMs } = event.flapping;
      const often = `flapping: off and on ${times} times since ${clockTime(first, event.at)}`;
      return `${often}; held until it is steady for ${formatDuration(steadyMs)}`;
    }
    case 'steadied':
      return event.kind === 'relapsed'
        ? `steadily off after ${event.relapses} relapses: ${offNow(incident, event)} — first off ${since}`
        : `steady after ${event.relapses} relapses: ${headline(event, incident, 'resolved')}`;
    default:
      return undefined;
  }
}

function headline(
  event: IncidentEvent,
  incident: Incident,
  kind: NotificationKind,
  members: readonly Incident[] = [],
): string {
  const since = sinceOnset(incident, event.at);
  switch (kind) {
    case 'firing':
      return `${offSince(incident, event)}${afterWhat(incident)}`;
    case 'escalated':
      return `escalated to ${incident.severity}: ${offSince(incident, event)}${afterWhat(incident)}`;
    case 'relapsed': {
      const relapse = incident.lastRelapses?.at(-1);
      const again = relapse?.onset.at ?? (event.type === 'unsilenced' ? event.since : event.at);
      const was = isBackBy(incident, event) ? 'was off again since' : 'off again since';
      return `${was} ${clockTime(again, event.at)}${afterWhat({ suspects: relapse?.suspects })}: ${offNow(incident, event)} — first off ${since}`;
    }
    case 'repeated':
    case 'unacknowledged':
      return `${stillOff(incident, event)} — ${sinceWhen(incident, event.at)}, and ${nobodyAcknowledged(members)}`;
    case 'acknowledged':
      return `acknowledged by ${incident.calling.acknowledgedBy ?? 'somebody'}: ${whatIsOff(incident)} — ${sinceWhen(incident, event.at)}`;
    case 'test':
      return testTitle;
    case 'resolved': {
      const { closedByHand } = incident;
      if (closedByHand !== undefined)
        return `closed by hand by ${closedByHand.by}, recovery was not seen: ${closedByHand.because}`;
      const offFor = timeToRecoverMs(incident);
      const back = `back in its end state since ${clockTime(incident.recoveredAt ?? event.at, event.at)}`;
      if (offFor === undefined) return back;
      const { relapses } = incident;
      // Every stretch of it lies between two estimates.
      return `${back}, was off for ${relapses === 0 ? '' : 'about '}${describeTimeOff(timeOffMs(incident) ?? offFor, offFor, relapses)}`;
    }
  }
}

/** What is off as of a reminder. While what holds has not held for long enough, the incident goes on. */
function stillOff(incident: Incident, event: IncidentEvent): string {
  const isOff = laterStanding(event)?.verdicts !== undefined && !isBackBy(incident, event);
  return `${isOff ? 'still off' : 'still open'}: ${offNow(incident, event)}`;
}

/** What is off and since when, or that it is back though not yet for long enough. */
function offSince(incident: Incident, event: IncidentEvent): string {
  const was = isBackBy(incident, event) ? 'was off ' : '';
  return `${offNow(incident, event)} — ${was}${sinceWhen(incident, event.at)}`;
}

/** What is off as of now. Of what is told later than it happened, what was seen then may be long over. */
function offNow(incident: Incident, event: IncidentEvent): string {
  const standing = laterStanding(event);
  if (standing === undefined) return whatIsOff(incident);
  if (incident.phase !== 'open' && incident.recoveredAt !== undefined)
    return `back itself since ${clockTime(incident.recoveredAt, event.at)}`;
  if (standing.verdicts === undefined) return `${whatIsOff(incident)} at ${clockTime(incident.verdictsAt, event.at)}`;
  if (!isBackBy(incident, event)) return whatIsOff(incident);
  const { held } = standing;
  if (held === undefined) return 'its targets hold, but not yet for long enough';
  return describeHeld(held);
}

/** Whether all that was off holds by the time that something is told of it later. */
function isBackBy({ phase, verdicts }: Incident, event: IncidentEvent): boolean {
  const standing = laterStanding(event);
  if (standing === undefined) return false;
  if (phase !== 'open') return true;
  return standing.verdicts !== undefined && verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'held');
}

/** How it stood when it was told; undefined for what is told as it happens. */
export function laterStanding(event: IncidentEvent): Standing | undefined {
  switch (event.type) {
    case 'reminded':
    case 'unsilenced':
    case 'grouped':
    case 'steadied':
      return event;
    default:
      return undefined;
  }
}

/** The one change that it comes from as far as anybody can tell. */
function afterWhat({ suspects = [] }: { readonly suspects?: Incident['suspects'] | undefined }): string {
  const blamed = blamedChange(suspects);
  return blamed === undefined ? '' : `, ${whereFrom(blamed)}`;
}

/**
 * The first target that is missed, or else the rule that stopped the line; where nothing is seen, the first target that
 * cannot be told. A rule over a short window may be sure while its target's longer one is not full yet.
 */
function whatIsOff(incident: Incident): string {
  const missed = incident.verdicts.filter(({ verdict }) => verdict === 'missed');
  const unknown = incident.verdicts.filter(({ verdict }) => verdict === 'unknown');
  const isUnseen = incident.blind || incident.because === 'unknown-too-long';
  const off = missed.length > 0 ? missed : isUnseen ? unknown : [];
  const [first] = off;
  if (first === undefined) return incident.summary ?? `${incident.rules.at(-1) ?? 'stopped'} (${incident.condition})`;
  return `${describeVerdict(first)}${off.length === 1 ? '' : `, and ${off.length - 1} more off`}`;
}

/**
 * Whose title it is, with how many others first and their names last: a receiver that shows but the beginning still shows
 * how large it is.
 */
function titleWith(incident: Incident, members: readonly Incident[], text: string): string {
  const place = oneLine(incidentPlace(incident));
  const others = othersOf(members);
  if (others.length === 0) return oneLine(`${place}: ${text}`);
  const whole = oneLine(`${shortenEnd(place, placeLimit)} and ${others.length} more: ${text}`);
  return `${whole}${shortenEnd(oneLine(namesOf(others, titleLimit - whole.length)), titleLimit - whole.length)}`;
}

/** Label values and summaries come from people and metrics: no line breaks, no control characters, no end of text. */
function oneLine(text: string): string {
  return shortenEnd(visibleText(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')), titleLimit);
}
