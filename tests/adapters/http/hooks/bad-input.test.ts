import { describe, expect, test } from '@jest/globals';
import { problemOf } from '../problem-of.ts';
import { aHookWorld, api, argocd, bearer, cdevents, flagger, github, pagerduty, secret } from './hook-bench.ts';

/** One way in: what it takes, and how a request proves where it comes from. */
interface WayIn {
  readonly path: string;
  /** Largest body, KiB. */
  readonly limit: number;
  readonly good: object;
  /** The same change, told at an earlier time. */
  readonly earlier: object;
  /** A good one with a field that nobody knows, and whether that is refused. */
  readonly unknownField: object;
  readonly isStrict?: true;
  /** Bodies that are JSON and none of its own. */
  readonly misfits: readonly (readonly [string, unknown])[];
  headers(body: string | Buffer): Record<string, string>;
  readonly wrong: (body: string | Buffer) => Record<string, string>;
  /** Its proof stands in the body: a good body with another one, and with none. */
  readonly inBody?: { readonly wrong: object; readonly none: object };
}

const token = { headers: () => bearer, wrong: () => ({ authorization: 'Bearer wrong' }) };
const misfits: WayIn['misfits'] = [
  ['null', null],
  ['a list', []],
  ['a text', 'checkout'],
  ['an empty object', {}],
];
const waysIn: readonly (readonly [string, WayIn])[] = [
  [
    'POST /api/v1/changes',
    {
      ...token,
      path: api.path,
      limit: 64,
      good: api.body({ outcome: 'succeeded', finishedAt: '2026-08-22T01:55:00Z' }),
      earlier: api.body(),
      unknownField: api.body({ colour: 'red' }),
      isStrict: true,
      misfits: [...misfits, ['a service that is a list', api.body({ service: ['checkout'] })]],
    },
  ],
  [
    'GitHub',
    {
      path: github.path,
      limit: 1024,
      good: github.body('success', '2026-08-22T01:50:00Z'),
      earlier: github.body('in_progress', '2026-08-22T01:45:00Z'),
      unknownField: { ...github.body(), colour: 'red' },
      misfits: [...misfits, ['a deployment without an id', { ...github.body(), deployment: { sha: 'x' } }]],
      headers: (body) => github.headers(body),
      wrong: (body) => github.headers(body, 'another secret'),
    },
  ],
  [
    'Flagger',
    {
      ...token,
      path: flagger.path,
      limit: 64,
      good: flagger.body('Succeeded'),
      earlier: flagger.body('Progressing', 'Advance checkout.shop canary weight 10', 1_787_363_000_000),
      unknownField: { ...flagger.body(), colour: 'red' },
      misfits: [...misfits, ['no metadata', { ...flagger.body(), metadata: undefined }]],
    },
  ],
  [
    'Argo CD',
    {
      ...token,
      path: argocd.path,
      limit: 64,
      good: argocd.body('Succeeded'),
      earlier: argocd.body('Running'),
      unknownField: argocd.body('Succeeded', { colour: 'red' }),
      misfits: [...misfits, ['a time that is none', argocd.body('Succeeded', { startedAt: 'yesterday' })]],
    },
  ],
  [
    'CDEvents',
    {
      ...token,
      path: cdevents.path,
      limit: 256,
      good: cdevents.body('rolledback', { chainId: 'c1', id: 'e2' }),
      earlier: cdevents.body('deployed', { chainId: 'c1', id: 'e1', timestamp: '2026-08-22T01:20:00Z' }),
      unknownField: { ...cdevents.body(), colour: 'red' },
      misfits: [...misfits, ['no subject', { context: cdevents.body().context }]],
    },
  ],
  [
    'PagerDuty change events',
    {
      path: pagerduty.path,
      limit: 512,
      good: pagerduty.body({
        timestamp: '2026-08-22T01:55:00Z',
        custom_details: { service: 'checkout', change: 'b2', outcome: 'failed' },
      }),
      earlier: pagerduty.body({ custom_details: { service: 'checkout', change: 'b2' } }),
      unknownField: { ...pagerduty.body(), colour: 'red' },
      misfits: [
        ['no summary', { routing_key: secret, payload: {} }],
        ['no payload', { routing_key: secret }],
      ],
      headers: () => ({}),
      wrong: () => ({}),
      inBody: { wrong: pagerduty.body({}, 'another key'), none: { payload: pagerduty.body().payload } },
    },
  ],
];

describe.each(waysIn)('%s', (_, way) => {
  const text = JSON.stringify(way.good);

  test('takes what it is for', async () => {
    await using hooks = await aHookWorld();
    const response = await hooks.send(way.path, text, way.headers(text));
    expect([200, 202]).toContain(response.status);
    expect(await response.json()).toMatchObject({ result: 'recorded' });
    expect(hooks.world.gates.written).toHaveLength(1);
  });

  test('takes nothing from who bears no proof', async () => {
    await using hooks = await aHookWorld();
    const body = way.inBody === undefined ? text : JSON.stringify(way.inBody.none);
    expect(await problemOf(await hooks.send(way.path, body))).toMatchObject({
      status: 401,
      reason: expect.stringMatching(/^(?:token|signature)-missing$/) as unknown,
    });
    expect(hooks.world.gates.written).toEqual([]);
  });

  test('takes nothing from who bears the wrong proof', async () => {
    await using hooks = await aHookWorld();
    const body = way.inBody === undefined ? text : JSON.stringify(way.inBody.wrong);
    expect(await problemOf(await hooks.send(way.path, body, way.wrong(body)))).toMatchObject({
      status: 401,
      reason: expect.stringMatching(/^(?:token|signature)-wrong$/) as unknown,
    });
    expect(hooks.world.gates.written).toEqual([]);
  });

  test.each([
    ['cut off', text.slice(0, -2)],
    ['nothing at all', ''],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['two values', `${text}${text}`],
    ['brackets without end', '['.repeat(20_000)],
  ])('refuses a body that is %s', async (_, body) => {
    await using hooks = await aHookWorld();
    expect((await problemOf(await hooks.send(way.path, body, way.headers(body)))).status).toBe(400);
    expect(hooks.world.gates.written).toEqual([]);
  });

  test.each(way.misfits)('refuses %s', async (_, misfit) => {
    await using hooks = await aHookWorld();
    const body = JSON.stringify(misfit);
    const { status, hint } = await problemOf(await hooks.send(way.path, body, way.headers(body)));
    expect(status).toBe(400);
    expect(hint).not.toBe('');
    expect(hooks.world.gates.written).toEqual([]);
  });

  test('refuses a body of one byte more than it reads, and not one of exactly as many', async () => {
    await using hooks = await aHookWorld();
    const fits = text + ' '.repeat(way.limit * 1024 - text.length);
    const tooLarge = `${fits} `;
    expect(await problemOf(await hooks.send(way.path, tooLarge, way.headers(tooLarge)))).toMatchObject({
      status: 413,
      reason: 'body-too-large',
      detail: `at most ${way.limit} KiB are taken`,
    });
    expect(hooks.world.gates.written).toEqual([]);
    expect((await hooks.send(way.path, fits, way.headers(fits))).ok).toBe(true);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'refuses %s',
    async (type) => {
      await using hooks = await aHookWorld();
      const headers = { ...way.headers(text), 'content-type': type };
      expect(await problemOf(await hooks.send(way.path, text, headers))).toMatchObject({
        status: 415,
        reason: 'not-json',
      });
      expect(hooks.world.gates.written).toEqual([]);
    },
  );

  test('writes what comes again once', async () => {
    await using hooks = await aHookWorld();
    const send = async (): Promise<unknown> => await (await hooks.send(way.path, text, way.headers(text))).json();
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers.filter((each) => (each as { result: string }).result === 'recorded')).toHaveLength(1);
    await hooks.world.gates.clock.advance(3_600_000);
    expect(await send()).toMatchObject({ result: 'unchanged' });
    expect(hooks.world.gates.written).toHaveLength(1);
  });

  test('comes to the same whichever report comes first, and however often', async () => {
    const after = async (reports: readonly object[]): Promise<unknown> => {
      await using hooks = await aHookWorld();
      for (const report of reports) {
        const body = JSON.stringify(report);
        expect((await hooks.send(way.path, body, way.headers(body))).ok).toBe(true);
      }
      const [change, ...others] = hooks.world.gates.changes.of('checkout');
      expect(others).toEqual([]);
      return { ...change, told: undefined };
    };
    const { earlier, good } = way;
    const inOrder = await after([earlier, good]);
    expect(await after([good, earlier])).toEqual(inOrder);
    expect(await after([good, earlier, good, earlier])).toEqual(inOrder);
  });

  test(`${way.isStrict === true ? 'refuses' : 'leaves out'} a field that it does not know`, async () => {
    await using hooks = await aHookWorld();
    const body = JSON.stringify(way.unknownField);
    const response = await hooks.send(way.path, body, way.headers(body));
    expect(response.status).toBeLessThan(way.isStrict === true ? 401 : 203);
    expect(response.ok).toBe(way.isStrict !== true);
    expect(JSON.stringify(hooks.world.gates.written)).not.toContain('colour');
  });

  test('is not led astray by the names that objects have of their own', async () => {
    await using hooks = await aHookWorld();
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const body = text.replaceAll('"checkout"', JSON.stringify(name)).replace('{', '{"__proto__":{"polluted":true},');
      const response = await hooks.send(way.path, body, way.headers(body));
      expect(response.status).toBeLessThan(500);
    }
    expect(hooks.world.gates.written).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('says so when the store cannot keep it, so that it is sent again, and loses nothing', async () => {
    await using hooks = await aHookWorld();
    hooks.world.gates.refuses = true;
    expect(await problemOf(await hooks.send(way.path, text, way.headers(text)))).toMatchObject({
      status: 503,
      reason: 'not-stored',
    });
    hooks.world.gates.refuses = false;
    expect(await (await hooks.send(way.path, text, way.headers(text))).json()).toMatchObject({ result: 'recorded' });
  });

  test('tells its secret to no log and no metric', async () => {
    await using hooks = await aHookWorld();
    await hooks.send(way.path, text, way.headers(text));
    await hooks.send(`${way.path}?token=${secret}`, 'x');
    const { log, requests } = hooks.world;
    expect(JSON.stringify([log.lines, hooks.world.gates.log.lines, requests])).not.toContain(secret);
  });
});

test.each(waysIn.slice(1))(
  '%s is switched off unless the settings name it, and says how to change that',
  async (_, way) => {
    await using hooks = await aHookWorld({}, { inbound: {} });
    const body = JSON.stringify(way.good);
    const problem = await problemOf(await hooks.send(way.path, body, way.headers(body)));
    expect(problem).toMatchObject({ status: 404, reason: 'switched-off' });
    expect(problem.hint).toMatch(/under `inbound` in andon\.yaml, and reload: \w+: \{ (?:secret|token)File: /);
    expect(hooks.world.gates.written).toEqual([]);
  },
);
