import { z } from 'zod';
import { readingRowJson, serviceJson } from '../../../app/views/service-json.ts';
import { unknownService } from '../act-problem.ts';
import { endpoint, json, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { ReadingsWire, ServicesWire, ServiceWire, type ReadingRowWire } from '../wire/service.ts';

const ServiceName = z.string().min(1).max(253);

/** What is watched and how it stands, as of the last poll. */
export function serviceEndpoints(parts: HttpParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/services',
      name: 'listServices',
      summary: 'Every watched service: line, targets, rules and readings',
      answers: { 200: { description: 'The services.', schema: ServicesWire } },
      answer: () => json({ services: parts.services().map((view): ServiceWire => serviceJson(view)) }),
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/services/{name}',
      name: 'getService',
      summary: 'One watched service',
      params: z.strictObject({ name: ServiceName }),
      answers: { 200: { description: 'The service.', schema: ServiceWire }, 404: { description: 'There is none.' } },
      answer: ({ params }) => {
        const view = parts.services().find(({ service }) => service === params.name);
        return view === undefined ? unknownService(params.name) : json(serviceJson(view) satisfies ServiceWire);
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/readings',
      name: 'listReadings',
      summary: 'Every reading of the last poll, with its sample time or the reason why there is none',
      query: z.strictObject({ service: ServiceName.optional().meta({ description: 'Only of this service.' }) }),
      answers: {
        200: { description: 'The readings.', schema: ReadingsWire },
        404: { description: 'No such service.' },
      },
      answer: ({ query }) => {
        const views = parts
          .services()
          .filter(({ service }) => query.service === undefined || service === query.service);
        if (query.service !== undefined && views.length === 0) return unknownService(query.service);
        const rows = views.flatMap(({ service, readings }): ReadingRowWire[] =>
          readings.map((row) => readingRowJson(service, row)),
        );
        return json({ readings: rows });
      },
    }),
  ];
}
