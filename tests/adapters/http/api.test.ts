import { describe, expect, test } from '@jest/globals';
import { IncidentsWire, IncidentWire } from '../../../src/adapters/http/wire/incident.ts';
import { ReadingsWire, ServicesWire, ServiceWire } from '../../../src/adapters/http/wire/service.ts';
import { StatusWire } from '../../../src/adapters/http/wire/status.ts';
import { IncidentRecordWire } from '../../../src/adapters/http/wire/timeline.ts';
import { anEvent, aWholeStory, eventTypes } from '../../support/incident-story.ts';
import { aWorld } from './http-world.ts';
import { problemOf } from './problem-of.ts';

describe('services and readings', () => {
  test('are told with times, units in names, and reasons in place of missing values', async () => {
    await using world = await aWorld();

    const { services } = ServicesWire.parse(await (await world.get('/api/v1/services')).json());
    const checkout = ServiceWire.parse(await (await world.get('/api/v1/services/checkout')).json());
    const { readings } = ReadingsWire.parse(await (await world.get('/api/v1/readings?service=checkout')).json());

    expect(services.map(({ service }) => service)).toEqual(['checkout', 'search']);
    expect(checkout).toEqual(services[0]);
    expect(checkout).toMatchObject({
      lastPollAt: '2026-08-22T02:02:00.000Z',
      problems: [{ reason: 'groups-dropped' }],
      scopes: [
        {
          group: {},
          line: 'stopped',
          incidentId: 'inc-1',
          targets: [
            {
              signal: 'success_rate',
              bound: 'atLeast',
              boundValue: 0.999,
              windowSeconds: 300,
              verdict: 'missed',
              changePerMinute: -0.01,
              reading: { value: 0.951, good: 951, total: 1000, sampleAt: '2026-08-22T02:01:40.000Z' },
            },
            { verdict: 'unknown' },
          ],
          rules: [{ state: 'firing', since: '2026-08-22T02:00:40.000Z' }, { state: 'inactive' }],
        },
      ],
    });
    expect(readings[1]).toEqual({
      service: 'checkout',
      signal: 'replication_lag',
      group: {},
      fold: 'latest',
      reading: {
        value: null,
        unknown: { reason: 'stale', detail: 'replication_lag: newest sample is 5m old' },
        sampleAt: '2026-08-22T02:00:00.000Z',
      },
    });
  });

  test.each(['/api/v1/services/nothing', '/api/v1/readings?service=nothing'])(
    '%s is told to be unknown',
    async (path) => {
      await using world = await aWorld();

      expect(await problemOf(await world.get(path))).toMatchObject({ status: 404, reason: 'unknown-service' });
    },
  );
});

describe('incidents', () => {
  test('one is told with its timeline, its times in seconds and its acts by name', async () => {
    await using world = await aWorld({ events: aWholeStory() });

    const record = IncidentRecordWire.parse(await (await world.get('/api/v1/incidents/inc-1')).json());

    expect(record.incident).toMatchObject({
      phase: 'closed',
      timeToDetectSeconds: 90,
      timeToNotifySeconds: 3,
      timeToAcknowledgeSeconds: 120,
      timeToRecoverSeconds: 690,
      recoveredAt: '2026-08-22T02:11:40.000Z',
      acknowledgedBy: 'Ada',
      impact: { badEvents: 4200 },
      onset: { at: '2026-08-22T02:00:10.000Z', method: 'change-point' },
    });
    expect(record.timeline.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 opened',
      '2 notified',
      '3 onset-settled',
      '4 acknowledged',
      '5 resolved',
      '6 closed',
    ]);
  });

  test('every type of event fits the schema of the timeline', async () => {
    await using world = await aWorld({ events: eventTypes.map((type, index) => anEvent(type, index + 1, index)) });

    const record = IncidentRecordWire.parse(await (await world.get('/api/v1/incidents/inc-1')).json());

    expect(record.timeline.map(({ type }) => type)).toEqual([...eventTypes]);
    expect(record.timeline.find(({ type }) => type === 'sighted')).toMatchObject({ blindForSeconds: 60 });
  });

  test('are listed newest first, page by page', async () => {
    const events = ['a', 'b', 'c', 'd', 'e'].map((incidentId, index) =>
      anEvent('opened', index + 1, index, { incidentId }),
    );
    await using world = await aWorld({ events });
    const page = async (query: string): Promise<[string[], string | undefined]> => {
      const body = IncidentsWire.parse(await (await world.get(`/api/v1/incidents?limit=2${query}`)).json());
      return [body.incidents.map(({ id }) => id), body.before];
    };

    expect(await page('')).toEqual([['e', 'd'], 'd']);
    expect(await page('&before=d')).toEqual([['c', 'b'], 'b']);
    expect(await page('&before=b')).toEqual([['a'], undefined]);
  });

  test.each([
    ['service=checkout&phase=closed', ['inc-1']],
    ['service=search', []],
    ['phase=open', []],
  ])('are found by %s', async (query, ids) => {
    await using world = await aWorld({ events: aWholeStory() });

    const body = IncidentsWire.parse(await (await world.get(`/api/v1/incidents?${query}`)).json());

    expect(body.incidents.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ['limit=0', 'query.limit'],
    ['limit=501', 'query.limit'],
    ['limit=ten', 'query.limit'],
    ['phase=shut', 'query.phase'],
    ['severity=page', 'severity'],
    ['service=a&service=b', 'query.service'],
  ])('a list asked for with %s is refused, naming the field', async (query, named) => {
    await using world = await aWorld();

    const problem = await problemOf(await world.get(`/api/v1/incidents?${query}`));

    expect(problem).toMatchObject({ status: 400, reason: 'invalid-request' });
    expect(problem.problems?.join()).toContain(named);
  });

  test.each(['/api/v1/incidents/nothing', '/api/v1/incidents?before=nothing'])(
    '%s is told to be unknown',
    async (path) => {
      await using world = await aWorld();

      expect(await problemOf(await world.get(path))).toMatchObject({ status: 404, reason: 'unknown-incident' });
    },
  );
});

describe('acts on an incident', () => {
  const open = [anEvent('opened', 1, 100)];

  test('an acknowledgement is in the incident, in the timeline, and made once', async () => {
    await using world = await aWorld({ events: open });
    const acknowledge = async (by: string): Promise<IncidentWireType> =>
      IncidentWire.parse(
        await (await world.post('/api/v1/incidents/inc-1/acknowledge', { by, note: 'looking' })).json(),
      );

    expect((await acknowledge('Ada')).acknowledgedBy).toBe('Ada');
    expect((await acknowledge('Grace')).acknowledgedBy).toBe('Ada');
    expect(world.book.get('inc-1')?.timeline.map(({ type }) => type)).toEqual(['opened', 'acknowledged']);
  });

  test.each([
    ['limit=ten', 'query.limit: must be a number'],
    ['limit=1.5', 'query.limit: must be a whole number'],
    ['limit=0', 'query.limit: must be 1 or more'],
    ['limit=501', 'query.limit: must be at most 500'],
    ['phase=shut', 'query.phase: must be one of open, watching, closed'],
    ['severity=page', 'query: does not take "severity"'],
    ['service=a&service=b', 'query.service: must be a text'],
    ['service=', 'query.service: must have a character or more'],
  ])('what is wrong with %s is said in words', async (query, said) => {
    await using world = await aWorld();

    expect((await problemOf(await world.get(`/api/v1/incidents?${query}`))).detail).toBe(said);
  });

  test.each([
    [{ note: 'x' }, 'body.by: is missing'],
    [{ by: 7, note: 'x' }, 'body.by: must be a text'],
    [{ by: 'Ada', note: 'x'.repeat(4001) }, 'body.note: must have at most 4000 characters'],
    [[1], 'body: must be an object'],
  ])('what is wrong with a note is said in words', async (body, said) => {
    await using world = await aWorld({ events: open });

    expect((await problemOf(await world.post('/api/v1/incidents/inc-1/notes', body))).detail).toBe(said);
  });

  test('a note is in the timeline', async () => {
    await using world = await aWorld({ events: open });

    const response = await world.post('/api/v1/incidents/inc-1/notes', { by: 'Ada', note: '<b>rolled back</b>' });

    expect(response.status).toBe(200);
    expect(world.book.get('inc-1')?.timeline.at(-1)).toMatchObject({ type: 'noted', note: '<b>rolled back</b>' });
  });

  test.each([
    ['an unknown incident', '/api/v1/incidents/nothing/notes', { by: 'Ada', note: 'x' }, 404, 'unknown-incident'],
    ['no name', '/api/v1/incidents/inc-1/notes', { note: 'x' }, 400, 'invalid-request'],
    ['an empty name', '/api/v1/incidents/inc-1/notes', { by: ' ', note: 'x' }, 422, 'invalid-request'],
    ['a note too long', '/api/v1/incidents/inc-1/notes', { by: 'Ada', note: 'x'.repeat(4001) }, 400, 'invalid-request'],
    ['an unknown field', '/api/v1/incidents/inc-1/acknowledge', { by: 'Ada', reson: 'x' }, 400, 'invalid-request'],
    ['a list', '/api/v1/incidents/inc-1/acknowledge', [1], 400, 'invalid-request'],
    ['broken JSON', '/api/v1/incidents/inc-1/acknowledge', '{"by": "Ada"', 400, 'malformed-json'],
    ['65 KiB', '/api/v1/incidents/inc-1/notes', { by: 'Ada', note: 'x'.repeat(65 * 1024) }, 413, 'body-too-large'],
  ])('%s is refused, and nothing happens', async (_, path, body, status, reason) => {
    await using world = await aWorld({ events: open });

    expect(await problemOf(await world.post(path, body))).toMatchObject({ status, reason });
    expect(world.book.get('inc-1')?.timeline).toHaveLength(1);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', 'not-json'],
    ['no type', undefined, 'not-json'],
    ['another character set', 'application/json; charset=latin1', 'unsupported-encoding'],
  ])('a body as %s is refused', async (_, type, reason) => {
    await using world = await aWorld({ events: open });

    const response = await world.post('/api/v1/incidents/inc-1/acknowledge', Buffer.from('{"by":"Ada"}').toString(), {
      'content-type': type ?? '',
    });

    expect(await problemOf(response)).toMatchObject({ status: 415, reason });
  });

  test('a closed incident that nobody acknowledged is a conflict', async () => {
    await using world = await aWorld({ events: aWholeStory().filter(({ type }) => type !== 'acknowledged') });

    expect(await problemOf(await world.post('/api/v1/incidents/inc-1/acknowledge', { by: 'Ada' }))).toMatchObject({
      status: 409,
      reason: 'closed-incident',
    });
  });

  test('a store that cannot write is told, with its reason', async () => {
    const failing = async () =>
      await Promise.resolve({ kind: 'not-stored' as const, reason: 'full' as const, detail: 'no space' });
    await using world = await aWorld({
      events: open,
      parts: { responder: { acknowledge: failing, note: failing, close: failing } },
    });

    const problem = await problemOf(await world.post('/api/v1/incidents/inc-1/acknowledge', { by: 'Ada' }));

    expect(problem).toMatchObject({
      status: 503,
      reason: 'not-stored',
      detail: 'nothing was recorded (full): no space',
    });
  });
});

type IncidentWireType = ReturnType<typeof IncidentWire.parse>;

describe('operations', () => {
  test('is healthy from the start, and ready once every service has been evaluated', async () => {
    await using world = await aWorld();
    world.answers.readiness = { ready: false, reasons: ['checkout: its past is being read'] };

    expect((await world.get('/-/healthy')).status).toBe(200);
    expect(await problemOf(await world.get('/-/ready'))).toMatchObject({
      status: 503,
      reason: 'not-ready',
      problems: ['checkout: its past is being read'],
    });

    world.answers.readiness = { ready: true, reasons: [] };
    expect((await world.get('/-/ready')).status).toBe(200);
  });

  test('a reload says whether the new rules run, and if not, everything that is wrong', async () => {
    await using world = await aWorld();

    world.answers.reload = { ok: true, atNextStart: ['data: /b takes effect at the next start'] };
    expect(await (await world.post('/-/reload')).json()).toEqual({
      reloaded: true,
      atNextStart: ['data: /b takes effect at the next start'],
    });

    world.answers.reload = {
      ok: false,
      reason: 'rules-refused',
      diagnostics: ['a.yaml:3:7: unknown field', 'b.yaml:1:1: empty'],
    };
    expect(await problemOf(await world.post('/-/reload'))).toMatchObject({
      status: 422,
      reason: 'rules-refused',
      problems: ['a.yaml:3:7: unknown field', 'b.yaml:1:1: empty'],
    });
  });

  test('status tells rules, store, sources and channels', async () => {
    await using world = await aWorld();

    const status = StatusWire.parse(await (await world.get('/api/v1/status')).json());

    expect(status).toMatchObject({
      version: '0.1.0',
      ready: true,
      reload: { ok: false, problems: ['a.yaml:3:7: no'] },
      store: { degraded: true, reason: 'full' },
      sources: [{ name: 'main', clockSkewSeconds: -0.25, lastError: { reason: 'timeout' } }, { name: 'other' }],
      channels: [{ name: 'pager', pending: 1, lastError: { reason: 'throttled' } }],
    });
  });

  test('metrics are served as they are', async () => {
    await using world = await aWorld();

    const response = await world.get('/metrics');

    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('andon_up 1\n');
  });
});

describe('everything else', () => {
  test.each([
    ['GET', '/nothing', 404, 'unknown-path'],
    ['GET', '/api/v1/incidents/inc-1/acknowledge', 405, 'wrong-method'],
    ['DELETE', '/api/v1/incidents/inc-1', 405, 'wrong-method'],
    ['PUT', '/-/reload', 405, 'wrong-method'],
    ['POST', '/metrics', 405, 'wrong-method'],
    ['GET', '/api/v1/services/%ZZ', 400, 'malformed-request'],
  ])('%s %s is a problem with a hint', async (method, path, status, reason) => {
    await using world = await aWorld();

    const response = await fetch(world.address.url + path, { method });

    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status, reason });
    expect(problem.hint).not.toBe('');
    if (status === 405) expect(response.headers.get('allow')).toMatch(/^(GET, HEAD|POST)$/);
  });

  test('a fault of Andon’s own is logged with its cause and told without it', async () => {
    await using world = await aWorld();
    world.answers.scrape = async () => await Promise.reject(new Error('secret detail'));

    const problem = await problemOf(await world.get('/metrics'));

    expect(problem).toMatchObject({ status: 500, reason: 'unexpected' });
    expect(JSON.stringify(problem)).not.toContain('secret detail');
    expect(world.log.lines).toMatchObject([
      { level: 'error', fields: { route: '/metrics', error: { message: 'secret detail' } } },
    ]);
  });

  test('answers carry the headers that keep browsers safe, and do not name the framework', async () => {
    await using world = await aWorld();

    for (const path of ['/', '/api/v1/services', '/nothing']) {
      const { headers } = await world.get(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers.has('x-powered-by')).toBe(false);
    }
  });

  test('requests are counted by route, never by what was asked', async () => {
    await using world = await aWorld();
    for (const path of ['/api/v1/services/checkout', '/api/v1/services/nothing', '/wp-login.php']) {
      await (await world.get(path)).text();
    }

    expect(world.requests.map(({ route, method, status }) => [route, method, status])).toEqual([
      ['/api/v1/services/{name}', 'GET', 200],
      ['/api/v1/services/{name}', 'GET', 404],
      ['unknown', 'any', 404],
    ]);
    for (const { durationMs } of world.requests) expect(durationMs).toBeGreaterThan(0);
  });
});
