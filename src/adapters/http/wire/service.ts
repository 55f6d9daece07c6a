import { z } from 'zod';
import { lineStates, ruleConditions } from '../../../app/views/service-view.ts';
import { BudgetWire } from './budget.ts';
import { GroupWire, ReadingWire, SeverityWire, TargetVerdictWire, TimeWire } from './common.ts';

const RuleWire = z
  .strictObject({
    rule: z.string(),
    severity: SeverityWire,
    condition: z.string(),
    state: z.enum(ruleConditions),
    since: TimeWire.optional(),
    shadow: z.literal(true).optional().meta({ description: 'It only records what it would have stopped.' }),
  })
  .meta({ id: 'RuleState' });

const ScopeWire = z
  .strictObject({
    group: GroupWire,
    line: z.enum(lineStates),
    incidentId: z.string().optional(),
    targets: z.array(TargetVerdictWire),
    rules: z.array(RuleWire),
  })
  .meta({ id: 'Scope', description: 'One service, or one group of it, as of the last poll.' });

export const ServiceWire = z
  .strictObject({
    service: z.string(),
    owner: z.string().optional(),
    runbook: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    source: z.string(),
    revision: z.string(),
    endState: z.string(),
    lastPollAt: TimeWire.optional(),
    scopes: z.array(ScopeWire),
    budgets: z.array(BudgetWire),
    errorBudgetsFrom: z.enum(['counters', 'recording-rules']).optional().meta({
      description:
        'Whether Andon counts for its error budgets itself, or recording rules of the source do; absent for a service without any.',
    }),
    problems: z.array(z.strictObject({ reason: z.string(), detail: z.string() })),
  })
  .meta({ id: 'Service' });

export type ServiceWire = z.infer<typeof ServiceWire>;

export const ServicesWire = z.strictObject({ services: z.array(ServiceWire) }).meta({ id: 'Services' });

export const ReadingRowWire = z
  .strictObject({
    service: z.string(),
    signal: z.string(),
    group: GroupWire,
    fold: z.enum(['latest', 'over', 'max', 'min']),
    windowSeconds: z.number().optional(),
    reading: ReadingWire,
  })
  .meta({ id: 'ReadingRow' });

export type ReadingRowWire = z.infer<typeof ReadingRowWire>;

export const ReadingsWire = z.strictObject({ readings: z.array(ReadingRowWire) }).meta({ id: 'Readings' });
