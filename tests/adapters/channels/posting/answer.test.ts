import { describe, expect, test } from '@jest/globals';
import { judgeAnswer, judgeFailure, retryAfterMs } from '../../../../src/adapters/channels/posting/answer.ts';

const now = Date.UTC(2026, 7, 22, 2, 0, 0);

describe('Retry-After', () => {
  test.each([
    { name: 'seconds', value: '120', date: null, ms: 120_000 },
    { name: 'zero', value: '0', date: null, ms: 0 },
    { name: 'parts of a second', value: ' 1.5 ', date: null, ms: 1_500 },
    { name: 'a date', value: 'Sat, 22 Aug 2026 02:00:30 GMT', date: null, ms: 30_000 },
    {
      name: 'a date by a clock that is an hour ahead',
      value: 'Sat, 22 Aug 2026 03:00:30 GMT',
      date: 'Sat, 22 Aug 2026 03:00:00 GMT',
      ms: 30_000,
    },
    { name: 'a date that has passed', value: 'Sat, 22 Aug 2026 01:00:00 GMT', date: null, ms: 0 },
    { name: 'nonsense', value: 'soon', date: null, ms: undefined },
    { name: 'a negative number', value: '-1', date: null, ms: undefined },
    { name: 'nothing', value: null, date: null, ms: undefined },
  ])('as $name', ({ value, date, ms }) => {
    expect(retryAfterMs(value, date, now)).toBe(ms);
  });
});

test.each([
  [200, 'accepted'],
  [202, 'accepted'],
  [204, 'accepted'],
  [299, 'accepted'],
  [304, 'refused'],
  [400, 'refused'],
  [408, 'retry'],
  [410, 'gone'],
  [425, 'retry'],
  [429, 'retry'],
  [451, 'refused'],
  [501, 'retry'],
  [599, 'retry'],
])('HTTP %d is %s', (status, kind) => {
  expect(judgeAnswer(status, () => null, 'https://hooks.example.com', now).kind).toBe(kind);
});

test.each([
  ['ECONNREFUSED', 'cannot reach https://hooks.example.com: connection refused (ECONNREFUSED)'],
  ['CERT_HAS_EXPIRED', 'cannot reach https://hooks.example.com: its certificate has expired (CERT_HAS_EXPIRED)'],
  ['ESTRANGE', 'cannot reach https://hooks.example.com: the exchange broke off (ESTRANGE)'],
])('%s is told in words', (code, detail) => {
  const error = Object.assign(new Error('request to https://hooks.example.com/T0KEN failed'), { code });
  expect(judgeFailure(error, 'https://hooks.example.com')).toEqual({ kind: 'retry', reason: 'unreachable', detail });
});

test('a failure without a code keeps its message to itself', () => {
  const result = judgeFailure(new Error('https://hooks.example.com/T0KEN'), 'https://hooks.example.com');
  expect(result).toMatchObject({ kind: 'retry', reason: 'unreachable' });
  expect(JSON.stringify(result)).not.toContain('T0KEN');
});
