import fetch from 'node-fetch';
import * as z from 'zod';

/** An ISO time as ms since the epoch. */
const Time = z.iso.datetime().transform((text) => Date.parse(text));
const Estimate = z.object({ at: Time, earliest: Time, latest: Time });

const Incident = z.object({
  id: z.string(),
  title: z.string(),
  phase: z.enum(['open', 'watching', 'closed']),
  rules: z.array(z.string()),
  onset: Estimate.extend({ method: z.string(), signal: z.string().optional() }),
  onsetSettled: z.boolean(),
  detectedAt: Time,
});
/** An incident, as far as the demo looks. Times in ms since the epoch. */
export type Incident = z.infer<typeof Incident>;

const IncidentRecord = z.object({
  incident: Incident,
  timeline: z.array(z.object({ type: z.string(), recovery: Estimate.optional() })),
});
/** An incident with what happened in it, oldest first. */
export type IncidentRecord = z.infer<typeof IncidentRecord>;

const Service = z.object({
  service: z.string(),
  scopes: z.array(
    z.object({
      line: z.enum(['moving', 'stopped']),
      targets: z.array(
        z.object({
          signal: z.string(),
          bound: z.enum(['atLeast', 'atMost']),
          boundValue: z.number(),
          windowSeconds: z.number().optional(),
          verdict: z.enum(['held', 'missed', 'unknown']),
          reading: z.object({
            value: z.number().nullable(),
            total: z.number().optional(),
            unknown: z.object({ reason: z.string() }).optional(),
          }),
        }),
      ),
      rules: z.array(z.object({ rule: z.string(), state: z.string() })),
    }),
  ),
});
/** A watched service, as far as the demo looks. */
export type Service = z.infer<typeof Service>;

/** Andon's HTTP API. Each call rejects when there is no answer, or one that was not expected. */
export interface AndonApi {
  incidents(): Promise<readonly Incident[]>;
  incident(id: string): Promise<IncidentRecord>;
  services(): Promise<readonly Service[]>;
}

export function andonApi(url: string): AndonApi {
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`GET ${path} was answered with ${response.status}`);
    return schema.parse(await response.json());
  };
  return {
    incidents: async () => (await get('/api/v1/incidents', z.object({ incidents: z.array(Incident) }))).incidents,
    incident: (id) => get(`/api/v1/incidents/${encodeURIComponent(id)}`, IncidentRecord),
    services: async () => (await get('/api/v1/services', z.object({ services: z.array(Service) }))).services,
  };
}
