import { z } from 'zod';
import { unknownReasons } from '../../../domain/reading/reading.ts';
import { GroupWire, TimeWire } from './common.ts';

const WhyWire = z.strictObject({ reason: z.enum(unknownReasons), detail: z.string() });

const ExcludedWire = z.strictObject({ from: TimeWire, to: TimeWire, because: z.string() });

export const BudgetWire = z
  .strictObject({
    budget: z.string(),
    signal: z.string(),
    group: GroupWire,
    objective: z.number(),
    period: z.string().meta({ description: 'A duration, or a unit of the calendar and its time zone.' }),
    method: z.enum(['occurrences', 'timeslices', 'ratio-timeslices']),
    periodFrom: TimeWire,
    periodTo: TimeWire,
    remaining: z
      .number()
      .nullable()
      .meta({ description: '1 is untouched, 0 gone, below 0 overspent; null while unknown.' }),
    ratio: z.number().nullable().meta({ description: 'Share of good events in the period so far.' }),
    allowedBad: z.number().optional().meta({ description: 'Bad events (or slices) that the whole period allows.' }),
    estimated: z.number().optional().meta({
      description:
        'Share of the budget of which it is not known whether it was spent in what is excluded: shared out by time. Absent where all is known.',
    }),
    unknown: WhyWire.optional(),
    bad: z.number(),
    total: z.number(),
    coverage: z.number().meta({ description: 'Share of the period so far that has counts.' }),
    known: z.number().meta({ description: 'Share of the period so far that has been read from the source: 1 is all.' }),
    burnRates: z.array(
      z.strictObject({ windowSeconds: z.number(), value: z.number().nullable(), unknown: WhyWire.optional() }),
    ),
    exhaustion: z
      .strictObject({
        windowSeconds: z.number(),
        seconds: z.number().nullable(),
        never: z.boolean().optional(),
        unknown: WhyWire.optional(),
      })
      .meta({ description: 'When the budget is gone at the burn rate of the window.' }),
    excludedNow: ExcludedWire.optional().meta({
      description: 'What is excluded now, as a whole: nothing counts until it ends. Absent otherwise.',
    }),
    excluded: z.array(ExcludedWire).meta({ description: 'What of the period so far does not count.' }),
    excludedAhead: z
      .array(ExcludedWire)
      .meta({ description: 'What will not count: all that is declared once, and a week of what recurs.' }),
  })
  .meta({ id: 'ErrorBudget', description: 'One error budget for one group, as of the last poll.' });
