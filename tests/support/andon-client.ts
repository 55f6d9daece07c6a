import type { z } from 'zod';
import { IncidentRecordWire } from '../../src/adapters/http/wire/timeline.ts';
import { IncidentsWire } from '../../src/adapters/http/wire/incident.ts';
import { ServicesWire } from '../../src/adapters/http/wire/service.ts';
import { StatusWire } from '../../src/adapters/http/wire/status.ts';

export type Incident = z.infer<typeof IncidentsWire>['incidents'][number];
export type IncidentRecord = z.infer<typeof IncidentRecordWire>;
export type Service = z.infer<typeof ServicesWire>['services'][number];
export type Status = z.infer<typeof StatusWire>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Andon's HTTP API. Every answer is held against the schema that its documentation is made from. */
export interface AndonClient {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  incidents(): Promise<readonly Incident[]>;
  incident(id: string): Promise<IncidentRecord>;
  services(): Promise<readonly Service[]>;
  service(name: string): Promise<Service>;
  status(): Promise<Status>;
  metrics(): Promise<string>;
  /** The value of one series, written as it stands on the page: `andon_incidents_open{service="shop",severity="page"}`. */
  metric(series: string): Promise<number | undefined>;
}

const answerWithinMs = 10_000;

export function andonClient(url: string): AndonClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(answerWithinMs) });
    return { status: response.status, text: await response.text() };
  };
  const read = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const { status, text } = await ask(path);
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${text}`);
    return schema.parse(JSON.parse(text));
  };
  const services = async () => (await read('/api/v1/services', ServicesWire)).services;
  const metrics = async () => (await ask('/metrics')).text;
  return {
    get: ask,
    async post(path, body) {
      const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return ask(path, { method: 'POST', ...(body === undefined ? {} : json) });
    },
    incidents: async () => (await read('/api/v1/incidents?limit=500', IncidentsWire)).incidents,
    incident: async (id) => read(`/api/v1/incidents/${encodeURIComponent(id)}`, IncidentRecordWire),
    services,
    async service(name) {
      const found = (await services()).find((each) => each.service === name);
      if (found === undefined) throw new Error(`Andon knows no service ${name}`);
      return found;
    },
    status: async () => read('/api/v1/status', StatusWire),
    metrics,
    async metric(series) {
      const line = (await metrics()).split('\n').find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
  };
}
