import type { z } from 'zod';
import type { Request } from 'express';
import type { Endpoint, Input } from './endpoint.ts';
import { problem, type Problem } from './problem.ts';

type Read = ({ readonly kind: 'input' } & Input<unknown, unknown, unknown>) | Problem;

/** Holds a request to its endpoint's schemas and tells everything that does not fit, not the first thing only. */
export function readInput(endpoint: Endpoint, request: Request): Read {
  const isSigned = endpoint.admits === 'signed';
  if (endpoint.body !== undefined && !isSigned && request.is('application/json') === false) return wrongType();
  const params = endpoint.params?.safeParse({ ...request.params });
  const query = endpoint.query?.safeParse({ ...request.query });
  const body = isSigned ? undefined : endpoint.body?.safeParse(request.body);
  const problems = [...told('path', params), ...told('query', query), ...told('body', body)];
  const sent: unknown = request.body;
  const raw = Buffer.isBuffer(sent) ? sent : Buffer.alloc(0);
  const header = (name: string): string | undefined => {
    const value = request.headers[name.toLowerCase()];
    return typeof value === 'string' ? value : undefined;
  };
  if (problems.length === 0)
    return { kind: 'input', params: params?.data, query: query?.data, body: body?.data, raw, header };
  return problem(400, {
    reason: 'invalid-request',
    title: 'The request does not fit',
    detail: problems.join('; '),
    hint: 'GET /api/v1/openapi.json describes what each request takes.',
    problems,
  });
}

/** Everything that does not fit, a line each; nothing where all does. */
export function told(place: string, result: z.ZodSafeParseResult<unknown> | undefined): readonly string[] {
  return result?.error?.issues.map((issue) => `${[place, ...issue.path].join('.')}: ${complaint(issue)}`) ?? [];
}

/** What is wrong with a field, for people who know neither the validator nor its language. */
function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      // Zod gives the value that came in its message only.
      return issue.message.endsWith('received undefined') ? 'is missing' : `must be ${article(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'string'
        ? `must have ${issue.minimum === 1 ? 'a character' : `${issue.minimum} characters`} or more`
        : `must be ${issue.minimum} or more`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `does not take ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    default:
      return issue.message;
  }
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'string') return 'a text';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function wrongType(): Problem {
  return problem(415, {
    reason: 'not-json',
    title: 'The body is not JSON',
    detail: 'this path takes a JSON body',
    hint: 'Send the header `Content-Type: application/json` and a JSON object.',
  });
}
