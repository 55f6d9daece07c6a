import { endpoint, json, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { ProtectionsWire, toProtectionWire } from '../wire/protection.ts';

/** The deployments that wait at GitHub until a gate has made up its mind. */
export function protectionEndpoints({ protections }: Pick<HttpParts, 'protections'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/protections',
      name: 'listProtections',
      summary: 'The deployments that wait for an answer of a gate, oldest first',
      answers: { 200: { description: 'The deployments.', schema: ProtectionsWire } },
      answer: () => json({ protections: protections.pending().map(toProtectionWire) }),
    }),
  ];
}
