import { describeClaim, type Claim } from '../../app/changes/claim-book.ts';
import { closedIncidentsKept, type IncidentRecord } from '../../app/recording/incident-book.ts';
import type { IncidentNow } from '../../app/views/incident-now.ts';
import { describeBudgetSpent } from '../../domain/budget/budget-spent.ts';
import { describeSuspects } from '../../domain/change/describe-suspect.ts';
import { formatMeasured, formatSpan } from '../../domain/text/duration.ts';
import { groupText } from '../../domain/service/group.ts';
import { describeAcknowledged } from '../../domain/incident/describe-acknowledged.ts';
import { describeNotified, describeNotNotified, firstNotified } from '../../domain/incident/describe-notified.ts';
import { describeFirstAlert } from '../../domain/incident/describe-alert.ts';
import { describeSpentSoFar, describeSpentUnknown } from '../../domain/incident/describe-kept-open.ts';
import { describeImpact, impactUnknown } from '../../domain/incident/describe-impact.ts';
import { describeUnseen } from '../../domain/incident/describe-unseen.ts';
import { timeOffMs, timeToRecoverMs, wholeImpact, type Incident } from '../../domain/incident/incident.ts';
import { sinceOnsets } from '../../domain/incident/since-onset.ts';
import { describeTimeOff, describeTimeToDetect, describeTimeToRecover } from '../../domain/incident/span-words.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import { describeVerdict } from '../../domain/reading/verdict-text.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import { describeSilencing } from '../../domain/silence/describe-silence.ts';
import { incidentDashboardLink, type Grafana } from './dashboard-link.ts';
import { describeEstimate, describeEvent } from './describe-event.ts';
import { incidentPageTemplate, missingIncidentTemplate } from './incident-page-template.ts';
import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import { gateFacts } from './gate-facts.ts';
import { compilePage, webLink } from './page-shell.ts';

const template = compilePage(incidentPageTemplate);
const missingTemplate = compilePage(missingIncidentTemplate);

/** What a page tells of an incident beside its record, as far as it is known. */
export interface IncidentPageFacts {
  /** How it stands as of the last poll. */
  readonly standing?: IncidentNow | undefined;
  /** What the gate of its service says now. */
  readonly gate?: GateAnswer | undefined;
  /** What keeps its pages back now. */
  readonly silenced?: SilencedBy | undefined;
  /** Where its dashboard is. */
  readonly grafana?: Grafana | undefined;
  /** What people said mends it. */
  readonly claims?: readonly Claim[];
}

/** The page that the link in every notification leads to. `now`: wall clock, ms since the epoch. All text is escaped. */
export function incidentPage(
  { incident, timeline }: IncidentRecord,
  now: number,
  { standing, gate, silenced, grafana, claims = [] }: IncidentPageFacts = {},
): string {
  const rows = [
    ...timeline.map((event) => ({ ...event, detail: describeEvent(event) })),
    ...claims.map((claim) => ({ ...claim, type: claim.kind, detail: describeClaim(claim) })),
  ].sort((a, b) => a.seq - b.seq);
  const offsets = sinceOnsets(incident.onset.at, rows);
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
    dashboard: incidentDashboardLink(grafana, incident),
    remarks: [...tellingRemarks(incident, silenced), ...describeUnseen(incident)],
    standing: standing === undefined ? undefined : standingOf(standing),
    unknownNow: unknownNow(incident, standing),
    gate: gate === undefined || incident.phase === 'closed' ? undefined : gateFacts(gate, [], now),
    open: incident.phase === 'open',
    service: incident.service,
    facts: factsOf(incident),
    verdictsAt: formatUtc(incident.verdictsAt),
    targets: incident.verdicts.map(targetRow),
    timeline: rows.map(({ at, type, detail }, index) => ({
      at: formatUtc(at),
      sinceOnset: sinceOnset(offsets[index] ?? 0),
      type,
      detail,
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
    budgetsSpent: [...kept.budgetsSpent.map(describeSpentSoFar), ...kept.budgetsSpentUnknown.map(describeSpentUnknown)],
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

function factsOf(incident: Incident): readonly { readonly name: string; readonly value: string }[] {
  const { onset } = incident;
  const notified = firstNotified(incident);
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
    ['Off again', relapseText(incident)],
    ['Detected', `${formatUtc(incident.detectedAt)}, ${describeTimeToDetect(onset, incident.detectedAt)}`],
    ['Seen first by', seenFirst(incident)],
    ['Notified', notified === undefined ? notNotified(incident) : describeNotified(notified)],
    ['Acknowledged', acknowledgement(incident)],
    ['Recovered', recovery(incident)],
    ['Closed', closing(incident)],
    ['Relapses', String(incident.relapses)],
    ['Impact', impactOf(incident)],
    ['Budgets spent', incident.budgetsSpent?.map(describeBudgetSpent).join('\n')],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** The newest relapse, and where it may come from. */
function relapseText({ lastRelapses = [] }: Incident): string | undefined {
  const newest = lastRelapses.at(-1);
  if (newest === undefined) return undefined;
  const since = `${describeEstimate(newest.onset)} (${newest.onset.method})`;
  return [since, ...describeSuspects(newest.suspects ?? [])].join('\n');
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

function notNotified({ telling: { toldFirstBy, beganUntold, firstToldAt } }: Incident): string {
  return describeNotNotified(toldFirstBy, beganUntold === true && firstToldAt !== undefined);
}

function acknowledgement({ acknowledgedBy: firstBy, calling, timeToAcknowledgeMs: firstAfterMs }: Incident): string {
  return describeAcknowledged({ by: calling.acknowledgedBy, firstBy, firstAfterMs });
}

function recovery(incident: Incident): string {
  if (incident.recovery === undefined) return incident.closedByHand === undefined ? 'not yet' : 'not seen';
  const wholeMs = timeToRecoverMs(incident) ?? 0;
  const { relapses } = incident;
  const off = describeTimeOff(timeOffMs(incident) ?? wholeMs, wholeMs, relapses);
  const whole = `${describeTimeToRecover(incident.onset, incident.recovery)} after onset`;
  return `${describeEstimate(incident.recovery)}, ${whole}${relapses === 0 ? '' : `; was off for about ${off}`}`;
}

function closing({ closedAt, closedByHand }: Incident): string | undefined {
  if (closedAt === undefined) return undefined;
  if (closedByHand === undefined) return formatUtc(closedAt);
  return `${formatUtc(closedAt)}, by hand by ${closedByHand.by}: ${closedByHand.because}`;
}

function impactOf(incident: Incident): string | undefined {
  const impact = wholeImpact(incident);
  if (impact !== undefined) return describeImpact(impact);
  return incident.recovery === undefined ? undefined : impactUnknown;
}

function sinceOnset(ms: number): string {
  return ms < 0 ? `−${formatMeasured(-ms)}` : `+${formatMeasured(ms)}`;
}
