import { z } from 'zod';
import type { IncidentNow } from '../../../app/views/incident-now.ts';
import { present, secondsOf, timeOf } from '../../../app/views/json-fields.ts';
import { readingJson, verdictJson } from '../../../app/views/service-json.ts';
import { describeKeepingRule } from '../../../domain/incident/describe-kept-open.ts';
import type { FiringTier, KeepingRule, RuleRead } from '../../../domain/incident/kept-open.ts';
import { unknownReasons } from '../../../domain/reading/reading.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { ReadingWire, SeverityWire, TargetVerdictWire, TimeWire } from './common.ts';
import { BudgetSpentWire, toBudgetsSpentWire } from './incident.ts';

const RuleReadWire = z.strictObject({
  signal: z.string(),
  budget: z.string().optional().meta({ description: 'The error budget that is read; absent: the signal itself.' }),
  fold: z.enum(['latest', 'over', 'max', 'min', 'burn-rate', 'budget-remaining', 'budget-exhausted-in']),
  windowSeconds: z.number().optional(),
  unit: z.string().optional(),
  reading: ReadingWire,
});

const FiringTierWire = z.strictObject({
  budget: z.string(),
  longWindowSeconds: z.number(),
  longBurnRate: z.number(),
  shortWindowSeconds: z.number(),
  shortBurnRate: z.number(),
  factor: z.number().meta({ description: 'The burn rate above which both windows fire.' }),
});

const KeepingRuleWire = z
  .strictObject({
    rule: z.string(),
    severity: SeverityWire,
    condition: z.string(),
    truth: z.enum(['true', 'unknown']),
    says: z.string().meta({ description: 'For people: why, with the values of now.' }),
    readings: z.array(RuleReadWire).meta({ description: 'What its condition looks at.' }),
    tiers: z
      .array(FiringTierWire)
      .optional()
      .meta({ description: 'The burn-rate tiers that fire, of a rule that is made of them.' }),
  })
  .meta({ id: 'KeepingRule', description: 'A rule that is true, or one of the incident that cannot be decided.' });

export const IncidentNowWire = z
  .strictObject({
    at: TimeWire.meta({ description: 'When its service was evaluated last.' }),
    keptOpenBy: z.array(z.string()).meta({
      description: 'For people: each rule and target that keeps it open, or how far its hold has come.',
    }),
    rules: z.array(KeepingRuleWire),
    targets: z.array(TargetVerdictWire).meta({ description: 'All targets of the end state.' }),
    holdSeconds: z.number().meta({ description: 'How long the end state must hold.' }),
    heldSince: TimeWire.optional().meta({ description: 'Absent while the end state does not hold.' }),
    heldSeconds: z.number().meta({ description: 'How much of `holdSeconds` is proved.' }),
    budgetsSpent: z
      .array(BudgetSpentWire)
      .meta({ description: 'What it has spent of error budgets so far, and what is left of them now.' }),
    budgetsSpentUnknown: z
      .array(z.strictObject({ budget: z.string(), reason: z.enum(unknownReasons), detail: z.string() }))
      .meta({
        description: 'Of which error budgets that is not known, and why. Those in neither it has cost nothing.',
      }),
  })
  .meta({ id: 'IncidentNow', description: 'How an open incident stands, as of the last poll.' });

export function toIncidentNowWire({ at, keptOpenBy, kept, targets }: IncidentNow): z.infer<typeof IncidentNowWire> {
  return {
    at: formatUtc(at),
    keptOpenBy: [...keptOpenBy],
    rules: kept.rules.map(toRule),
    targets: targets.map(verdictJson),
    holdSeconds: kept.holdMs / 1000,
    heldSeconds: kept.heldMs / 1000,
    budgetsSpent: toBudgetsSpentWire(kept.budgetsSpent),
    budgetsSpentUnknown: kept.budgetsSpentUnknown.map((each) => ({ ...each })),
    ...present({ heldSince: timeOf(kept.heldSince) }),
  };
}

function toRule(kept: KeepingRule): z.infer<typeof KeepingRuleWire> {
  const { rule, severity, condition, truth, reads, tiers } = kept;
  return {
    rule,
    severity,
    condition,
    truth: truth.kind,
    says: describeKeepingRule(kept),
    readings: reads.map(toRead),
    ...present({ tiers: tiers?.map(toTier) }),
  };
}

function toRead({ use, reading, unit }: RuleRead): z.infer<typeof RuleReadWire> {
  const { signal, budget, fold, windowMs } = use;
  return {
    signal,
    fold,
    reading: readingJson(reading),
    ...present({ budget, unit, windowSeconds: secondsOf(windowMs) }),
  };
}

function toTier({ budget, longMs, long, shortMs, short, factor }: FiringTier): z.infer<typeof FiringTierWire> {
  return {
    budget,
    longWindowSeconds: longMs / 1000,
    longBurnRate: long,
    shortWindowSeconds: shortMs / 1000,
    shortBurnRate: short,
    factor,
  };
}
