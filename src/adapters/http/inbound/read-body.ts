import type { z } from 'zod';
import { problem, type Problem } from '../problem.ts';
import { told } from '../read-input.ts';

type Read<T> = { readonly kind: 'body'; readonly body: T } | Problem;

/** Reads what was sent as the JSON that a schema asks for; `page` says what it has to look like. */
export function readBody<T>(raw: Buffer, schema: z.ZodType<T>, page: string): Read<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return malformed(page);
  }
  const body = schema.safeParse(parsed);
  if (body.success) return { kind: 'body', body: body.data };
  return misfit(told('body', body), page);
}

/** Of a body that is wrong in more ways, these tell enough. */
const mostProblems = 10;

/** The answer to what is no JSON; `page` says what it has to look like. */
export function malformed(page: string): Problem {
  return problem(400, {
    reason: 'malformed-json',
    title: 'The body is not JSON',
    detail: 'the body could not be read as a JSON object in UTF-8',
    hint: `${page} says what is to be sent.`,
  });
}

/** The answer to JSON that is not what `page` asks for. */
export function misfit(all: readonly string[], page: string): Problem {
  // Each alert of many may be wrong in the same way.
  const problems = all.slice(0, mostProblems);
  return problem(400, {
    reason: 'invalid-request',
    title: 'The request does not fit',
    detail: problems.join('; '),
    hint: `${page} says what is to be sent.`,
    problems,
  });
}

/** The answer of a way in that the settings do not open. */
export function switchedOff(path: string, key: string, example: string): Problem {
  return problem(404, {
    reason: 'switched-off',
    title: 'This way in is switched off',
    detail: `nothing is taken at ${path} because \`inbound.${key}\` is not in the settings`,
    hint: `Write this under \`inbound\` in andon.yaml, and reload: ${example}`,
  });
}

/** The answer while a secret cannot be read: the sender is to try again. */
export function unreadableSecret(detail: string): Problem {
  return problem(503, {
    reason: 'token-unreadable',
    title: 'The secret cannot be read',
    detail,
    hint: 'Put the secret into the file that the settings name under `inbound`, and make it readable for Andon.',
  });
}
