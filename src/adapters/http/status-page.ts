import type { BudgetView } from '../../app/budgets/budget-view.ts';
import { budgetText } from '../../app/budgets/budget-text.ts';
import { exclusionLines } from '../../app/budgets/exclusion-text.ts';
import type { RuleCondition, ScopeView, ServiceView } from '../../app/views/service-view.ts';
import type { SilenceView } from '../../app/silence/silence-desk.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import { statusWarnings } from '../../app/views/status-warnings.ts';
import type { Readiness, StatusView } from '../../app/views/status-view.ts';
import { groupText } from '../../domain/service/group.ts';
import { formatDuration, formatSpan } from '../../domain/text/duration.ts';
import { timeOffMs, timeToRecoverMs, type Incident } from '../../domain/incident/incident.ts';
import { describeTimeOff } from '../../domain/incident/span-words.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import { describeInterval, describeTarget, describeValue, signalWords } from '../../domain/reading/verdict-text.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import type { Override } from '../../domain/gate/freeze.ts';
import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import type { ShadowStop } from '../../domain/shadow/shadow-stop.ts';
import { serviceDashboardLink, type Grafana } from './dashboard-link.ts';
import { gateFacts, shadowText } from './gate-facts.ts';
import { quietText, silenceFacts } from './silence-facts.ts';
import { compilePage, webLink } from './page-shell.ts';
import { statusPageTemplate } from './status-page-template.ts';

export interface PageFacts {
  readonly services: readonly ServiceView[];
  /** Incidents that are not closed, newest first. */
  readonly incidents: readonly Incident[];
  /** What the gates say, and who overrode which. */
  readonly gates?: readonly GateAnswer[];
  readonly overrides?: readonly Override[];
  /** What rules that only record would have stopped, newest first. */
  readonly shadows?: readonly ShadowStop[];
  /** What people keep back, and of incidents why they do not page. */
  readonly silences?: readonly SilenceView[];
  readonly silencedBy?: (incident: Incident) => SilencedBy | undefined;
  /** Where the dashboards are. */
  readonly grafana?: Grafana | undefined;
  readonly status: StatusView;
  readonly readiness: Readiness;
  /** Wall clock, ms since the epoch. */
  readonly now: number;
}

const template = compilePage(statusPageTemplate);

/** Of each service the newest; the API lists more. */
const shadowsShown = 3;

/** The page at `/`: every line, target and open incident at a glance. All text is escaped by the template. */
export function statusPage(facts: PageFacts): string {
  const {
    services,
    incidents,
    gates = [],
    overrides = [],
    shadows = [],
    silences = [],
    status,
    readiness,
    now,
  } = facts;
  const shown = (incident: Incident) => ({
    ...incidentFacts(incident, now),
    quiet: quietText(incident, facts.silencedBy?.(incident)),
  });
  const answers = new Map(gates.map((answer) => [answer.service, answer]));
  return template({
    version: status.version,
    now: formatUtc(now),
    warnings: statusWarnings(status, readiness),
    services: services.map((view) => ({
      name: view.service,
      owner: view.owner ?? '',
      endState: view.endState,
      runbook: webLink(view.runbook),
      dashboard: serviceDashboardLink(facts.grafana, view.service),
      lastPoll: view.lastPollAt === undefined ? 'not yet evaluated' : `evaluated at ${formatUtc(view.lastPollAt)}`,
      problems: view.problems.map(({ reason, detail }) => `${reason}: ${detail}`),
      gate: gateOf(answers.get(view.service), overrides, now),
      shadows: shadows
        .filter(({ service }) => service === view.service)
        .slice(0, shadowsShown)
        .map(shadowText),
      scopes: view.scopes.map(scopeFacts),
      budgets: view.budgets.map(budgetFacts),
      exclusions: exclusionLines(view.budgets),
      budgetsFrom:
        view.errorBudgetsFrom === 'recording-rules'
          ? `Error budgets are counted by recording rules of the source ${view.source}`
          : '',
    })),
    incidents: incidents.filter(isOpen).map(shown),
    watched: incidents.filter((incident) => !isOpen(incident)).map(shown),
    silences: silences.map(silenceFacts),
  });
}

/** A service in which something just changed may have no answer yet. */
function gateOf(answer: GateAnswer | undefined, overrides: readonly Override[], now: number) {
  return answer === undefined ? undefined : gateFacts(answer, overrides, now);
}

function scopeFacts({ group, line, targets, rules, incidentId }: ScopeView) {
  return {
    group: groupText(group),
    line,
    // A line that nothing was ever seen of moves only because no rule could stop it.
    unseen: line === 'moving' && targets.every(({ verdict }) => verdict === 'unknown'),
    incident: incidentId === undefined ? undefined : incidentLink(incidentId),
    incidentId,
    targets: targets.map(targetFacts),
    rules: rules
      .filter(({ state }) => state !== 'inactive')
      .map(({ rule, state, shadow }) => (shadow === true ? shadowRule(rule, state) : { rule, state, words: state })),
  };
}

/** One that only records is never red: nothing was stopped. */
function shadowRule(rule: string, state: RuleCondition) {
  return {
    rule,
    state: 'pending',
    words: state === 'firing' ? 'would have stopped the line' : `${state} (only records)`,
  };
}

function budgetFacts(view: BudgetView) {
  const { reading, excludedNow } = view;
  const left = excludedNow === undefined ? 'held' : 'unknown';
  // While it is excluded, what is left tells nothing of how the service does.
  const tone = reading.kind === 'unknown' ? 'unknown' : reading.remaining > 0 ? left : 'missed';
  const own = view.budget === view.signal ? '' : ` ${view.budget}`;
  return { ...budgetText(view), name: `${signalWords(view.signal)}${own} ${groupText(view.group)}`.trim(), tone };
}

function targetFacts(verdict: TargetVerdict) {
  const { target, reading, group } = verdict;
  return {
    signal: signalWords(target.signal) + (group === undefined ? '' : ` ${groupText(group)}`),
    window: target.overMs === undefined ? 'newest' : formatDuration(target.overMs),
    bound: describeTarget(verdict),
    value: reading.kind === 'value' ? describeValue(verdict, reading) : reading.reason,
    detail: reading.kind === 'value' ? (describeInterval(verdict) ?? '') : reading.detail,
    verdict: verdict.verdict,
  };
}

function isOpen({ phase }: Incident): boolean {
  return phase === 'open';
}

function phaseOf({ phase, blind, unwatched }: Incident): string {
  return [phase, ...(blind ? ['blind'] : []), ...(unwatched ? ['unwatched'] : [])].join(', ');
}

/** Since when it is off now; of a relapse that an older Andon wrote down, when that was detected. */
function offSince({ onset, relapses, relapsedAt, lastRelapses }: Incident): number {
  if (relapses === 0) return onset.at;
  return lastRelapses?.at(-1)?.onset.at ?? relapsedAt ?? onset.at;
}

function incidentFacts(incident: Incident, now: number) {
  const { recoveredAt, relapses, calling, acknowledgedBy: firstBy } = incident;
  const by = calling.acknowledgedBy;
  const firstOff = incident.onset.at;
  const since = offSince(incident);
  const wholeMs = timeToRecoverMs(incident);
  return {
    id: incident.id,
    link: incidentLink(incident.id),
    title: incident.title,
    scope: [incident.service, groupText(incident.group)].filter((text) => text !== '').join(' '),
    severity: incident.severity,
    phase: phaseOf(incident),
    since: relapses === 0 ? formatUtc(since) : `off again since ${formatUtc(since)} (first off ${formatUtc(firstOff)})`,
    age: formatSpan(Math.max(0, now - since)),
    back: recoveredAt === undefined ? '' : formatSpan(Math.max(0, now - recoveredAt)),
    backSince: recoveredAt === undefined ? '' : formatUtc(recoveredAt),
    offFor: wholeMs === undefined ? '' : describeTimeOff(timeOffMs(incident) ?? wholeMs, wholeMs, relapses),
    acknowledgedBy: by ?? 'nobody',
    firstAcknowledgedBy: firstBy === undefined || firstBy === by ? '' : `first ${firstBy}`,
    runbook: webLink(incident.runbook),
  };
}

/** Relative, so that it holds below a proxy's path too. */
function incidentLink(id: string): string {
  return `incidents/${encodeURIComponent(id)}`;
}
