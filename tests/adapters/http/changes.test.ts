import { describe, expect, test } from '@jest/globals';
import { ChangesWire, ChangeTakenWire, ChangeWire } from '../../../src/adapters/http/wire/change.ts';
import { aWholeStory } from '../../support/incident-story.ts';
import { aWorld } from './http-world.ts';
import { problemOf } from './problem-of.ts';

const path = '/api/v1/changes';
const report = { change: 'deploy-42', service: 'checkout', version: 'v42' };

describe('POST /api/v1/changes', () => {
  test('records a change and tells what is known of it', async () => {
    await using world = await aWorld();
    const whole = {
      ...report,
      kind: 'configuration',
      before: 'v41',
      summary: 'a longer timeout',
      by: 'ada',
      environment: 'production',
      link: 'https://ci.example.com/42',
      rollback: 'kubectl rollout undo deployment/checkout',
      startedAt: '2026-08-22T03:50:00+02:00',
      finishedAt: '2026-08-22T01:55:00.500Z',
      outcome: 'succeeded',
    };
    const taken = ChangeTakenWire.parse(await (await world.post(path, whole)).json());
    expect(taken).toMatchObject({
      result: 'recorded',
      change: {
        id: 'deploy-42',
        origin: 'api',
        kind: 'configuration',
        startedAt: '2026-08-22T01:50:00.000Z',
        finishedAt: '2026-08-22T01:55:00.500Z',
        outcome: 'succeeded',
        rollback: 'kubectl rollout undo deployment/checkout',
      },
    });
    expect(taken.change).not.toHaveProperty('told');
    expect(world.reports).toEqual(['api recorded']);
  });

  test('knows the command line by its name', async () => {
    await using world = await aWorld();
    await world.post(path, report, { 'user-agent': 'andon-cli' });
    expect(world.gates.changes.get('checkout', 'deploy-42')?.origin).toBe('cli');
  });

  test('refuses a service that nobody watches, and says which may be meant', async () => {
    await using world = await aWorld();
    expect(await problemOf(await world.post(path, { ...report, service: 'chekout' }))).toMatchObject({
      status: 404,
      reason: 'unknown-service',
      detail: 'no service named "chekout" is watched; did you mean checkout?',
    });
    expect(world.gates.written).toEqual([]);
  });

  test.each([
    ['no id', { change: undefined }, 400, 'body.change: is missing'],
    ['a time that is none', { startedAt: 'soon' }, 400, 'body.startedAt: must be a time such as 2026-08-22T02:07:11Z'],
    ['an unknown outcome', { outcome: 'fine' }, 400, 'body.outcome: must be one of succeeded, failed, rolled-back'],
    ['too long a summary', { summary: 'x'.repeat(1001) }, 400, 'body.summary: must have at most 1000 characters'],
    ['a link that is none', { link: 'ftp://x' }, 422, 'the link is no http or https URL'],
    ['a time to come', { startedAt: '2027-01-01T00:00:00Z' }, 422, '`startedAt` is more than 5m in the future'],
  ])('refuses a report with %s', async (_, said, status, detail) => {
    await using world = await aWorld();
    expect(await problemOf(await world.post(path, { ...report, ...said }))).toMatchObject({
      status,
      detail: expect.stringContaining(detail) as unknown,
    });
    expect(world.gates.written).toEqual([]);
  });

  test('takes a remedy of an incident that is open, which the gate then lets pass, and of no other', async () => {
    const [opened] = aWholeStory();
    await using world = await aWorld({ events: opened === undefined ? [] : [opened] });
    const remedies = { incident: opened?.incidentId ?? '', by: 'ada', reason: 'rolls the cache back' };
    await world.post('/api/v1/gate/checkout/freeze', { by: 'grace', reason: 'on fire' });
    expect(await problemOf(await world.post(path, { ...report, remedies }))).toMatchObject({
      status: 422,
      reason: 'not-a-remedy',
      detail: expect.stringContaining('may be its cause') as unknown,
    });
    await world.gates.clock.advance(86_400_000);
    expect((await world.post(path, { ...report, remedies })).status).toBe(200);
    expect(await (await world.get(`${path}?service=checkout`)).json()).toMatchObject({ changes: [{ remedies }] });
    const id = opened?.incidentId ?? '';
    const { timeline } = (await (await world.get(`/api/v1/incidents/${id}`)).json()) as { timeline: unknown[] };
    expect(timeline).toMatchObject([
      { type: 'opened' },
      { type: 'remedy-refused', change: 'deploy-42', text: expect.stringContaining('not believed') as unknown },
      { type: 'remedy-claimed', change: 'deploy-42', by: 'ada', reason: 'rolls the cache back' },
    ]);
    const page = await (await world.get(`/incidents/${id}`)).text();
    expect(page).toContain('ada said that change deploy-42 of checkout mends it: rolls the cache back');
    world.gates.poll('search', 1);
    expect(await problemOf(await world.post(path, { ...report, service: 'search', remedies }))).toMatchObject({
      status: 422,
      reason: 'unseen-incident',
    });
    const unknown = { ...report, remedies: { ...remedies, incident: 'nothing' } };
    expect(await problemOf(await world.post(path, unknown))).toMatchObject({
      status: 422,
      reason: 'unknown-incident',
    });
  });
});

describe('GET', () => {
  test('lists changes, newest first, and shows one', async () => {
    await using world = await aWorld();
    await world.post(path, { ...report, change: 'a/1', startedAt: '2026-08-22T01:00:00Z' });
    await world.post(path, { ...report, change: 'b', startedAt: '2026-08-22T01:30:00Z' });
    const ids = async (query: string): Promise<string[]> =>
      ChangesWire.parse(await (await world.get(path + query)).json()).changes.map(({ id }) => id);
    expect(await ids('')).toEqual(['b', 'a/1']);
    expect(await ids('?service=checkout&limit=1')).toEqual(['b']);
    expect(ChangeWire.parse(await (await world.get('/api/v1/services/checkout/changes/a%2F1')).json()).id).toBe('a/1');
  });

  test.each([
    ['/api/v1/changes?service=chekout', 404, 'unknown-service'],
    ['/api/v1/changes?limit=0', 400, 'invalid-request'],
    ['/api/v1/changes?limit=501', 400, 'invalid-request'],
    ['/api/v1/changes?since=1', 400, 'invalid-request'],
    ['/api/v1/services/checkout/changes/none', 404, 'unknown-change'],
    ['/api/v1/services/__proto__/changes/constructor', 404, 'unknown-change'],
  ])('of %s is %i %s', async (asked, status, reason) => {
    await using world = await aWorld();
    expect(await problemOf(await world.get(asked))).toMatchObject({ status, reason });
  });
});
