import { z } from 'zod';
import { shadowStopsKept } from '../../../app/shadow/shadow-book.ts';
import { present } from '../../../app/views/json-fields.ts';
import { endpoint, json, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { ShadowStopsWire, toShadowStopWire } from '../wire/shadow.ts';

/** What rules that only record would have stopped. */
export function shadowEndpoints({ shadows }: Pick<HttpParts, 'shadows'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/shadow',
      name: 'listShadowStops',
      summary: `What shadow rules would have stopped, newest first; the newest ${shadowStopsKept} are kept at hand`,
      query: z.strictObject({
        service: z.string().max(253).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
      answers: { 200: { description: 'The stops.', schema: ShadowStopsWire } },
      answer: ({ query: { service, limit } }) =>
        json({ stops: shadows.list({ limit, ...present({ service }) }).map(toShadowStopWire) }),
    }),
  ];
}
