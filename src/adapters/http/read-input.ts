import type { z } from 'zod';
import type { Request } from 'express';
import type { Endpoint, Input } from './endpoint.ts';
import { problem, type Problem } from './problem.ts';

type Read = ({ readonly kind: 'input' } & Input<unknown, unknown, unknown>) | Problem;

/** Holds a request to its endpoint's schemas and tells everything that does not fit, not the first thing only. */
export function readInput(endpoint: Endpoint, request: Request): Read {
  if (endpoint.body !== undefined && request.is('application/json') === false) return wrongType();
  const params = endpoint.params?.safeParse({ ...request.params });
  const query = endpoint.query?.safeParse({ ...request.query });
  const body = endpoint.body?.safeParse(request.body);
  const problems = [...told('path', params), ...told('query', query), ...told('body', body)];
  if (problems.length === 0) return { kind: 'input', params: params?.data, query: query?.data, body: body?.data };
  return problem(400, {
    reason: 'invalid-request',
    title: 'The request does not fit',
    detail: problems.join('; '),
    hint: 'GET /api/v1/openapi.json describes what each request takes.',
    problems,
  });
}

function told(place: string, result: z.ZodSafeParseResult<unknown> | undefined): readonly string[] {
  return result?.error?.issues.map(({ path, message }) => `${[place, ...path].join('.')}: ${message}`) ?? [];
}

function wrongType(): Problem {
  return problem(415, {
    reason: 'not-json',
    title: 'The body is not JSON',
    detail: 'this path takes a JSON body',
    hint: 'Send the header `Content-Type: application/json` and a JSON object.',
  });
}
