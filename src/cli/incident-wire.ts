import { z } from 'zod';
import type { ValueReading } from '../domain/reading/reading.ts';
import type { TargetVerdict } from '../domain/reading/verdict.ts';

// Only the fields that are shown, and no unknown field refused: the daemon may be newer than this command.

const Group = z.record(z.string(), z.string());

const IntervalWire = z.object({
  atMost: z.number(),
  thresholdSeconds: z.number(),
  lowerBucket: z.number(),
  upperBucket: z.number().nullable(),
});

/** A target as it was judged; read as the domain's own verdict. */
export const VerdictWire = z
  .object({
    signal: z.string(),
    bound: z.enum(['atLeast', 'atMost']),
    boundValue: z.number(),
    unit: z.string().optional(),
    windowSeconds: z.number().optional(),
    group: Group.optional(),
    verdict: z.enum(['held', 'missed', 'unknown']),
    reading: z.object({
      value: z.number().nullable(),
      sampleAt: z.string().optional(),
      total: z.number().optional(),
      interval: IntervalWire.optional(),
      unknown: z.object({ reason: z.string(), detail: z.string() }).optional(),
    }),
  })
  .transform(toVerdict);

const BudgetSpentWire = z.object({
  budget: z.string(),
  spent: z.number(),
  remaining: z.number(),
  about: z.boolean().optional(),
});

const SuspectWire = z.object({ text: z.string(), others: z.number() });

const ImpactWire = z.object({
  badEvents: z.number(),
  totalEvents: z.number(),
  peakBadRatio: z.number(),
  signal: z.string().optional(),
  about: z.boolean().optional(),
});

const SilencedWire = z.object({ kind: z.string(), by: z.string().optional(), reason: z.string(), until: z.string() });

export const IncidentWire = z.object({
  id: z.string(),
  service: z.string(),
  group: Group,
  owner: z.string().optional(),
  phase: z.string(),
  severity: z.string(),
  title: z.string(),
  budgets: z.array(z.string()).optional(),
  budgetsAt: z.string().optional(),
  runbook: z.string().optional(),
  rules: z.array(z.string()),
  condition: z.string(),
  because: z.string().optional(),
  endState: z.string(),
  onset: z.object({ at: z.string(), earliest: z.string(), latest: z.string(), method: z.string() }),
  suspects: z.array(SuspectWire).optional(),
  detectedAt: z.string(),
  detectedBy: z.object({ alert: z.string().optional(), beforeAndonSeconds: z.number().optional() }).optional(),
  recoveredAt: z.string().optional(),
  recovery: z.object({ earliest: z.string(), latest: z.string() }).optional(),
  closedAt: z.string().optional(),
  closedByHand: z.object({ by: z.string(), because: z.string() }).optional(),
  timeToDetectSeconds: z.number(),
  // Older daemons do not say when.
  notifiedAt: z.string().optional(),
  silenceEndedAt: z.string().optional(),
  timeToNotifySeconds: z.number().optional(),
  toldFirstBy: z.string().optional(),
  beganUntold: z.boolean().optional(),
  timeToAcknowledgeSeconds: z.number().optional(),
  timeToRecoverSeconds: z.number().optional(),
  // Older daemons say neither: their `acknowledgedBy` is who was first.
  offSeconds: z.number().optional(),
  firstAcknowledgedBy: z.string().optional(),
  acknowledgedBy: z.string().optional(),
  blind: z.boolean(),
  unwatched: z.boolean(),
  relapses: z.number(),
  relapse: z
    .object({
      onset: z.object({ at: z.string(), earliest: z.string(), latest: z.string(), method: z.string() }),
      suspects: z.array(SuspectWire).optional(),
    })
    .optional(),
  silenced: SilencedWire.optional(),
  flapping: z.boolean().optional(),
  groupedUnder: z.string().optional(),
  impact: ImpactWire.optional(),
  budgetsSpent: z.array(BudgetSpentWire).optional(),
  verdicts: z.array(VerdictWire),
  verdictsAt: z.string().optional(),
});
export type IncidentWire = z.infer<typeof IncidentWire>;

export const IncidentsWire = z.object({ incidents: z.array(IncidentWire), before: z.string().optional() });
export type IncidentsWire = z.infer<typeof IncidentsWire>;

const ChangeWire = z.object({
  what: z.string(),
  name: z.string().optional(),
  change: z.string(),
  field: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
});

const NowWire = z.object({
  at: z.string(),
  keptOpenBy: z.array(z.string()),
  targets: z.array(VerdictWire),
  budgetsSpent: z.array(BudgetSpentWire),
  // Older daemons do not say.
  budgetsSpentUnknown: z.array(z.object({ budget: z.string(), reason: z.string(), detail: z.string() })).default([]),
});

export const TimelineEventWire = z.object({
  type: z.string(),
  at: z.string(),
  stop: z
    .object({
      rule: z.string(),
      severity: z.string(),
      because: z.string(),
      verdicts: z.array(VerdictWire),
      budgets: z.array(z.string()).optional(),
    })
    .optional(),
  onset: z.object({ at: z.string(), method: z.string() }).optional(),
  suspects: z.array(SuspectWire).optional(),
  relapse: z.number().optional(),
  text: z.string().optional(),
  channel: z.string().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  by: z.string().optional(),
  note: z.string().optional(),
  status: z.string().optional(),
  alert: z.string().optional(),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  labels: Group.optional(),
  furtherLabels: z.number().optional(),
  because: z.string().optional(),
  silencedBy: SilencedWire.optional(),
  silence: SilencedWire.optional(),
  groupedUnder: z.object({ incidentId: z.string(), channels: z.array(z.string()) }).optional(),
  withheld: z.array(z.string()).optional(),
  withheldFor: z
    .array(z.enum(['flapping', 'group']))
    .optional()
    .catch(undefined),
  members: z.array(z.string()).optional(),
  channels: z.array(z.string()).optional(),
  reminder: z.string().optional(),
  verdicts: z.array(VerdictWire).optional(),
  held: z.object({ forSeconds: z.number(), ofSeconds: z.number() }).optional(),
  step: z.number().optional(),
  afterSeconds: z.number().optional(),
  blindForSeconds: z.number().optional(),
  endState: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
  changes: z.array(ChangeWire).optional(),
  furtherChanges: z.number().optional(),
  recovery: z.object({ at: z.string() }).optional(),
  budgetsSpent: z.array(BudgetSpentWire).optional(),
});
export type TimelineEventWire = z.infer<typeof TimelineEventWire>;

export const IncidentRecordWire = z.object({
  incident: IncidentWire,
  now: NowWire.optional(),
  timeline: z.array(TimelineEventWire),
});
export type IncidentRecordWire = z.infer<typeof IncidentRecordWire>;

interface Verdict {
  readonly signal: string;
  readonly bound: 'atLeast' | 'atMost';
  readonly boundValue: number;
  readonly unit?: string | undefined;
  readonly windowSeconds?: number | undefined;
  readonly group?: Record<string, string> | undefined;
  readonly verdict: TargetVerdict['verdict'];
  readonly reading: {
    readonly value: number | null;
    readonly sampleAt?: string | undefined;
    readonly total?: number | undefined;
    readonly interval?: z.infer<typeof IntervalWire> | undefined;
    readonly unknown?: { readonly reason: string; readonly detail: string } | undefined;
  };
}

function toInterval(interval: z.infer<typeof IntervalWire> | undefined): Pick<ValueReading, 'interval'> {
  if (interval === undefined) return {};
  const { atMost, thresholdSeconds, lowerBucket: lower, upperBucket: upper } = interval;
  return { interval: { atMost, thresholdSeconds, buckets: { lower, ...(upper === null ? {} : { upper }) } } };
}

/** The verdict as the domain knows it, so that terminals and pages describe it with the same words. */
function toVerdict({
  signal,
  bound,
  boundValue,
  unit,
  windowSeconds,
  group,
  verdict,
  reading,
}: Verdict): TargetVerdict {
  return {
    target: {
      signal,
      bound,
      value: boundValue,
      ...(unit === undefined ? {} : { unit }),
      ...(windowSeconds === undefined ? {} : { overMs: windowSeconds * 1000 }),
    },
    verdict,
    ...(group === undefined ? {} : { group }),
    reading:
      reading.value === null
        ? { kind: 'unknown', reason: reading.unknown?.reason ?? 'no-data', detail: reading.unknown?.detail ?? '' }
        : {
            kind: 'value',
            value: reading.value,
            sampleAt: Date.parse(reading.sampleAt ?? '') || 0,
            ...(reading.total === undefined ? {} : { total: reading.total }),
            ...toInterval(reading.interval),
          },
  } as TargetVerdict;
}
