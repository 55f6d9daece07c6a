import { z } from 'zod';
import type { NotificationKind } from '../../../domain/notification/notification.ts';

/** The newest version of the body; a change that could break a receiver makes a new one. */
export const factSheetVersion = 1;

const kinds = [
  'firing',
  'escalated',
  'relapsed',
  'resolved',
  'repeated',
  'unacknowledged',
  'acknowledged',
  'test',
] as const satisfies readonly NotificationKind[];

const Instant = z.string().meta({ description: 'RFC 3339, UTC', examples: ['2026-08-22T02:07:12.000Z'] });
const Labels = z.record(z.string(), z.string());

export const TargetWire = z
  .object({
    signal: z.string().meta({ description: 'Name of the signal' }),
    group: Labels.optional().meta({
      description: 'The group of the signal this is about, where a whole service asks it of each',
    }),
    text: z.string().meta({
      description: 'The verdict as a phrase for people',
      examples: ['success rate 91.2% over 1m, target at least 99.9%'],
    }),
    verdict: z.enum(['held', 'missed', 'unknown']),
    bound: z.enum(['atLeast', 'atMost']),
    target: z.number().meta({ description: 'The bound’s value: 0 to 1 for shares of events, otherwise in the unit' }),
    unit: z.string().optional().meta({ description: '`ratio` for shares of events, otherwise the gauge’s unit' }),
    overSeconds: z
      .number()
      .optional()
      .meta({ description: 'Window the signal is read over; absent: its newest value' }),
    value: z.number().optional().meta({ description: 'What was read; absent when it is unknown' }),
    valueAtMost: z
      .number()
      .optional()
      .meta({ description: 'The upper end of what it may be, where the threshold of a latency signal is no bucket' }),
    good: z.number().optional().meta({ description: 'Good events behind the value' }),
    total: z.number().optional().meta({ description: 'Events behind the value' }),
    sampleAt: Instant.optional().meta({ description: 'Time of the newest sample behind the value' }),
    unknown: z
      .object({ reason: z.string(), detail: z.string() })
      .optional()
      .meta({ description: 'Why there is no value' }),
    perMinute: z.number().optional().meta({ description: 'Change of the value per minute lately, in its unit' }),
    trend: z
      .enum(['worsening', 'steady', 'improving'])
      .optional()
      .meta({ description: 'Which way the value moves, seen from the bound' }),
  })
  .meta({ id: 'Target', description: 'A target of the end state and how the service stands to it' });
export type TargetWire = z.infer<typeof TargetWire>;

const ShareCount = z.object({ bad: z.number(), total: z.number() });

export const SuspectWire = z
  .object({
    text: z.string().meta({ description: 'All of it in a sentence for people' }),
    change: z.string().meta({ description: 'The reporter’s id of the change' }),
    kind: z.enum(['deployment', 'configuration', 'other']),
    version: z.string().optional(),
    before: z.string().optional().meta({ description: 'What was there before' }),
    summary: z.string().optional(),
    by: z.string().optional(),
    link: z.string().optional().meta({ description: 'Where to read about it' }),
    rollback: z
      .string()
      .optional()
      .meta({ description: 'The way back: a command, a version or a URL, as the change’s reporter gave it' }),
    outcome: z.enum(['succeeded', 'failed', 'rolled-back']).optional(),
    startedAt: Instant,
    finishedAt: Instant.optional(),
    standing: z.enum(['suspect', 'confounded']).meta({
      description: '`confounded`: the onset lies in the window of several changes, and nobody can tell which it was',
    }),
    sureness: z.enum(['likely', 'possible']).meta({
      description:
        '`likely`: the only one, the signal shifted there, and most of the onset’s interval lies in its window',
    }),
    share: z.number().meta({ description: 'Share of the onset’s interval inside the change’s window, 0 to 1' }),
    onsetAfterSeconds: z.number().meta({ description: 'From the start of the change to the onset' }),
    shift: z
      .object({
        verdict: z.enum(['shifted', 'unknown']),
        against: z.enum(['change', 'onset', 'bound']).optional(),
        before: ShareCount.optional(),
        after: ShareCount.optional(),
        p: z.number().optional(),
      })
      .meta({ description: 'What the signal did there: bad events and all, before and after' }),
    bake: z.string().optional().meta({ description: 'What its bake watch found, where that is worse than before' }),
    others: z.number().int().meta({ description: 'Further changes in whose window the onset lies, listed or not' }),
  })
  .meta({ id: 'Suspect', description: 'A change that the incident may come from' });
export type SuspectWire = z.infer<typeof SuspectWire>;

export const Facts = z.object({
  version: z.literal(factSheetVersion).meta({ description: 'Version of this body' }),
  incidentId: z.string().meta({ description: 'The same in every message about one incident' }),
  sequence: z.number().int().meta({ description: 'Order of the messages about one incident' }),
  service: z.string(),
  group: Labels.meta({ description: 'Which group of a grouped service; empty for the whole service' }),
  owner: z.string().optional(),
  severity: z.enum(['page', 'ticket']),
  title: z.string().meta({ description: 'One line that says what is off' }),
  summary: z
    .string()
    .optional()
    .meta({ description: 'What the rule’s author says about it, and what is known of error budgets' }),
  runbook: z.string().optional().meta({ description: 'URL of what to do' }),
  link: z.string().optional().meta({ description: 'URL of the incident in Andon' }),
  labels: Labels,
  rules: z.array(z.string()).meta({ description: 'Rules that stopped the line in this incident, in order' }),
  condition: z
    .string()
    .meta({ description: 'The condition of the rule that opened it, raised its severity, or made it relapse' }),
  because: z
    .enum(['condition-true', 'unknown-too-long'])
    .meta({ description: 'Whether the condition was true, or could not be decided for too long' }),
  endState: z.string().meta({ description: 'What must hold again before the incident resolves' }),
  onset: z
    .object({
      at: Instant,
      earliest: Instant,
      latest: Instant,
      method: z.enum(['change-point', 'contiguous-breach', 'history-limit', 'detection']),
      signal: z.string().optional(),
    })
    .meta({ description: 'When a signal left its bound: an estimate, with the earliest and latest it can have been' }),
  suspects: z
    .array(SuspectWire)
    .optional()
    .meta({ description: 'Changes that it may come from, the latest first; absent when none is known' }),
  detectedAt: Instant.meta({ description: 'When a rule first stopped the line' }),
  timeToDetectSeconds: z.number().meta({ description: 'From onset to detection' }),
  recoveredAt: Instant.optional().meta({ description: 'Since when the end state has held' }),
  recovery: z
    .object({ at: Instant, earliest: Instant, latest: Instant })
    .optional()
    .meta({ description: '`recoveredAt` with the earliest and latest it can have been' }),
  resolvedAt: Instant.optional().meta({ description: 'When it had held for long enough' }),
  closedByHand: z
    .object({ by: z.string(), because: z.string() })
    .optional()
    .meta({ description: 'Who closed the incident by hand, and why: that service is back was not seen' }),
  timeToRecoverSeconds: z.number().optional().meta({ description: 'From onset to recovery' }),
  relapses: z.number().int().meta({ description: 'How often the incident came back after it had resolved' }),
  relapsedAt: Instant.optional().meta({ description: 'When it last came back; absent without a relapse' }),
  offSeconds: z.number().optional().meta({
    description:
      'How long it was off in all, without the stretches between in which it was back; absent without a relapse. About: each stretch lies between two estimates',
  }),
  acknowledgedBy: z.string().optional().meta({
    description: 'Who acknowledged it; absent while nobody has since it opened, got worse or came back',
  }),
  together: z
    .array(
      z.object({
        incidentId: z.string(),
        service: z.string(),
        group: Labels,
        title: z.string(),
        since: Instant.meta({ description: 'Its onset' }),
        severity: z.enum(['page', 'ticket']),
        phase: z.enum(['open', 'watching', 'closed']).meta({ description: '`open` until its service is back' }),
        state: z.enum(['off', 'held', 'unknown', 'closed', 'back']).optional().meta({
          description:
            'How it stands now. `held`: all of it holds, though not yet for long enough; `unknown`: nobody can tell; `closed`: by hand, and nobody saw it come back',
        }),
        held: z
          .object({ forSeconds: z.number(), ofSeconds: z.number() })
          .optional()
          .meta({ description: 'How long it has held, of how long it has to' }),
        recoveredAt: Instant.optional().meta({ description: 'Since when it is back' }),
        acknowledgedBy: z.string().optional().meta({
          description: 'Who acknowledged it; absent while nobody has since it opened, got worse or came back',
        }),
      }),
    )
    .optional()
    .meta({ description: 'Other incidents of the same outage: this message tells of them too, and they page nobody' }),
  furtherCount: z.number().int().optional().meta({ description: 'How many there are beyond those' }),
  offCount: z
    .object({ off: z.number().int(), of: z.number().int() })
    .optional()
    .meta({ description: 'How many are off now of all that this message tells of, its own incident included' }),
  off: z.array(TargetWire).meta({ description: 'Targets that are missed, or cannot be told' }),
  fine: z.array(TargetWire).meta({ description: 'Targets that hold' }),
  seenAt: Instant.optional().meta({
    description: 'When the targets were judged; absent where that was just now',
  }),
  impact: z
    .object({
      badEvents: z.number().meta({ description: 'Bad events beyond what the targets allow' }),
      totalEvents: z.number(),
      peakBadRatio: z.number().meta({ description: 'Worst share of bad events in any step, 0 to 1' }),
      signal: z.string().optional(),
      about: z.boolean().optional().meta({ description: 'True where it is put together from recorded windows' }),
    })
    .optional()
    .meta({ description: 'What the incident cost, between onset and recovery; absent where that is not known' }),
  budgetsSpent: z
    .array(
      z.object({
        budget: z.string().meta({ description: 'Name of the error budget' }),
        spent: z.number().meta({ description: 'Share of the budget spent between onset and recovery; 1 is all of it' }),
        remaining: z.number().meta({
          description: 'What was left when service was back: 1 is untouched, 0 gone, below 0 overspent',
        }),
        about: z.boolean().optional().meta({ description: 'True where `spent` is no exact count' }),
      }),
    )
    .optional()
    .meta({ description: 'What the incident cost error budgets, once it has resolved' }),
  collapsed: z
    .array(
      z.object({
        id: z.string().meta({ description: 'The `webhook-id` it would have had' }),
        kind: z.enum(kinds),
        createdAt: Instant,
      }),
    )
    .meta({ description: 'Older messages about the incident that were never accepted and for which this one stands' }),
  truncated: z.boolean().meta({ description: 'True when texts and lists were cut to keep the body under 20 kB' }),
});

/** The JSON that is posted, and whose schema is docs/webhook.schema.json. */
export const FactSheet = z
  .object({
    type: z.enum(kinds.map((kind) => `incident.${kind}` as const)).meta({
      description: 'What happened. Of `incident.test` nothing: somebody wants to see whether messages arrive.',
    }),
    timestamp: Instant.meta({ description: 'When it happened, on Andon’s clock; the same on every try' }),
    data: Facts,
  })
  .meta({
    title: 'Andon webhook body, version 1',
    description: 'Fields may be added without a new version: ignore those you do not know.',
  });
export type FactSheet = z.infer<typeof FactSheet>;

/** The body's JSON schema, for receivers: lenient towards fields to come. */
export function webhookSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(FactSheet, { io: 'input', target: 'draft-2020-12' }) };
}
