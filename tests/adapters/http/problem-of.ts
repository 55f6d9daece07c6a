import { expect } from '@jest/globals';
import { ProblemWire } from '../../../src/adapters/http/problem.ts';

/** The problem of an answer, held to its schema and to its media type. */
export async function problemOf(response: Response): Promise<ProblemWire> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = ProblemWire.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}
