import { z } from 'zod';
import { meantChange } from '../../../app/gate/meant-change.ts';
import type { GateAnswer } from '../../../domain/gate/gate-answer.ts';
import { endpoint, text, type Answer, type Endpoint } from '../endpoint.ts';
import { flaggerChange } from '../hooks/flagger.ts';
import type { HttpParts } from '../http-parts.ts';

/**
 * What Flagger posts (pkg/apis/flagger/v1beta1, CanaryWebhookPayload). Phases and fields that are new to us pass: a
 * release must not wait for ours.
 */
const FlaggerHook = z
  .looseObject({
    name: z.string().max(253).meta({ description: 'Name of the canary; the service, unless metadata names one.' }),
    namespace: z.string().max(253).optional(),
    phase: z.string().max(100).optional(),
    checksum: z.string().max(200).optional(),
    metadata: z
      .record(z.string(), z.string())
      .nullish()
      .meta({ description: '`service` names the service; `change` the change that asks, else the checksum tells it.' }),
  })
  .meta({ id: 'FlaggerHook' });
type FlaggerHook = z.infer<typeof FlaggerHook>;

type FlaggerParts = Pick<HttpParts, 'gates' | 'changes'>;

/** Flagger takes 200 for yes and tries 5xx and 429 again, so no is 403, as from its own gate. */
const no = 403;

const hookAnswers = (yes: string) => ({
  200: { description: yes, contentType: 'text/plain' },
  [no]: { description: 'No, with the reason in words.', contentType: 'text/plain' },
});

/**
 * Flagger's hooks, on a URL each, since they mean opposite things: 200 from a confirm hook lets the rollout go on, and
 * 200 from a rollback hook rolls it back. What is not known does neither.
 */
export function flaggerEndpoints(parts: FlaggerParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/v1/gate/flagger/confirm',
      name: 'confirmFlagger',
      summary: 'For confirm-rollout, confirm-traffic-increase and confirm-promotion: 200 while the gate says go',
      body: FlaggerHook,
      admits: 'anybody',
      answers: hookAnswers('The rollout may go on.'),
      answer: ({ body }) => answer(ask(parts, body), 'go'),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/gate/flagger/rollback',
      name: 'rollbackFlagger',
      summary: 'For rollback: 200, which rolls back, only while the gate says abort',
      body: FlaggerHook,
      admits: 'anybody',
      answers: hookAnswers('The rollout is to be rolled back.'),
      answer: ({ body }) => answer(ask(parts, body), 'abort'),
    }),
  ];
}

function ask(parts: FlaggerParts, { name, namespace, checksum, metadata }: FlaggerHook): GateAnswer {
  const service = metadata?.['service'] ?? name;
  // The id under which its events tell of it, as everybody sees it, or the bare checksum.
  const told = namespace === undefined || checksum === undefined ? undefined : flaggerChange(namespace, name, checksum);
  const named = metadata?.['change'];
  const ids = (named === undefined ? [told, checksum] : [named]).flatMap((id) =>
    id === undefined || id === '' ? [] : [id],
  );
  return parts.gates.ask(service, meantChange(parts, service, ids));
}

function answer({ service, state, reason, words, action }: GateAnswer, yes: GateAnswer['action']): Answer {
  const said = `${service}: ${state} (${reason}): ${words}\n`;
  return text(said, 'text/plain; charset=utf-8', action === yes ? 200 : no);
}
