import { describe, expect, test } from '@jest/globals';
import { closingLine, leftOut, tally, type JestResults } from '../../tools/tally.mjs';

const results = (changed: Partial<JestResults>): JestResults => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...changed,
});
const good = { code: 0 };
const bad = { code: 1 };

describe('the closing line of a test run', () => {
  test.each([
    {
      name: 'adds static steps and tests up',
      steps: [good, good],
      results: results({ numPassedTests: 5 }),
      code: 0,
      line: 'Tests: 7 passed, 0 failed',
    },
    {
      name: 'counts a failed step beside failed tests',
      steps: [good, bad],
      results: results({ numPassedTests: 5, numFailedTests: 2 }),
      code: 1,
      line: 'Tests: 6 passed, 3 failed',
    },
    {
      name: 'mentions skipped and planned tests, as little as possible',
      steps: [good],
      results: results({ numPassedTests: 1, numPendingTests: 2, numTodoTests: 1 }),
      code: 0,
      line: 'Tests: 2 passed, 0 failed, 3 skipped',
    },
    {
      name: 'counts a suite that does not load',
      steps: [],
      results: results({ numPassedTests: 4, numRuntimeErrorTestSuites: 1 }),
      code: 1,
      line: 'Tests: 4 passed, 1 failed',
    },
    {
      name: 'counts a Jest that fails without naming a test, as for a coverage threshold',
      steps: [good],
      results: results({ numPassedTests: 4 }),
      code: 1,
      line: 'Tests: 5 passed, 1 failed',
    },
    {
      name: 'fails when no test ran although Jest was content',
      steps: [good],
      results: results({}),
      code: 0,
      line: 'Tests: 1 passed, 1 failed',
    },
    {
      name: 'fails when every test was skipped',
      steps: [good],
      results: results({ numPendingTests: 9 }),
      code: 0,
      line: 'Tests: 1 passed, 1 failed, 9 skipped',
    },
    {
      name: 'fails when Jest left no results',
      steps: [good],
      results: undefined,
      code: 0,
      line: 'Tests: 1 passed, 1 failed',
    },
  ])('$name', ({ steps, results: found, code, line }) => {
    expect(closingLine(tally(steps, found, code))).toBe(line);
  });
});

test('suites that were left out are told with their reasons, each once', () => {
  const title = 'the image (did not run: buildah is not installed)';
  const of = (status: string, ...ancestorTitles: readonly string[]) => ({ status, ancestorTitles });
  const assertionResults = [
    of('pending', title),
    of('pending', title, 'inside'),
    of('pending', 'a skipped one'),
    of('passed', 'one (did not run: on Mondays)'),
  ];
  expect(leftOut(results({ testResults: [{ assertionResults }] }))).toEqual([title]);
  expect(leftOut(undefined)).toEqual([]);
});
