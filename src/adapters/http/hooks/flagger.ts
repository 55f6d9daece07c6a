import { z } from 'zod';
import { ignored, kib, type Hook } from './hook.ts';
import { fitting, loose } from './hook-fields.ts';
import { leftOut, serviceNamed } from './inbound.ts';

/** The id of a change that Flagger rolls out. */
export function flaggerChange(namespace: string, canary: string, checksum: string): string {
  return `flagger-${namespace}-${canary}-${checksum}`;
}

/** What is used of an `event` webhook. */
const FlaggerBody = z.object({
  name: z.string().min(1).max(253),
  namespace: z.string().min(1).max(253),
  phase: z.string(),
  checksum: loose,
  metadata: z
    .object({
      eventMessage: loose,
      /** ms since the epoch, as a text. */
      timestamp: z
        .string()
        .regex(/^\d{1,15}$/, 'must be milliseconds since 1970')
        .optional(),
      /** Of the user's own. */
      service: loose,
    })
    .optional(),
});

const underWay = new Set(['Waiting', 'Progressing', 'WaitingPromotion', 'Promoting', 'Finalising']);

/** `event` webhooks of Flagger: one for each thing that happens to a canary. */
export const flaggerHook: Hook<z.infer<typeof FlaggerBody>> = {
  origin: 'flagger',
  key: 'flagger',
  example: 'flagger: { tokenFile: /run/secrets/flagger-token }',
  path: '/api/v1/hooks/flagger',
  name: 'hookFlagger',
  summary: 'Webhooks of Flagger of type `event`; Flagger sends no headers, so that the token may be a query parameter',
  proof: 'bearer-or-query',
  bodyLimitBytes: 64 * kib,
  body: FlaggerBody,
  takenStatus: 202,
  read({ body }, naming) {
    const { name, namespace, phase, checksum } = body;
    const { eventMessage, timestamp, service: named } = body.metadata ?? {};
    if (eventMessage === undefined || timestamp === undefined)
      return {
        kind: 'malformed',
        problem: 'body.metadata: `eventMessage` or `timestamp` is missing; is it a webhook of type `event`?',
      };
    const ends = { Succeeded: 'succeeded', Failed: 'rolled-back' } as const;
    const outcome = phase === 'Succeeded' || phase === 'Failed' ? ends[phase] : undefined;
    if (outcome === undefined && !underWay.has(phase))
      return ignored(`a canary that is ${JSON.stringify(phase.slice(0, 40))} changes nothing`);
    // Flagger sends it before it has taken over the new revision: its checksum is still the one of the change before.
    if (eventMessage.startsWith('New revision detected')) return ignored('the change counts from its next event on');
    if (checksum === undefined) return { kind: 'malformed', problem: 'body.checksum: is missing' };
    const left = leftOut(naming, namespace);
    if (left !== undefined) return ignored(left);
    const at = Number(timestamp);
    const service = serviceNamed(naming, [`${namespace}/${name}`, name], named ?? name);
    const said = { change: flaggerChange(namespace, name, checksum), service };
    // Of what happens on the way only the beginning is news: Flagger tells each step.
    if (outcome === undefined)
      return {
        kind: 'report',
        report: { ...said, ...fitting({ environment: namespace }), startedAt: at },
      };
    return {
      kind: 'report',
      report: {
        ...said,
        ...fitting({
          environment: namespace,
          summary: outcome === 'rolled-back' ? eventMessage : undefined,
        }),
        outcome,
        saidAt: at,
      },
    };
  },
};
