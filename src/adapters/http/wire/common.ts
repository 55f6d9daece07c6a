import { z } from 'zod';
import type { oas31 } from 'zod-openapi';
import { unknownReasons } from '../../../domain/reading/reading.ts';

/** A moment as ISO 8601 in UTC; fields that end in `At` are such moments. */
export const TimeWire = z.iso.datetime().meta({
  override: ({ jsonSchema }: { jsonSchema: oas31.SchemaObject }) => {
    // `format` says it all; the pattern that zod adds is 400 characters long, each time.
    delete jsonSchema.pattern;
  },
});

/** Label values that tell one group from another; empty for the whole service. */
export const GroupWire = z.record(z.string(), z.string());

export const SeverityWire = z.enum(['page', 'ticket']);

const IntervalWire = z
  .strictObject({
    atMost: z.number().meta({ description: 'The share if every request between the two buckets was fast enough.' }),
    thresholdSeconds: z.number(),
    lowerBucket: z.number().meta({ description: 'The greatest bucket at or under the threshold: `value` counts it.' }),
    upperBucket: z.number().nullable().meta({ description: 'The bucket above the threshold; null is +Inf.' }),
  })
  .meta({
    id: 'ReadingInterval',
    description:
      'The threshold of a latency signal is no bucket: the share lies between `value`, which is judged, and `atMost`.',
  });

export const ReadingWire = z
  .union([
    z.strictObject({
      value: z.number(),
      sampleAt: TimeWire,
      good: z.number().optional(),
      total: z.number().optional(),
      interval: IntervalWire.optional(),
    }),
    z.strictObject({
      value: z.null(),
      unknown: z.strictObject({ reason: z.enum(unknownReasons), detail: z.string() }),
      sampleAt: TimeWire.optional(),
    }),
  ])
  .meta({ id: 'Reading', description: 'A value with its sample time, or null with the reason why there is none.' });

export const TargetVerdictWire = z
  .strictObject({
    signal: z.string(),
    bound: z.enum(['atLeast', 'atMost']),
    boundValue: z.number().meta({ description: 'A ratio from 0 to 1, or the unit of the gauge.' }),
    unit: z.string().optional().meta({ description: '`ratio`, or the unit of the gauge where one is declared.' }),
    windowSeconds: z.number().optional().meta({ description: 'Absent: the newest value.' }),
    group: GroupWire.optional(),
    verdict: z.enum(['held', 'missed', 'unknown']),
    reading: ReadingWire,
    changePerMinute: z.number().optional(),
  })
  .meta({ id: 'TargetVerdict' });
