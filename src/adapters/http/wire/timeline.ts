import { z } from 'zod';
import { describeClaim, type Claim } from '../../../app/changes/claim-book.ts';
import { present } from '../../../app/views/json-fields.ts';
import { verdictJson } from '../../../app/views/service-json.ts';
import type { StopFacts, StoredEvent } from '../../../domain/incident/event.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { SuspectWire, toSuspectsWire } from './suspect.ts';
import { SeverityWire, TargetVerdictWire, TimeWire } from './common.ts';
import { laterTellings, standingFields, standingOf, tellingFields, tellingOf, toLaterTelling } from './telling.ts';
import { alertedFields, toAlertedFields } from './alert.ts';
import { IncidentNowWire } from './incident-now.ts';
import {
  BudgetSpentWire,
  EstimateWire,
  ImpactWire,
  IncidentWire,
  OnsetWire,
  toBudgetsSpentWire,
  toEstimateWire,
  toImpactWire,
  toOnsetWire,
} from './incident.ts';

const StopWire = z
  .strictObject({
    rule: z.string(),
    condition: z.string(),
    severity: SeverityWire,
    summary: z.string().optional(),
    runbook: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    because: z.enum(['condition-true', 'unknown-too-long']),
    verdicts: z.array(TargetVerdictWire),
    budgets: z.array(z.string()).optional().meta({
      description: 'What the rule saw of error budgets, for people: the windows that fired, what was spent and left.',
    }),
  })
  .meta({ id: 'Stop', description: 'The stop-the-line rule that became true, and the targets at that moment.' });

const ChangeWire = z
  .strictObject({
    what: z.enum(['signal', 'target', 'end-state', 'error-budget', 'rule']),
    name: z.string().optional(),
    change: z.enum(['added', 'removed', 'changed']),
    field: z.string().optional().meta({ description: 'Which part of it changed, in words.' }),
    from: z.string().optional().meta({ description: 'What was declared before; long texts are cut.' }),
    to: z.string().optional().meta({ description: 'What is declared now.' }),
  })
  .meta({ id: 'DefinitionChange' });

const common = { seq: z.int(), at: TimeWire, recordedAt: TimeWire };

/** One entry of an incident's timeline, told apart by `type`. */
export const TimelineEventWire = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...common,
      type: z.literal('opened'),
      stop: StopWire,
      onset: OnsetWire,
      endState: z.string(),
      revision: z.string(),
      owner: z.string().optional(),
      suspects: z.array(SuspectWire).optional(),
      ...tellingFields,
    }),
    z.strictObject({ ...common, type: z.literal('rule-joined'), stop: StopWire, ...tellingFields }),
    z.strictObject({
      ...common,
      type: z.literal('suspected'),
      suspects: z.array(SuspectWire),
      relapse: z
        .int()
        .optional()
        .meta({ description: 'The relapse that they are of, from 1; absent: the first onset.' }),
    }),
    ...(['remedy-claimed', 'remedy-refused'] as const).map((type) =>
      z
        .strictObject({
          ...common,
          type: z.literal(type),
          service: z.string().meta({ description: 'Whose change it is.' }),
          change: z.string(),
          by: z.string(),
          reason: z.string(),
          text: z.string().meta({ description: 'All of it for people.' }),
        })
        .meta({
          description:
            type === 'remedy-claimed'
              ? 'Somebody said that a change mends it: its gate lets that pass.'
              : 'Somebody said that a change mends it, which had begun or was known before: nobody believed it.',
        }),
    ),
    z.strictObject({
      ...common,
      type: z.literal('relapsed'),
      stop: StopWire,
      onset: OnsetWire.optional().meta({ description: 'When service was off again.' }),
      suspects: z.array(SuspectWire).optional(),
      flapping: z.boolean().optional().meta({ description: 'True when it flaps from here on.' }),
      ...tellingFields,
    }),
    z.strictObject({ ...common, type: z.literal('onset-settled'), onset: OnsetWire }),
    z.strictObject({ ...common, type: z.literal('notified'), channel: z.string(), notificationId: z.string() }),
    z.strictObject({
      ...common,
      type: z.literal('undeliverable'),
      channel: z.string(),
      notificationId: z.string(),
      reason: z.string(),
    }),
    z.strictObject({ ...common, type: z.literal('acknowledged'), by: z.string(), note: z.string().optional() }),
    z
      .strictObject({
        ...common,
        type: z.literal('reminded'),
        reminder: z.enum(['repeat', 'escalation']),
        step: z.int().optional().meta({ description: 'Which step of the escalation, from 1.' }),
        afterSeconds: z.number().optional().meta({ description: 'How long after the first page the step is due.' }),
        channels: z.array(z.string()),
        ...standingFields,
      })
      .meta({ description: 'Nobody had acknowledged: channels were told again, or the next ones were told.' }),
    z
      .strictObject({ ...common, type: z.literal('alerted'), ...alertedFields })
      .meta({ description: "Somebody else's alert about the service, as evidence; `at`: when it began or ended." }),
    z.strictObject({ ...common, type: z.literal('noted'), by: z.string(), note: z.string() }),
    z.strictObject({ ...common, type: z.literal('blinded'), reason: z.string(), detail: z.string() }),
    z.strictObject({ ...common, type: z.literal('sighted'), blindForSeconds: z.number() }),
    z.strictObject({
      ...common,
      type: z.literal('definition-changed'),
      before: z.string(),
      after: z.string(),
      endState: z.string(),
      changes: z
        .array(ChangeWire)
        .optional()
        .meta({ description: 'Absent where what was declared before is not known.' }),
      furtherChanges: z.int().optional().meta({ description: 'How many there are beyond those listed.' }),
    }),
    z.strictObject({ ...common, type: z.literal('unwatched') }),
    z.strictObject({
      ...common,
      type: z.literal('resolved'),
      recovery: EstimateWire,
      impact: ImpactWire.optional(),
      budgetsSpent: z.array(BudgetSpentWire).optional(),
      verdicts: z.array(TargetVerdictWire),
      ...tellingFields,
    }),
    z.strictObject({ ...common, type: z.literal('closed') }),
    z.strictObject({
      ...common,
      type: z.literal('closed-by-hand'),
      by: z.string(),
      because: z.string(),
      ...tellingFields,
    }),
    ...laterTellings(common),
  ])
  .meta({ id: 'TimelineEvent' });

export type TimelineEventWire = z.infer<typeof TimelineEventWire>;

export const IncidentRecordWire = z
  .strictObject({
    incident: IncidentWire,
    now: IncidentNowWire.optional().meta({
      description: 'Present while it is open and its service is watched and has been evaluated.',
    }),
    timeline: z.array(TimelineEventWire),
  })
  .meta({ id: 'IncidentRecord' });

/** All that happened in an incident, with what people said mends it, in the order of the log. */
export function toTimelineWire(timeline: readonly StoredEvent[], claims: readonly Claim[]): TimelineEventWire[] {
  return [...timeline.map(toTimelineEventWire), ...claims.map(toClaimWire)].sort((a, b) => a.seq - b.seq);
}

function toClaimWire(claim: Claim): TimelineEventWire {
  const { kind: type, seq, at, recordedAt, service, change, by, reason } = claim;
  const text = describeClaim(claim);
  return { seq, at: formatUtc(at), recordedAt: formatUtc(recordedAt), type, service, change, by, reason, text };
}

export function toTimelineEventWire(event: StoredEvent): TimelineEventWire {
  const shared = { seq: event.seq, at: formatUtc(event.at), recordedAt: formatUtc(event.recordedAt) };
  switch (event.type) {
    case 'opened': {
      const { type, stop, onset, endState, revision, owner, suspects } = event;
      return {
        ...shared,
        type,
        stop: toStop(stop),
        onset: toOnsetWire(onset),
        endState,
        revision,
        ...present({ owner, suspects: suspects && toSuspectsWire(suspects) }),
        ...tellingOf(event),
      };
    }
    case 'rule-joined':
      return { ...shared, type: event.type, stop: toStop(event.stop), ...tellingOf(event) };
    case 'relapsed': {
      const { type, stop, onset, suspects, flapping } = event;
      const told = present({
        onset: onset && toOnsetWire(onset),
        suspects: suspects && toSuspectsWire(suspects),
        flapping: flapping === undefined ? undefined : true,
      });
      return { ...shared, type, stop: toStop(stop), ...told, ...tellingOf(event) };
    }
    case 'onset-settled':
      return { ...shared, type: event.type, onset: toOnsetWire(event.onset) };
    case 'suspected':
      return {
        ...shared,
        type: event.type,
        suspects: toSuspectsWire(event.suspects),
        ...present({ relapse: event.relapse }),
      };
    case 'notified':
      return { ...shared, type: event.type, channel: event.channel, notificationId: event.notificationId };
    case 'undeliverable': {
      const { type, channel, notificationId, reason } = event;
      return { ...shared, type, channel, notificationId, reason };
    }
    case 'acknowledged':
      return { ...shared, type: event.type, by: event.by, ...present({ note: event.note }) };
    case 'reminded': {
      const { type, reminder, step, afterMs, told = [] } = event;
      const afterSeconds = afterMs === undefined ? undefined : afterMs / 1000;
      return {
        ...shared,
        type,
        reminder,
        channels: [...told],
        ...present({ step, afterSeconds }),
        ...standingOf(event),
      };
    }
    case 'alerted':
      return { ...shared, type: event.type, ...toAlertedFields(event) };
    case 'noted':
      return { ...shared, type: event.type, by: event.by, note: event.note };
    case 'blinded':
      return { ...shared, type: event.type, reason: event.reason, detail: event.detail };
    case 'sighted':
      return { ...shared, type: event.type, blindForSeconds: event.blindForMs / 1000 };
    case 'definition-changed': {
      const { type, before, after, endState, changes, furtherChanges } = event;
      const told = changes?.map((change) => ({ ...change }));
      return { ...shared, type, before, after, endState, ...present({ changes: told, furtherChanges }) };
    }
    case 'resolved': {
      const { type, recovery, impact, budgetsSpent, verdicts } = event;
      return {
        ...shared,
        type,
        recovery: toEstimateWire(recovery),
        verdicts: verdicts.map(verdictJson),
        ...present({
          impact: impact && toImpactWire(impact),
          budgetsSpent: budgetsSpent && toBudgetsSpentWire(budgetsSpent),
        }),
        ...tellingOf(event),
      };
    }
    case 'closed-by-hand':
      return { ...shared, type: event.type, by: event.by, because: event.because, ...tellingOf(event) };
    case 'unsilenced':
    case 'grouped':
    case 'steadied':
    case 'group-over':
      return { ...shared, ...toLaterTelling(event) };
    case 'unwatched':
    case 'closed':
      return { ...shared, type: event.type };
  }
}

function toStop({ rule, condition, severity, summary, runbook, labels, because, verdicts, budgets }: StopFacts) {
  return {
    rule,
    condition,
    severity,
    labels: { ...labels },
    because,
    verdicts: verdicts.map(verdictJson),
    ...present({ summary, runbook, budgets: budgets && [...budgets] }),
  };
}
