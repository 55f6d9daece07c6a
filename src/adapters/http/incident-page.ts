import { closedIncidentsKept, type IncidentRecord } from '../../app/recording/incident-book.ts';
import type { IncidentNow } from '../../app/views/incident-now.ts';
import { describeBudgetSpent } from '../../domain/budget/budget-spent.ts';
import { describeSuspects } from '../../domain/change/describe-suspect.ts';
import { formatSpan } from '../../domain/text/duration.ts';
import { groupText } from '../../domain/service/group.ts';
import { describeFirstAlert } from '../../domain/incident/describe-alert.ts';
import { describeSpentSoFar } from '../../domain/incident/describe-kept-open.ts';
import type { Impact } from '../../domain/incident/impact.ts';
import { timeToDetectMs, timeToRecoverMs, type Incident } from '../../domain/incident/incident.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import { describeVerdict, signalWords } from '../../domain/reading/verdict-text.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import { describeSilencing } from '../../domain/silence/describe-silence.ts';
import { describeEstimate, describeEvent } from './describe-event.ts';
import { incidentPageTemplate, missingIncidentTemplate } from './incident-page-template.ts';
import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import { gateFacts } from './gate-facts.ts';
import { compilePage, webLink } from './page-shell.ts';

const template = compilePage(incidentPageTemplate);
const missingTemplate = compilePage(missingIncidentTemplate);

/**
 * The page that the link in every notification leads to. `now`: wall clock, ms since the epoch; `standing`: how it stands as
 * of the last poll, where that is known; `gate`: what the gate of its service says now. All text is escaped.
 */
export function incidentPage(
  { incident, timeline }: IncidentRecord,
  now: number,
  standing?: IncidentNow,
  gate?: GateAnswer,
  silenced?: SilencedBy,
): string {
  const apiPath = `api/v1/incidents/${encodeURIComponent(incident.id)}`;
  return template({
    id: incident.id,
    title: incident.title,
    severity: incident.severity,
    phase: incident.phase,
    current: incident.phase !== 'closed',
    now: formatUtc(now),
    json: `../${apiPath}`,
    acknowledgePath: `/${apiPath}/acknowledge`,
    runbook: webLink(incident.runbook),
    remarks: [...tellingRemarks(incident, silenced), ...remarksOf(incident)],
    standing: standing === undefined ? undefined : standingOf(standing),
    unknownNow: unknownNow(incident, standing),
    gate: gate === undefined || incident.phase === 'closed' ? undefined : gateFacts(gate, [], now),
    open: incident.phase === 'open',
    service: incident.service,
    facts: factsOf(incident),
    verdictsAt: formatUtc(incident.verdictsAt),
    targets: incident.verdicts.map(targetRow),
    timeline: timeline.map((event) => ({
      at: formatUtc(event.at),
      sinceOnset: sinceOnset(event.at - incident.onset.at),
      type: event.type,
      detail: describeEvent(event),
    })),
  });
}

/** The page for an id that nothing is kept of. */
export function missingIncidentPage(id: string): string {
  return missingTemplate({
    id: id.slice(0, 200),
    hint: `Of the closed incidents Andon keeps the newest ${closedIncidentsKept} at hand.`,
  });
}

function standingOf({ at, keptOpenBy, kept, targets }: IncidentNow) {
  return {
    at: formatUtc(at),
    reasons: keptOpenBy,
    held: targets.filter(({ verdict }) => verdict === 'held').map(targetRow),
    budgetsSpent: kept.budgetsSpent.map(describeSpentSoFar),
  };
}

/** Why an open incident shows nothing of now. */
function unknownNow({ phase, unwatched }: Incident, standing: IncidentNow | undefined): string | undefined {
  if (phase !== 'open' || standing !== undefined) return undefined;
  return unwatched
    ? 'Not known: nobody watches its service any more.'
    : 'Not known yet: its service has not been evaluated since Andon started or the rule files changed.';
}

function targetRow(verdict: TargetVerdict) {
  return { verdict: verdict.verdict, text: describeVerdict(verdict) };
}

/** What on-call has not been told, or not of this incident alone. */
function tellingRemarks({ telling, phase }: Incident, silenced: SilencedBy | undefined): readonly string[] {
  if (phase === 'closed') return [];
  const { under, flapping } = telling;
  const stands = under === undefined ? '' : `Pages of ${under.incidentId} tell of it on ${under.channels.join(', ')}.`;
  return [
    ...(silenced === undefined ? [] : [`It does not page: ${describeSilencing(silenced)}`]),
    ...(flapping === undefined
      ? []
      : [
          `It flaps: off and on ${flapping.times} times since ${formatUtc(flapping.since)}. How it goes on is told once it is steady for ${formatSpan(flapping.steadyMs)}.`,
        ]),
    ...(stands === '' ? [] : [stands]),
  ];
}

function remarksOf({ id, blind, unwatched, phase }: Incident): readonly string[] {
  if (phase === 'closed') return [];
  return [
    ...(blind ? ['Readings it rests on cannot be had: nobody can tell whether service is back.'] : []),
    ...(unwatched ? ['Its service has left the rule files: nobody watches it any more.'] : []),
    ...(blind || unwatched ? [`It can be closed by hand: andon incidents close ${id} --because TEXT`] : []),
  ];
}

function factsOf(incident: Incident): readonly { readonly name: string; readonly value: string }[] {
  const { onset, impact } = incident;
  const settled = incident.onsetSettled ? '' : ', not settled yet';
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Service', incident.service],
    ['Group', groupText(incident.group) || undefined],
    ['Owner', incident.owner],
    ['Rules', incident.rules.join(', ')],
    ['Condition', `${incident.condition} (${incident.because})`],
    ['Error budgets', budgetsSeen(incident)],
    ['End state', incident.endState],
    ['Onset', `${describeEstimate(onset)} (${onset.method}${settled})`],
    ['Suspects', incident.suspects === undefined ? undefined : describeSuspects(incident.suspects).join('\n')],
    ['Detected', `${formatUtc(incident.detectedAt)}, ${formatSpan(timeToDetectMs(incident))} after onset`],
    ['Seen first by', seenFirst(incident)],
    ['Notified', after(incident.timeToNotifyMs) ?? 'not yet'],
    ['Acknowledged', acknowledgement(incident)],
    ['Recovered', recovery(incident)],
    ['Closed', closing(incident)],
    ['Relapses', String(incident.relapses)],
    ['Impact', impact === undefined ? undefined : impactText(impact)],
    ['Budgets spent', incident.budgetsSpent?.map(describeBudgetSpent).join('\n')],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** What a rule saw when it stopped the line is soon out of date: it stands with its time. */
function budgetsSeen({ budgets, budgetsAt }: Incident): string | undefined {
  if (budgets === undefined || budgetsAt === undefined) return undefined;
  return [`As of ${formatUtc(budgetsAt)}:`, ...budgets].join('\n');
}

/** Undefined where that was Andon. */
function seenFirst({ firstAlert, detectedAt }: Incident): string | undefined {
  return firstAlert && describeFirstAlert(firstAlert.name, detectedAt - firstAlert.startsAt);
}

function acknowledgement({ acknowledgedBy, timeToAcknowledgeMs }: Incident): string {
  return acknowledgedBy === undefined
    ? 'by nobody'
    : [`by ${acknowledgedBy}`, after(timeToAcknowledgeMs)].filter(Boolean).join(', ');
}

function recovery(incident: Incident): string {
  const recoveredMs = timeToRecoverMs(incident);
  if (incident.recovery === undefined || recoveredMs === undefined)
    return incident.closedByHand === undefined ? 'not yet' : 'not seen';
  return `${describeEstimate(incident.recovery)}, ${formatSpan(recoveredMs)} after onset`;
}

function closing({ closedAt, closedByHand }: Incident): string | undefined {
  if (closedAt === undefined) return undefined;
  if (closedByHand === undefined) return formatUtc(closedAt);
  return `${formatUtc(closedAt)}, by hand by ${closedByHand.by}: ${closedByHand.because}`;
}

function impactText({ badEvents, totalEvents, peakBadRatio, signal }: Impact): string {
  const of = signal === undefined ? '' : ` (${signalWords(signal)})`;
  const worst = formatRatio(Math.round(peakBadRatio * 1000) / 1000);
  return `${Math.round(badEvents)} bad events beyond the targets, of ${Math.round(totalEvents)}; at worst ${worst}${of}`;
}

function after(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${formatSpan(ms)} after the incident was opened`;
}

function sinceOnset(ms: number): string {
  return ms < 0 ? `−${formatSpan(-ms)}` : `+${formatSpan(ms)}`;
}
