import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../../src/domain/change/change.ts';
import type { Inbound } from '../../../../src/adapters/http/hooks/inbound.ts';
import { aHookWorld, argocd, bearer, cdevents, flagger, github, pagerduty, secret } from './hook-bench.ts';

type Settings = { readonly [K in keyof Inbound]?: object };

interface Heard {
  readonly status: number;
  readonly answer: { readonly result: string; readonly words: string };
  readonly change: Change | undefined;
}

/** What becomes of messages that come one after another; the answer is the one to the last. */
async function hear(
  path: string,
  bodies: readonly object[],
  headers: (body: string) => Record<string, string>,
  settings: Settings = {},
): Promise<Heard> {
  await using hooks = await aHookWorld(settings);
  let response: Response | undefined;
  for (const each of bodies) {
    const body = JSON.stringify(each);
    response = await hooks.send(path, body, headers(body));
  }
  const answer = (await response?.json()) as Heard['answer'];
  return { status: response?.status ?? 0, answer, change: hooks.world.gates.changes.newest(1)[0] };
}

const at = (time: string): number => Date.parse(`2026-08-22T${time}Z`);

describe('GitHub', () => {
  const hearGithub = async (bodies: readonly object[], settings: object = {}): Promise<Heard> =>
    await hear(github.path, bodies, (body) => github.headers(body), { github: settings });

  test('tells of a deployment from its beginning to its end', async () => {
    const bodies = [github.body('in_progress', '2026-08-22T01:45:00Z'), github.body('success', '2026-08-22T01:50:00Z')];
    const { status, answer, change } = await hearGithub(bodies);
    expect(status).toBe(200);
    expect(answer).toEqual({
      result: 'recorded',
      words: 'the change is recorded',
      change: 'github-42',
      service: 'checkout',
    });
    expect(change).toMatchObject({
      id: 'github-42',
      service: 'checkout',
      origin: 'github',
      kind: 'deployment',
      version: 'a10867b14bb761a232cd80139fbd4c0d33264240',
      summary: 'Deployed by Actions',
      by: 'ada',
      environment: 'production',
      link: 'https://github.com/shop/checkout/actions/runs/1',
      startedAt: at('01:45:00'),
      finishedAt: at('01:50:00'),
      outcome: 'succeeded',
    });
  });

  test.each([
    ['failure', 'failed'],
    ['error', 'failed'],
    ['success', 'succeeded'],
  ])('calls %s %s', async (state, outcome) => {
    expect((await hearGithub([github.body(state)])).change).toMatchObject({ outcome });
  });

  test.each(['pending', 'queued', 'waiting', 'inactive', 'whatever comes next', '__proto__'])(
    'takes %s for no change',
    async (state) => {
      const { status, answer, change } = await hearGithub([github.body(state)]);
      expect({ status, result: answer.result, change }).toEqual({ status: 200, result: 'ignored', change: undefined });
    },
  );

  test.each(['ping', 'deployment', 'push'])('answers %s and keeps nothing', async (event) => {
    const heard = await hear(github.path, [{ zen: 'Keep it logically awesome.' }], (body) => ({
      ...github.headers(body),
      'x-github-event': event,
    }));
    expect(heard).toMatchObject({ status: 200, answer: { result: 'ignored' }, change: undefined });
  });

  test.each([
    ['repository and environment', { 'shop/checkout/production': 'checkout', 'shop/checkout': 'other' }],
    ['repository', { 'shop/checkout': 'checkout', production: 'other' }],
    ['environment', { production: 'checkout' }],
  ])('finds the service by %s', async (_, services) => {
    const body = { ...github.body(), repository: { name: 'x', full_name: 'shop/checkout' } };
    expect((await hearGithub([body], { services })).change?.service).toBe('checkout');
  });

  test('tells of no service that is not watched, and is not told that this is wrong', async () => {
    const body = { ...github.body(), repository: { name: 'blog', full_name: 'shop/blog' } };
    expect(await hearGithub([body])).toMatchObject({
      status: 202,
      answer: { result: 'ignored', words: 'no service named "blog" is watched' },
      change: undefined,
    });
  });

  test.each([
    ['a transient environment', github.body('success', undefined, { transient_environment: true }), {}],
    ['an environment that the settings leave out', github.body(), { environments: ['staging'] }],
  ])('keeps nothing of %s', async (_, body, settings) => {
    expect(await hearGithub([body], settings)).toMatchObject({ answer: { result: 'ignored' }, change: undefined });
  });

  test('is cut to what is kept, and its links are looked at', async () => {
    const body = github.body();
    Object.assign(body.deployment_status, { description: 'x'.repeat(5000), log_url: 'javascript:alert(1)' });
    const { change } = await hearGithub([body]);
    expect(change?.summary).toHaveLength(1000);
    expect(change?.link).toBeUndefined();
  });
});

describe('Flagger', () => {
  const hearFlagger = async (bodies: readonly object[], settings: object = {}): Promise<Heard> =>
    await hear(flagger.path, bodies, () => bearer, { flagger: settings });

  test('tells of a canary from its first step to its promotion', async () => {
    const bodies = [
      flagger.body('Progressing', 'Starting canary analysis for checkout.shop', at('01:40:00')),
      flagger.body('Progressing', 'Advance checkout.shop canary weight 10', at('01:41:00')),
      flagger.body('Succeeded', 'Promotion completed! Scaling down checkout.shop', at('01:50:00')),
    ];
    const { status, change } = await hearFlagger(bodies);
    expect(status).toBe(202);
    expect(change).toMatchObject({
      id: 'flagger-shop-checkout-85d557f47b',
      environment: 'shop',
      startedAt: at('01:40:00'),
      finishedAt: at('01:50:00'),
      outcome: 'succeeded',
    });
  });

  test('writes its steps once', async () => {
    const step = (weight: number): object =>
      flagger.body('Progressing', `Advance canary weight ${weight}`, at('01:40:00') + weight * 1000);
    expect((await hearFlagger([step(10), step(20)])).answer.result).toBe('unchanged');
  });

  test('takes a canary that failed for a change that was rolled back, and says why', async () => {
    const message = 'Rolling back checkout.shop failed checks threshold reached 5';
    expect((await hearFlagger([flagger.body('Failed', message)])).change).toMatchObject({
      outcome: 'rolled-back',
      summary: message,
    });
  });

  test.each([
    ['Initializing', 'Initialization'],
    ['Initialized', 'Initialization done'],
    ['Terminated', 'gone'],
    ['SomethingNew', 'what this may be'],
    ['Progressing', 'New revision detected! Scaling up checkout.shop'],
  ])('takes %s (%s) for no change', async (phase, message) => {
    expect(await hearFlagger([flagger.body(phase, message)])).toMatchObject({
      status: 202,
      answer: { result: 'ignored' },
      change: undefined,
    });
  });

  test('finds the service by the settings, or by the metadata of the webhook', async () => {
    const named = { ...flagger.body(), name: 'checkout-web' };
    expect((await hearFlagger([named], { services: { 'shop/checkout-web': 'checkout' } })).change?.service).toBe(
      'checkout',
    );
    const told = { ...named, metadata: { ...named.metadata, service: 'checkout' } };
    expect((await hearFlagger([told])).change?.service).toBe('checkout');
  });

  test('may bear its token in the URL, which is held as strictly', async () => {
    const heard = async (token: string): Promise<number> =>
      (await hear(`${flagger.path}?token=${token}`, [flagger.body()], () => ({}))).status;
    expect(await heard(secret)).toBe(202);
    expect(await heard('wrong')).toBe(401);
    expect(await heard(`${secret}&token=wrong`)).toBe(400);
  });

  test('needs none where the settings name none', async () => {
    const { status } = await hear(flagger.path, [flagger.body()], () => ({}), { flagger: { tokenFile: undefined } });
    expect(status).toBe(202);
  });
});

describe('Argo CD', () => {
  const hearArgo = async (bodies: readonly object[], settings: object = {}): Promise<Heard> =>
    await hear(argocd.path, bodies, () => bearer, { argocd: settings });

  test('tells of a sync from its beginning to when the application is healthy', async () => {
    const { change } = await hearArgo([argocd.body('Running', { health: 'Healthy', revision: '' }), argocd.body()]);
    expect(change).toMatchObject({
      id: 'argocd-checkout-20260822T014500Z',
      version: 'a10867b14bb761a232cd80139fbd4c0d33264240',
      startedAt: at('01:45:00'),
      finishedAt: at('01:46:00'),
      outcome: 'succeeded',
      environment: 'shop',
      link: 'https://argocd.example.com/applications/checkout',
    });
  });

  test.each([
    ['Failed', 'Healthy', 'failed'],
    ['Error', 'Missing', 'failed'],
    ['Succeeded', 'Degraded', 'failed'],
    ['Succeeded', 'Progressing', undefined],
  ])('takes a sync that has %s in an application that is %s for one that has %s', async (phase, health, outcome) => {
    const { change } = await hearArgo([argocd.body(phase, { health })]);
    expect(change?.outcome).toBe(outcome);
    expect(change?.summary).toBe(outcome === 'failed' ? 'successfully synced' : undefined);
  });

  test('finds the service by the settings', async () => {
    const body = argocd.body('Succeeded', { app: 'checkout-eu' });
    expect((await hearArgo([body], { services: { 'checkout-eu': 'checkout' } })).change?.service).toBe('checkout');
    expect((await hearArgo([body])).change).toBeUndefined();
  });
});

describe('CDEvents', () => {
  const hearEvents = async (
    bodies: readonly object[],
    headers: Record<string, string> = {},
    settings: object = {},
  ): Promise<Heard> => await hear(cdevents.path, bodies, () => ({ ...bearer, ...headers }), { cdevents: settings });
  const facts = {
    id: 'cdevents-271069a8-fc18-44f1-b38f-9d70a1695819',
    service: 'checkout',
    version: 'v42',
    environment: 'production',
    finishedAt: at('01:50:00'),
    outcome: 'succeeded',
  };

  test.each<[string, object, Record<string, string>]>([
    ['a bare event', cdevents.body(), {}],
    [
      'a structured CloudEvent',
      {
        specversion: '1.0',
        id: '271069a8-fc18-44f1-b38f-9d70a1695819',
        source: '/cd/pipelines',
        type: 'dev.cdevents.service.deployed.0.3.0',
        time: '2026-08-22T01:50:00Z',
        subject: 'checkout',
        data: cdevents.body(),
      },
      { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    ],
    [
      'a binary CloudEvent',
      { subject: cdevents.body().subject },
      {
        'ce-specversion': '1.0',
        'ce-id': '271069a8-fc18-44f1-b38f-9d70a1695819',
        'ce-source': '/cd/pipelines',
        'ce-type': 'dev.cdevents.service.deployed.0.3.0',
        'ce-time': '2026-08-22T01:50:00Z',
      },
    ],
  ])('tell the same in %s', async (_, body, headers) => {
    const { status, change } = await hearEvents([body], headers);
    expect(status).toBe(202);
    expect(change).toMatchObject(facts);
  });

  test('of a roll-back tell of the change that their chain is about, in its environment', async () => {
    const chain = { chainId: 'd0be0005-cca7-4175-8fe3-f64d2f27bc01' };
    const heard = await hearEvents([
      cdevents.body('deployed', { ...chain, id: 'e1' }),
      cdevents.body('rolledback', { ...chain, id: 'e2' }, { artifactId: 'pkg:oci/checkout@sha256%3Aaaa?tag=v41' }),
    ]);
    expect(heard.change).toMatchObject({
      id: `cdevents-${chain.chainId}-production`,
      version: 'v42',
      outcome: 'rolled-back',
      summary: 'rolled back to pkg:oci/checkout@sha256%3Aaaa?tag=v41',
    });
  });

  test.each([
    ['pkg:oci/checkout@sha256%3A0b31?repository_url=x', 'sha256:0b31'],
    ['pkg:npm/checkout@1.2.3', '1.2.3'],
    ['pkg:oci/checkout', 'pkg:oci/checkout'],
    ['pkg:oci/checkout@%E0%A4%A', 'pkg:oci/checkout@%E0%A4%A'],
    ['registry.example.com/checkout:v42', 'registry.example.com/checkout:v42'],
  ])('have their version read from %s', async (artifactId, version) => {
    expect((await hearEvents([cdevents.body('upgraded', {}, { artifactId })])).change?.version).toBe(version);
  });

  test.each(['removed', 'published', '__proto__'])('service.%s tells of no change', async (predicate) => {
    expect(await hearEvents([cdevents.body(predicate)])).toMatchObject({
      status: 202,
      answer: { result: 'ignored' },
      change: undefined,
    });
  });

  test('name services by paths, or as the settings say', async () => {
    const named = (id: string): object => ({ ...cdevents.body(), subject: { ...cdevents.body().subject, id } });
    expect((await hearEvents([named('/shop/checkout')])).change?.service).toBe('checkout');
    const settings = { services: { 'production/co': 'checkout' } };
    expect((await hearEvents([named('co')], {}, settings)).change?.service).toBe('checkout');
    expect((await hearEvents([named('checkout')], {}, { environments: ['staging'] })).change).toBeUndefined();
  });
});

describe('change events of PagerDuty', () => {
  const hearPager = async (bodies: readonly object[], settings: object = {}): Promise<Heard> =>
    await hear(pagerduty.path, bodies, () => ({}), { pagerdutyChanges: settings });

  test('tell of a change that is done', async () => {
    const { status, change } = await hearPager([pagerduty.body()]);
    expect(status).toBe(202);
    expect(change).toMatchObject({
      service: 'checkout',
      version: 'v42',
      summary: 'Build Success - Increase snapshot create timeout to 30 seconds',
      link: 'https://ci.example.com/builds/2',
      startedAt: at('01:50:00'),
      finishedAt: at('01:50:00'),
    });
    expect(change?.id).toMatch(/^pagerduty-[0-9a-z]{11}$/);
    expect(change?.outcome).toBe('succeeded');
  });

  test('name the service by their source where they say nothing else', async () => {
    const body = pagerduty.body({ source: 'checkout', custom_details: ['what', 'ever'] });
    expect((await hearPager([body])).change?.service).toBe('checkout');
    const mapped = await hearPager([pagerduty.body({ custom_details: {} })], {
      services: { 'acme-build-pipeline-tool-default-i-9999': 'checkout' },
    });
    expect(mapped.change?.service).toBe('checkout');
  });

  test('without a time are told from each other by the hour', async () => {
    const body = pagerduty.body({ timestamp: undefined });
    expect((await hearPager([body, body])).answer.result).toBe('unchanged');
  });
});
