import { z } from 'zod';
import { unknownService } from '../act-problem.ts';
import { endpoint, json, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { DeliveryWire, toDeliveryWire } from '../wire/delivery.ts';

const longestDays = 400;

/** How services are delivered: how often, how often that fails, and how long it takes to recover. */
export function deliveryEndpoints({ delivery, changes, now }: HttpParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/delivery',
      name: 'getDelivery',
      summary: 'Change failure rate, recovery of failed deployments and deployment frequency',
      query: z.strictObject({
        service: z.string().min(1).max(253).optional(),
        days: z.coerce.number().min(1).max(longestDays).default(30),
      }),
      answers: {
        200: { description: 'What became of the deployments of these days.', schema: DeliveryWire },
        404: { description: 'No such service.' },
      },
      answer: ({ query: { service, days } }) => {
        if (service !== undefined && changes.list(service, 1) === undefined)
          return unknownService(service, changes.meant(service));
        const asked = { days, ...(service === undefined ? {} : { service }) };
        return json(toDeliveryWire(delivery.report(asked, now()), asked));
      },
    }),
  ];
}
