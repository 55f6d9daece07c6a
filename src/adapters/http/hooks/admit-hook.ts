import { createHmac, timingSafeEqual } from 'node:crypto';
import { unreadableSecret } from '../inbound/read-body.ts';
import { problem, type Problem } from '../problem.ts';
import { bearerOf, sameSecret } from '../same-secret.ts';
import type { Token } from '../admission.ts';
import type { Hook } from './hook.ts';

/** What a request shows to prove where it comes from. */
export interface Shown {
  readonly raw: Buffer;
  /** Token in the query, for tools that send no headers. */
  readonly query: string | undefined;
  /** Routing key in the body. */
  readonly routingKey: string | undefined;
  readonly header: (name: string) => string | undefined;
}

/** Whether a request may be read any further: undefined when it may. `secret`: as its file holds it now. */
export function hookRefusal(proof: Hook['proof'], shown: Shown, secret: Token): Problem | undefined {
  switch (secret.kind) {
    case 'none':
      return undefined;
    case 'unreadable':
      return unreadableSecret(secret.detail);
    case 'token':
      return proof === 'github-signature'
        ? wrongSignature(shown, secret.token)
        : wrongToken(proof, shown, secret.token);
  }
}

function wrongSignature({ raw, header }: Shown, secret: string): Problem | undefined {
  const signature = header('x-hub-signature-256');
  const hint =
    'Write the content of the file that `inbound.github.secretFile` names into the field Secret of the webhook.';
  if (signature === undefined) return refused('signature-missing', 'the request bears no X-Hub-Signature-256', hint);
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(signature)?.[1] ?? '';
  const expected = createHmac('sha256', secret).update(raw).digest();
  const given = Buffer.from(hex, 'hex');
  const isSame = given.length === expected.length && timingSafeEqual(given, expected);
  return isSame ? undefined : refused('signature-wrong', 'the signature does not fit the body', hint);
}

function wrongToken(
  proof: Exclude<Hook['proof'], 'github-signature'>,
  { query, routingKey, header }: Shown,
  token: string,
): Problem | undefined {
  const authorization = header('authorization');
  const given = proof === 'routing-key' ? (routingKey ?? '') : bearerOf(authorization);
  const inQuery = proof === 'bearer-or-query' && authorization === undefined ? (query ?? '') : '';
  if (sameSecret(given === '' ? inQuery : given, token)) return undefined;
  const isMissing = given === '' && inQuery === '' && authorization === undefined;
  const where = {
    'routing-key': 'as `routing_key` in the body',
    bearer: 'as `Authorization: Bearer …`',
    'bearer-or-query': 'as `Authorization: Bearer …`, or as the parameter `token` of the URL',
  };
  return refused(
    isMissing ? 'token-missing' : 'token-wrong',
    isMissing ? 'the request bears no token' : 'the token is not the one Andon expects',
    `Send the content of the token file ${where[proof]}.`,
  );
}

function refused(reason: string, detail: string, hint: string): Problem {
  const headers = { 'www-authenticate': 'Bearer realm="andon"' };
  return problem(401, { reason, title: 'Not authorized', detail, hint, headers });
}
