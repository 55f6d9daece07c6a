import { describe, expect, test } from '@jest/globals';
import { SilencesWire, SilenceWire } from '../../../src/adapters/http/wire/silence.ts';
import { aWorld } from './http-world.ts';
import { problemOf } from './problem-of.ts';

const words = { by: 'ada', reason: 'new disks' };
const whole = { matcher: { service: 'checkout' }, ...words, for: '2h' };

describe('silences over the API', () => {
  test('are made, listed and ended', async () => {
    await using world = await aWorld();
    const made = SilenceWire.parse(await (await world.post('/api/v1/silences', whole)).json());
    expect(made).toMatchObject({ matcher: { service: 'checkout' }, words: 'service checkout', ...words });
    expect(Date.parse(made.until) - Date.parse(made.from)).toBe(7_200_000);
    const listed = SilencesWire.parse(await (await world.get('/api/v1/silences')).json());
    expect(listed.silences).toEqual([{ ...made, standing: true, incidents: [], pagesSoon: false }]);
    const ended = await world.post(`/api/v1/silences/${made.id}/end`, words);
    expect(SilenceWire.parse(await ended.json())).toEqual(made);
    expect(await (await world.get('/api/v1/silences')).json()).toEqual({ silences: [] });
    expect(await problemOf(await world.post(`/api/v1/silences/${made.id}/end`, words))).toMatchObject({
      status: 404,
      reason: 'unknown-silence',
    });
  });

  const past = '2020-01-01T00:00:00Z';
  const long = 'x'.repeat(5000);
  test.each<readonly [string, unknown, number]>([
    ['no matcher', { ...words, for: '2h' }, 400],
    ['an empty matcher', { ...whole, matcher: {} }, 422],
    ['a matcher with an unknown field', { ...whole, matcher: { services: 'checkout' } }, 400],
    ['a matcher that is a text', { ...whole, matcher: 'checkout' }, 400],
    ['labels without any', { ...whole, matcher: { labels: {} } }, 400],
    ['a label that is no text', { ...whole, matcher: { labels: { team: 1 } } }, 400],
    [
      'too many labels',
      { ...whole, matcher: { labels: Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`l${at}`, 'x'])) } },
      400,
    ],
    ['another severity', { ...whole, matcher: { severity: 'critical' } }, 400],
    ['a service that is not watched', { ...whole, matcher: { service: 'nobody' } }, 404],
    ['an unknown field', { ...whole, until2: 'x' }, 400],
    ['nobody', { ...whole, by: '' }, 400],
    ['a name of control characters', { ...whole, by: '\u202e\u0007' }, 422],
    ['no reason', { ...whole, reason: ' ' }, 422],
    ['a long reason', { ...whole, reason: long }, 400],
    ['no end', { matcher: whole.matcher, ...words }, 400],
    ['two ends', { ...whole, until: '2030-01-01T00:00:00Z' }, 400],
    ['an end that is no instant', { ...whole, for: undefined, until: 'tomorrow' }, 400],
    ['an end without a zone', { ...whole, for: undefined, until: '2026-08-22T03:00:00' }, 400],
    ['an end in the past', { ...whole, for: undefined, until: past }, 422],
    [
      'an end before its beginning',
      { ...whole, for: undefined, from: '2026-08-23T04:00:00Z', until: '2026-08-23T03:00:00Z' },
      422,
    ],
    ['a beginning in the past', { ...whole, from: past }, 422],
    ['a beginning far away', { ...whole, from: '2028-01-01T00:00:00Z' }, 422],
    ['no length', { ...whole, for: '0s' }, 422],
    ['a length that is none', { ...whole, for: 'long' }, 400],
    ['a length that is a number', { ...whole, for: 7200 }, 400],
    ['more than 90 days', { ...whole, for: '91d' }, 422],
    ['everything for more than a day', { ...whole, matcher: { service: '*' }, for: '25h' }, 422],
    ['every page for more than a day', { ...whole, matcher: { severity: 'page' }, for: '25h' }, 422],
    ['a list', [whole], 400],
  ])('refuses %s, and keeps nothing', async (_, body, status) => {
    await using world = await aWorld();
    const problem = await problemOf(await world.post('/api/v1/silences', body));
    expect(problem.status).toBe(status);
    expect(problem.detail).not.toBe('');
    expect(await (await world.get('/api/v1/silences')).json()).toEqual({ silences: [] });
  });

  test('refuse a body that is too large', async () => {
    await using world = await aWorld();
    const response = await world.post('/api/v1/silences', { ...whole, reason: 'x'.repeat(200_000) });
    expect(response.status).toBe(413);
  });

  test('may be about everything for a day', async () => {
    await using world = await aWorld();
    const response = await world.post('/api/v1/silences', { ...whole, matcher: { service: '*' }, for: '24h' });
    expect(response.status).toBe(200);
  });
});
