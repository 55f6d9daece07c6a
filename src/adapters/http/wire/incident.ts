import { z } from 'zod';
import { present, secondsOf, timeOf } from '../../../app/views/json-fields.ts';
import { verdictJson } from '../../../app/views/service-json.ts';
import type { BudgetSpent } from '../../../domain/budget/budget-spent.ts';
import type { Impact } from '../../../domain/incident/impact.ts';
import {
  timeOffMs,
  timeToDetectMs,
  timeToRecoverMs,
  wholeImpact,
  type Incident,
} from '../../../domain/incident/incident.ts';
import { firstNotified } from '../../../domain/incident/describe-notified.ts';
import type { SilencedBy } from '../../../domain/incident/silenced-by.ts';
import type { Onset, TimeEstimate } from '../../../domain/estimate/onset.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { SuspectWire, toSuspectsWire } from './suspect.ts';
import { SilencedByWire, toSilencedByWire } from './silence.ts';
import { DetectedByWire, toDetectedByWire } from './alert.ts';
import { GroupWire, SeverityWire, TargetVerdictWire, TimeWire } from './common.ts';

export const incidentPhases = ['open', 'watching', 'closed'] as const;

export const OnsetWire = z
  .strictObject({
    at: TimeWire,
    earliest: TimeWire,
    latest: TimeWire,
    method: z.enum(['change-point', 'contiguous-breach', 'history-limit', 'detection']),
    signal: z.string().optional(),
  })
  .meta({ id: 'Onset', description: 'When a signal left its bound: an estimate with early and late bounds.' });

export const EstimateWire = z.strictObject({ at: TimeWire, earliest: TimeWire, latest: TimeWire });

export function toEstimateWire({ at, earliest, latest }: TimeEstimate): z.infer<typeof EstimateWire> {
  return { at: formatUtc(at), earliest: formatUtc(earliest), latest: formatUtc(latest) };
}

export const ImpactWire = z
  .strictObject({
    badEvents: z.number(),
    totalEvents: z.number(),
    peakBadRatio: z.number(),
    signal: z.string().optional(),
    about: z.boolean().optional().meta({ description: 'True where it is no exact count.' }),
  })
  .meta({
    id: 'Impact',
    description: 'What it cost customers between onset and recovery; absent where that is not known.',
  });

export const BudgetSpentWire = z
  .strictObject({
    budget: z.string(),
    spent: z.number().meta({ description: 'Share of the budget, 1 is all of it.' }),
    remaining: z.number().meta({
      description: 'What was left when service was back: 1 is untouched, 0 gone, below 0 overspent.',
    }),
    about: z.boolean().optional().meta({ description: 'True where `spent` is no exact count.' }),
  })
  .meta({ id: 'BudgetSpent', description: 'What it cost an error budget between onset and recovery.' });

export const IncidentWire = z
  .strictObject({
    id: z.string(),
    service: z.string(),
    group: GroupWire,
    owner: z.string().optional(),
    phase: z.enum(incidentPhases),
    severity: SeverityWire,
    title: z.string(),
    summary: z.string().optional(),
    budgets: z
      .array(z.string())
      .optional()
      .meta({ description: 'What the rule that told last saw of error budgets, for people.' }),
    budgetsAt: TimeWire.optional().meta({ description: 'When it saw what `budgets` says.' }),
    runbook: z.string().optional(),
    rules: z.array(z.string()),
    condition: z.string(),
    because: z.enum(['condition-true', 'unknown-too-long']),
    labels: z.record(z.string(), z.string()),
    endState: z.string(),
    revision: z.string(),
    onset: OnsetWire,
    onsetSettled: z.boolean(),
    suspects: z.array(SuspectWire).optional().meta({
      description: 'Changes that it may come from, the latest first; absent when there are none.',
    }),
    detectedAt: TimeWire,
    detectedBy: DetectedByWire,
    recoveredAt: TimeWire.optional(),
    recovery: EstimateWire.optional().meta({ description: '`recoveredAt` with its early and late bounds.' }),
    resolvedAt: TimeWire.optional(),
    closedAt: TimeWire.optional(),
    closedByHand: z.strictObject({ by: z.string(), because: z.string() }).optional().meta({
      description: 'Who closed it by hand, and why. Without `recoveredAt`, that service is back was not seen.',
    }),
    timeToDetectSeconds: z.number(),
    notifiedAt: TimeWire.optional().meta({ description: 'When a channel first accepted a page.' }),
    silenceEndedAt: TimeWire.optional().meta({
      description: 'When the silence ended that had kept it from everybody; `timeToNotifySeconds` counts from then.',
    }),
    timeToNotifySeconds: z.number().optional().meta({
      description:
        'From when it was recorded, or a silence over it ended, to the first page that a channel accepted. Absent with `toldFirstBy` and `beganUntold`.',
    }),
    toldFirstBy: z.string().optional().meta({
      description:
        'The incident whose page was the first to tell of this one too, which has no time to notify of its own.',
    }),
    beganUntold: z.boolean().optional().meta({
      description: 'True where its relapse was the first that anybody was told of: it has no time to notify.',
    }),
    timeToAcknowledgeSeconds: z.number().optional().meta({
      description: 'From when it was recorded to the first acknowledgement.',
    }),
    timeToRecoverSeconds: z.number().optional().meta({
      description: 'From its first onset to its last recovery; absent while service is not back.',
    }),
    offSeconds: z.number().optional().meta({
      description:
        'How long it was off in all, without the stretches between in which it was back; absent while service is not back.',
    }),
    acknowledgedBy: z.string().optional().meta({
      description:
        'Who acknowledged it since it opened, got worse or came back, whichever was last; absent while nobody has.',
    }),
    firstAcknowledgedBy: z.string().optional().meta({
      description: 'Who acknowledged it first, whether that still counts or not.',
    }),
    blind: z.boolean().meta({ description: 'True while readings it rests on cannot be had.' }),
    unwatched: z.boolean().meta({ description: 'True when the service has left the rule files.' }),
    relapses: z.int(),
    relapse: z
      .strictObject({
        number: z.int(),
        at: TimeWire.meta({ description: 'When it was detected.' }),
        onset: OnsetWire,
        suspects: z.array(SuspectWire).optional().meta({ description: 'Changes that this relapse may come from.' }),
      })
      .optional()
      .meta({ description: 'The newest relapse; `onset` and `suspects` of the incident are those of its beginning.' }),
    silenced: SilencedByWire.optional().meta({ description: 'What keeps its pages back now.' }),
    flapping: z
      .boolean()
      .optional()
      .meta({ description: 'True while it goes off and on too often for each time to be told.' }),
    groupedUnder: z.string().optional().meta({ description: 'The incident whose pages tell of this one too.' }),
    impact: ImpactWire.optional(),
    budgetsSpent: z.array(BudgetSpentWire).optional().meta({
      description:
        'What it cost error budgets, once it has resolved; absent where it cost none. What it has spent so far is under `now`.',
    }),
    verdictsAt: TimeWire.meta({ description: 'When the event happened that recorded `verdicts`.' }),
    verdicts: z.array(TargetVerdictWire).meta({
      description:
        'The verdicts as an event last recorded them: when a rule stopped the line, or when the incident resolved. What holds now is under `now` of `/api/v1/incidents/{id}`, and under `/api/v1/services/{name}` in the scope of the same `group`.',
    }),
  })
  .meta({ id: 'Incident' });

export const IncidentsWire = z
  .strictObject({
    incidents: z.array(IncidentWire),
    before: z.string().optional().meta({
      description: 'Present when there may be more: pass it as `before` to get the next page.',
    }),
  })
  .meta({ id: 'Incidents' });

/** `silenced`: what keeps its pages back this moment. */
export function toIncidentWire(incident: Incident, silenced?: SilencedBy): z.infer<typeof IncidentWire> {
  const { owner, summary, budgets, runbook, budgetsSpent, closedByHand } = incident;
  const { toldFirstBy, beganUntold, firstToldAt } = incident.telling;
  const impact = wholeImpact(incident);
  return {
    id: incident.id,
    service: incident.service,
    group: { ...incident.group },
    phase: incident.phase,
    severity: incident.severity,
    title: incident.title,
    rules: [...incident.rules],
    condition: incident.condition,
    because: incident.because,
    labels: { ...incident.labels },
    endState: incident.endState,
    revision: incident.revision,
    onset: toOnsetWire(incident.onset),
    onsetSettled: incident.onsetSettled,
    detectedAt: formatUtc(incident.detectedAt),
    detectedBy: toDetectedByWire(incident),
    timeToDetectSeconds: timeToDetectMs(incident) / 1000,
    blind: incident.blind,
    unwatched: incident.unwatched,
    relapses: incident.relapses,
    verdictsAt: formatUtc(incident.verdictsAt),
    verdicts: incident.verdicts.map(verdictJson),
    ...present({
      silenced: silenced && toSilencedByWire(silenced),
      flapping: incident.telling.flapping === undefined ? undefined : true,
      groupedUnder: incident.telling.under?.incidentId,
      owner,
      suspects: incident.suspects && toSuspectsWire(incident.suspects),
      relapse: toRelapseWire(incident),
      summary,
      budgets: budgets === undefined ? undefined : [...budgets],
      budgetsAt: timeOf(incident.budgetsAt),
      runbook,
      acknowledgedBy: incident.calling.acknowledgedBy,
      firstAcknowledgedBy: incident.acknowledgedBy,
      toldFirstBy,
      beganUntold: firstToldAt !== undefined && incident.timeToNotifyMs === undefined ? beganUntold : undefined,
      recoveredAt: timeOf(incident.recoveredAt),
      recovery: incident.recovery && toEstimateWire(incident.recovery),
      resolvedAt: timeOf(incident.resolvedAt),
      closedAt: timeOf(incident.closedAt),
      closedByHand: closedByHand && { ...closedByHand },
      notifiedAt: timeOf(firstNotified(incident)?.notifiedAt),
      silenceEndedAt: timeOf(incident.telling.unsilencedAt),
      timeToNotifySeconds: secondsOf(incident.timeToNotifyMs),
      timeToAcknowledgeSeconds: secondsOf(incident.timeToAcknowledgeMs),
      timeToRecoverSeconds: secondsOf(timeToRecoverMs(incident)),
      offSeconds: secondsOf(timeOffMs(incident)),
      impact: impact && toImpactWire(impact),
      budgetsSpent: budgetsSpent && toBudgetsSpentWire(budgetsSpent),
    }),
  };
}

function toRelapseWire({ lastRelapses = [] }: Incident) {
  const newest = lastRelapses.at(-1);
  if (newest === undefined) return undefined;
  const { number, at, onset, suspects } = newest;
  return {
    number,
    at: formatUtc(at),
    onset: toOnsetWire(onset),
    ...present({ suspects: suspects && toSuspectsWire(suspects) }),
  };
}

export function toOnsetWire({ at, earliest, latest, method, signal }: Onset): z.infer<typeof OnsetWire> {
  return {
    at: formatUtc(at),
    earliest: formatUtc(earliest),
    latest: formatUtc(latest),
    method,
    ...present({ signal }),
  };
}

export function toImpactWire(impact: Impact): z.infer<typeof ImpactWire> {
  const { badEvents, totalEvents, peakBadRatio, signal, about } = impact;
  return { badEvents, totalEvents, peakBadRatio, ...present({ signal, about }) };
}

export function toBudgetsSpentWire(spent: readonly BudgetSpent[]): z.infer<typeof BudgetSpentWire>[] {
  return spent.map(({ budget, spent: share, remaining, about }) => ({
    budget,
    spent: share,
    remaining,
    ...present({ about }),
  }));
}
