import { z } from 'zod';

/** The envelope of every answer; only the fields that are used. Samples are checked one by one in `decode.ts`. */
export const EnvelopeWire = z.object({
  status: z.enum(['success', 'error']),
  data: z.unknown().optional(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).nullish(),
  /** VictoriaMetrics clusters say so when a storage node is away. */
  isPartial: z.boolean().nullish(),
});
export type EnvelopeWire = z.infer<typeof EnvelopeWire>;

/** The payload of queries; `result` may hold very many items, which no schema should walk. */
export const QueryDataWire = z.object({ resultType: z.string(), result: z.unknown() });

/** The payload of /api/v1/series. */
export const SeriesDataWire = z.array(z.record(z.string(), z.string()));

/** The payload of /api/v1/metadata: what the targets say of each metric. */
export const MetadataDataWire = z.record(z.string(), z.array(z.object({ type: z.string() })));
