import { describeBudgetSpent } from '../domain/budget/budget-spent.ts';
import { describeDefinition } from '../domain/incident/describe-definition-change.ts';
import { describeAlert, describeFirstAlert } from '../domain/incident/describe-alert.ts';
import { describeImpact, impactUnknown } from '../domain/incident/describe-impact.ts';
import { describeAcknowledged } from '../domain/incident/describe-acknowledged.ts';
import { describeNotified, describeNotNotified } from '../domain/incident/describe-notified.ts';
import { describeWithheld } from '../domain/incident/describe-withheld.ts';
import { describeReminder } from '../domain/incident/describe-reminder.ts';
import { describeStanding } from '../domain/incident/standing.ts';
import { describeUnseen } from '../domain/incident/describe-unseen.ts';
import { describeSpentSoFar, describeSpentUnknown } from '../domain/incident/describe-kept-open.ts';
import { sinceOnsets } from '../domain/incident/since-onset.ts';
import { describeTimeToDetect, describeTimeToRecover } from '../domain/incident/span-words.ts';
import { formatMeasured, formatSpan } from '../domain/text/duration.ts';
import { describeVerdict } from '../domain/reading/verdict-text.ts';
import { formatTable } from './format-table.ts';
import { formatAge, formatMoment } from './format-time.ts';
import type { IncidentRecordWire, IncidentWire, TimelineEventWire } from './incident-wire.ts';
import { paintWord, type Paint } from './paint.ts';
import { printable, printableLine } from './printable.ts';
import { paintFirst, phaseText, scopeText, timeOffText } from './render-incidents.ts';

/** One incident with its times, targets and timeline. */
export function renderIncident(
  { incident, now: standing, timeline }: IncidentRecordWire,
  now: number,
  paint: Paint,
  width?: number,
): string {
  const facts = factsOf(incident, now, paint).map(([name, value]) => [paint.dim(name), value]);
  const targets = targetRows(incident.verdicts, paint);
  const instants = timeline.map(({ type, at }) => ({ type, at: Date.parse(at) }));
  const offsets = sinceOnsets(Date.parse(incident.onset.at), instants);
  const events = timeline.map((event, index) => [
    formatMoment(event.at),
    sinceOnset(offsets[index] ?? 0),
    paint.bold(printableLine(event.type)),
    printable(describeEvent(event)),
  ]);
  return [
    `${paint.bold(printableLine(incident.title))}\n\n`,
    ...describeUnseen(incident).map((remark) => `${printableLine(remark)}\n\n`),
    bareTable(facts, 1, width),
    standing === undefined ? '' : renderNow(standing, paint, width),
    targets.length === 0 ? '' : `\n${paint.bold(targetsHead(incident))}\n${bareTable(targets, 1, width)}`,
    `\n${paint.bold('Timeline')}\n${bareTable(events, 3, width)}`,
  ].join('');
}

type Standing = NonNullable<IncidentRecordWire['now']>;

/** What keeps it open, its targets, and what it has cost so far. */
function renderNow(
  { at, keptOpenBy, targets, budgetsSpent, budgetsSpentUnknown }: Standing,
  paint: Paint,
  width: number | undefined,
): string {
  const told = [
    ...keptOpenBy,
    ...budgetsSpent.map(describeSpentSoFar),
    ...budgetsSpentUnknown.map(describeSpentUnknown),
  ].map((line) => ['-', printableLine(line)]);
  const held = targetRows(
    targets.filter(({ verdict }) => verdict === 'held'),
    paint,
  );
  return [
    `\n${paint.bold(`What keeps it open, as of ${formatMoment(at)}`)}\n`,
    bareTable(told, 1, width),
    held.length === 0 ? '' : bareTable(held, 1, width),
  ].join('');
}

function targetRows(verdicts: Standing['targets'], paint: Paint): readonly (readonly string[])[] {
  return verdicts.map((verdict) => [paintWord(paint, verdict.verdict), printableLine(describeVerdict(verdict))]);
}

function targetsHead({ verdictsAt }: IncidentWire): string {
  return verdictsAt === undefined ? 'Targets, as last recorded' : `Targets, as recorded at ${formatMoment(verdictsAt)}`;
}

function factsOf(incident: IncidentWire, now: number, paint: Paint): readonly (readonly [string, string])[] {
  const { onset, impact, recoveredAt } = incident;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['incident', incident.id],
    ['service', scopeText(incident)],
    ['owner', incident.owner],
    ['severity', incident.severity],
    ['phase', phaseText(incident)],
    ['pages', incident.silenced && silencedText(incident.silenced)],
    ['told under', incident.groupedUnder],
    ['rules', incident.rules.join(', ')],
    ['condition', conditionText(incident)],
    ['error budgets', budgetsSeen(incident)],
    ['end state', incident.endState],
    ['runbook', incident.runbook],
    [
      'onset',
      `${moment(onset.at, now)}, between ${clock(onset.earliest)} and ${clock(onset.latest)} (${onset.method})`,
    ],
    ['suspects', suspectsText(incident.suspects)],
    ['off again', relapseText(incident, now)],
    [
      'detected',
      `${moment(incident.detectedAt, now)}, ${describeTimeToDetect(instantsOf(onset), Date.parse(incident.detectedAt))}`,
    ],
    ['seen first by', seenFirst(incident)],
    ['notified', notifiedText(incident)],
    ['acknowledged', acknowledgement(incident)],
    ['recovered', recoveredAt === undefined ? notRecovered(incident) : recovery(incident, recoveredAt, now)],
    ['closed', closing(incident, now)],
    ['relapses', incident.relapses === 0 ? undefined : String(incident.relapses)],
    ['impact', impact === undefined ? (recoveredAt === undefined ? undefined : impactUnknown) : describeImpact(impact)],
    ['budget spent', incident.budgetsSpent?.map(describeBudgetSpent).join('\n')],
  ];
  const told = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)] as const]));
  // Words are painted after the text from elsewhere was cleaned: cleaning takes escape sequences out.
  return told.map(([name, value]) => [
    name,
    name === 'severity' || name === 'phase' ? paintFirst(paint, value) : value,
  ]);
}

/** The newest relapse, and where it may come from. */
function relapseText({ relapse }: IncidentWire, now: number): string | undefined {
  if (relapse === undefined) return undefined;
  const { onset, suspects } = relapse;
  const since = `${moment(onset.at, now)}, between ${clock(onset.earliest)} and ${clock(onset.latest)} (${onset.method})`;
  return [since, ...(suspects === undefined ? [] : [suspectsText(suspects) ?? ''])].join('\n');
}

/** Changes that it may come from, a line each. */
function suspectsText(suspects: IncidentWire['suspects']): string | undefined {
  if (suspects === undefined) return undefined;
  const unnamed = (suspects[0]?.others ?? 0) + 1 - suspects.length;
  return [...suspects.map(({ text }) => text), ...(unnamed > 0 ? [`and ${unnamed} more`] : [])].join('\n');
}

/** What a rule saw when it stopped the line, with its time. */
function budgetsSeen({ budgets, budgetsAt }: IncidentWire): string | undefined {
  if (budgets === undefined) return undefined;
  return [...(budgetsAt === undefined ? [] : [`As of ${formatMoment(budgetsAt)}:`]), ...budgets].join('\n');
}

/** Why the line stopped: its condition was true, or nobody could tell for too long. */
function conditionText({ condition, because }: IncidentWire): string {
  return because === undefined ? condition : `${condition} (${because})`;
}

/** Undefined where that was Andon. */
function seenFirst({ detectedBy }: IncidentWire): string | undefined {
  const { alert, beforeAndonSeconds } = detectedBy ?? {};
  if (alert === undefined || beforeAndonSeconds === undefined) return undefined;
  return describeFirstAlert(alert, beforeAndonSeconds * 1000);
}

/** Undefined for what is no alert. */
function alertText({
  alert,
  status,
  labels = {},
  startsAt = '',
  endsAt,
  furtherLabels,
}: TimelineEventWire): string | undefined {
  if (alert === undefined) return undefined;
  const facts = {
    fingerprint: '',
    name: alert,
    startsAt: Date.parse(startsAt),
    labels,
    ...(endsAt === undefined ? {} : { endsAt: Date.parse(endsAt) }),
    ...(furtherLabels === undefined ? {} : { furtherLabels }),
  };
  return describeAlert(facts, status === 'resolved' ? 'resolved' : 'firing');
}

function notifiedText({
  detectedAt,
  notifiedAt,
  silenceEndedAt,
  timeToNotifySeconds,
  toldFirstBy,
  beganUntold = false,
}: IncidentWire): string {
  if (timeToNotifySeconds === undefined) return describeNotNotified(toldFirstBy, beganUntold);
  const timeToNotifyMs = timeToNotifySeconds * 1000;
  if (notifiedAt === undefined) return `${formatMeasured(timeToNotifyMs)} after the incident was opened`;
  return describeNotified({
    detectedAt: Date.parse(detectedAt),
    notifiedAt: Date.parse(notifiedAt),
    timeToNotifyMs,
    wasSilenced: silenceEndedAt !== undefined,
  });
}

function acknowledgement({ acknowledgedBy, firstAcknowledgedBy, timeToAcknowledgeSeconds }: IncidentWire): string {
  const firstBy = firstAcknowledgedBy ?? acknowledgedBy;
  const firstAfterMs = timeToAcknowledgeSeconds === undefined ? undefined : timeToAcknowledgeSeconds * 1000;
  return printableLine(describeAcknowledged({ by: acknowledgedBy, firstBy, firstAfterMs }));
}

function notRecovered({ closedByHand }: IncidentWire): string {
  return closedByHand === undefined ? 'not yet' : 'not seen';
}

function closing({ closedAt, closedByHand }: IncidentWire, now: number): string | undefined {
  if (closedAt === undefined || closedByHand === undefined) return undefined;
  return `${moment(closedAt, now)}, by hand by ${closedByHand.by}: ${closedByHand.because}`;
}

function recovery(incident: IncidentWire, recoveredAt: string, now: number): string {
  const { onset, timeToRecoverSeconds, recovery } = incident;
  if (recovery === undefined)
    return [moment(recoveredAt, now), after(timeToRecoverSeconds, 'after onset')].filter(Boolean).join(', ');
  const bounds = `between ${clock(recovery.earliest)} and ${clock(recovery.latest)}`;
  const off = describeTimeToRecover(instantsOf(onset), instantsOf({ ...recovery, at: recoveredAt }));
  const spells = incident.relapses === 0 ? '' : `; was off for about ${timeOffText(incident) ?? ''}`;
  return `${moment(recoveredAt, now)}, ${bounds}, ${off} after onset${spells}`;
}

type Wired<T> = Pick<IncidentWire['onset'], 'at' | 'earliest' | 'latest'> & T;

/** The same with its times as ms since the epoch. */
function instantsOf<T extends object>({ at, earliest, latest, ...rest }: Wired<T>) {
  return { ...rest, at: Date.parse(at), earliest: Date.parse(earliest), latest: Date.parse(latest) };
}

function after(seconds: number | undefined, what: string): string | undefined {
  return seconds === undefined ? undefined : `${formatMeasured(seconds * 1000)} ${what}`;
}

function moment(iso: string, now: number): string {
  return `${formatMoment(iso)} (${formatAge(iso, now)})`;
}

function clock(iso: string): string {
  return formatMoment(iso).slice('2026-08-22 '.length);
}

function sinceOnset(ms: number): string {
  return ms < 0 ? `-${formatMeasured(-ms)}` : `+${formatMeasured(ms)}`;
}

/** What an event says beyond its type; types that a newer daemon may send have at least a line of their own. */
function describeEvent(event: TimelineEventWire): string {
  return [describeFacts(event), ...describeTelling(event)].filter((text) => text !== '').join('\n');
}

/** Who is told of it, or why nobody is. */
function describeTelling(event: TimelineEventWire): readonly string[] {
  const { silencedBy, silence, groupedUnder, withheld = [], withheldFor, members = [], channels = [], type } = event;
  return [
    ...standingText(event),
    ...(members.length === 0 ? [] : [`told under this one: ${members.join(', ')}`]),
    ...(silence === undefined ? [] : [`was ${silencedText(silence)}`]),
    ...(silencedBy === undefined ? [] : [silencedText(silencedBy)]),
    ...(groupedUnder === undefined
      ? []
      : [`told under ${groupedUnder.incidentId} on ${groupedUnder.channels.join(', ')}`]),
    ...(silencedBy !== undefined || withheld.length === 0 ? [] : [describeWithheld(withheld, withheldFor)]),
    ...(channels.length === 0 || type === 'reminded' ? [] : [`told now: ${channels.join(', ')}`]),
  ];
}

/** How it stood when it was told of late. */
function standingText({ type, verdicts, held }: TimelineEventWire): readonly string[] {
  if (type !== 'unsilenced' && type !== 'grouped' && type !== 'steadied') return [];
  return describeStanding({
    ...(verdicts === undefined ? {} : { verdicts }),
    ...(held === undefined ? {} : { held: { forMs: held.forSeconds * 1000, ofMs: held.ofSeconds * 1000 } }),
  });
}

function silencedText({ by, reason, until }: Silenced): string {
  return `silenced ${by === undefined ? 'for maintenance' : `by ${by}`} until ${formatMoment(until)}: ${reason}`;
}

type Silenced = NonNullable<IncidentWire['silenced']>;

function describeFacts(event: TimelineEventWire): string {
  if (event.text !== undefined) return event.text;
  const { stop, by, note = event.because, channel, reason, detail } = event;
  if (stop !== undefined) {
    const missed = stop.verdicts.filter(({ verdict }) => verdict === 'missed').map(describeVerdict);
    const named = event.suspects === undefined ? [] : [suspectsText(event.suspects) ?? ''];
    const rule = `${stop.rule} (${stop.severity}, ${stop.because})`;
    return [rule, ...offAgain(event), ...(stop.budgets ?? []), ...missed, ...named].join('\n');
  }
  if (event.suspects !== undefined) {
    const of = event.relapse === undefined ? '' : `of relapse ${event.relapse}:\n`;
    return `${of}${event.suspects.length === 0 ? 'no change any more' : (suspectsText(event.suspects) ?? '')}`;
  }
  if (event.reminder !== undefined) {
    const { reminder, step, afterSeconds, channels = [] } = event;
    return describeReminder({ reminder, step, afterMs: afterSeconds && afterSeconds * 1000, channels });
  }
  const alert = alertText(event);
  if (alert !== undefined) return alert;
  if (event.onset !== undefined) return `${formatMoment(event.onset.at)} (${event.onset.method})`;
  if (by !== undefined) return note === undefined ? by : `${by}: ${note}`;
  if (channel !== undefined) return reason === undefined ? channel : `${channel}: ${reason}`;
  if (reason !== undefined) return detail === undefined ? reason : `${reason}: ${detail}`;
  if (event.blindForSeconds !== undefined) return `after ${formatSpan(event.blindForSeconds * 1000)}`;
  if (event.recovery !== undefined)
    return [
      `back since ${formatMoment(event.recovery.at)}`,
      ...(event.budgetsSpent ?? []).map(describeBudgetSpent),
    ].join('\n');
  const { before, after, endState = '', changes, furtherChanges } = event;
  if (before === undefined || after === undefined) return endState;
  return describeDefinition({ before, after, endState, changes, furtherChanges });
}

function offAgain({ type, onset }: TimelineEventWire): readonly string[] {
  if (type !== 'relapsed' || onset === undefined) return [];
  return [`off again since ${formatMoment(onset.at)} (${onset.method})`];
}

/** Without heads; the first columns, `whole` of them, are not wrapped. */
function bareTable(rows: readonly (readonly string[])[], whole: number, width: number | undefined): string {
  const columns = Array.from({ length: whole + 1 }, (_, index) => ({ head: '', whole: index < whole }));
  return formatTable(columns, rows, width);
}
