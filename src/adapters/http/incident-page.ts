import { closedIncidentsKept, type IncidentRecord } from '../../app/recording/incident-book.ts';
import { describeBudgetSpent } from '../../domain/budget/budget-spent.ts';
import { formatSpan } from '../../domain/text/duration.ts';
import { groupText } from '../../domain/service/group.ts';
import type { Impact } from '../../domain/incident/impact.ts';
import { timeToDetectMs, timeToRecoverMs, type Incident } from '../../domain/incident/incident.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import { describeVerdict, signalWords } from '../../domain/reading/verdict-text.ts';
import { describeEstimate, describeEvent } from './describe-event.ts';
import { incidentPageTemplate, missingIncidentTemplate } from './incident-page-template.ts';
import { compilePage, webLink } from './page-shell.ts';

const template = compilePage(incidentPageTemplate);
const missingTemplate = compilePage(missingIncidentTemplate);

/** The page that the link in every notification leads to. `now`: wall clock, ms since the epoch. All text is escaped. */
export function incidentPage({ incident, timeline }: IncidentRecord, now: number): string {
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
    remarks: remarksOf(incident),
    facts: factsOf(incident),
    verdictsAt: formatUtc(incident.verdictsAt),
    targets: incident.verdicts.map((verdict) => ({ verdict: verdict.verdict, text: describeVerdict(verdict) })),
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
    ['Error budgets', incident.budgets?.join('\n')],
    ['End state', incident.endState],
    ['Onset', `${describeEstimate(onset)} (${onset.method}${settled})`],
    ['Detected', `${formatUtc(incident.detectedAt)}, ${formatSpan(timeToDetectMs(incident))} after onset`],
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
