import { describe, expect, test } from '@jest/globals';
import type { ProtectionReply } from '../../../../src/app/ports/protection-answerer.ts';
import { problemOf } from '../problem-of.ts';
import { aHookWorld, secret, signed, type HookWorld } from './hook-bench.ts';

const path = '/api/v1/hooks/github';
const callbackUrl = 'https://api.github.com/repos/octo/shop/actions/runs/7/deployment_protection_rule';

/** As GitHub posts it when a job waits at a protected environment; what Andon does not read is left in. */
const request = (changes: object = {}) => ({
  action: 'requested',
  environment: 'production',
  event: 'push',
  sha: 'a10867b14bb761a232cd80139fbd4c0d33264240',
  ref: 'refs/heads/main',
  deployment_callback_url: callbackUrl,
  deployment: {
    url: 'https://api.github.com/repos/octo/shop/deployments/42',
    id: 42,
    node_id: 'DE_kwDOF',
    task: 'deploy',
    original_environment: 'production',
    environment: 'production',
    description: null,
    created_at: '2026-08-22T01:40:00Z',
    updated_at: '2026-08-22T01:40:00Z',
    sha: 'a10867b14bb761a232cd80139fbd4c0d33264240',
    ref: 'main',
    payload: {},
    transient_environment: false,
    production_environment: false,
    creator: { login: 'ada', id: 1, type: 'User' },
    performed_via_github_app: { id: 15_368, slug: 'github-actions' },
  },
  pull_requests: [],
  repository: { id: 1, name: 'shop', full_name: 'octo/shop', private: true, owner: { login: 'octo', id: 2 } },
  organization: { login: 'octo', id: 2 },
  installation: { id: 11, node_id: 'MDIzOkludGVncmF0aW9u' },
  sender: { login: 'ada', id: 1, type: 'User' },
  ...changes,
});

const headers = (body: string, key?: string) => ({
  'x-github-event': 'deployment_protection_rule',
  'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  'x-github-hook-installation-target-type': 'integration',
  'user-agent': 'GitHub-Hookshot/044aadd',
  ...signed(body, key),
});

interface Scene extends AsyncDisposable {
  readonly hooks: HookWorld;
  readonly told: ProtectionReply[];
  post(body: object | string, given?: Record<string, string>): Promise<Response>;
}

async function aScene(services: Record<string, string> = { 'octo/shop': 'checkout' }): Promise<Scene> {
  const hooks = await aHookWorld({ github: { services } });
  const { gates } = hooks.world;
  const told: ProtectionReply[] = [];
  gates.answerer = {
    waitAtMostMs: 3_600_000,
    mayCall: (url) => url.startsWith('https://api.github.com/'),
    answer: async (reply) => {
      if (reply.state !== undefined) told.push(reply);
      return await Promise.resolve({ kind: 'accepted' });
    },
  };
  const stop = new AbortController();
  const running = gates.protections.run(stop.signal);
  return {
    hooks,
    told,
    async post(body, given) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return await hooks.send(path, text, given ?? headers(text));
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await hooks[Symbol.asyncDispose]();
    },
  };
}

describe('a deployment protection rule of GitHub', () => {
  test('is taken at once, and answered by what the gate says', async () => {
    await using scene = await aScene();
    const response = await scene.post(request());
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      result: 'asked',
      words: 'the gate is asked, and the answer follows',
      change: 'github-42',
      service: 'checkout',
    });
    await scene.hooks.world.gates.clock.advance(0);
    expect(scene.told).toMatchObject([{ callbackUrl, installation: 11, environment: 'production', state: 'approved' }]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['the repository in this environment', { 'octo/shop/production': 'checkout', 'octo/shop': 'search' }, 'checkout'],
    ['the repository', { 'octo/shop': 'checkout', production: 'search' }, 'checkout'],
    ['the environment', { production: 'checkout' }, 'checkout'],
    ['nothing, and the repository is called as the service is', {}, 'shop'],
  ])('is about the service that the settings name for %s', async (_, services, expected) => {
    await using scene = await aScene(services);
    expect(await (await scene.post(request())).json()).toMatchObject({ service: expected });
  });

  test('of a repository that nobody knows waits with the reason, and is rejected in the end', async () => {
    await using scene = await aScene({});
    const { world } = scene.hooks;
    expect((await scene.post(request())).status).toBe(202);
    await world.gates.clock.advance(0);
    expect(await (await world.get('/api/v1/protections')).json()).toEqual({
      protections: [
        {
          id: 'octo/shop/production/42',
          service: 'shop',
          repository: 'octo/shop',
          environment: 'production',
          change: 'github-42',
          sha: 'a10867b14bb761a232cd80139fbd4c0d33264240',
          ref: 'refs/heads/main',
          since: '2026-08-22T02:00:00.000Z',
          waitUntil: '2026-08-22T03:00:00.000Z',
          said: {
            state: 'unknown',
            action: 'wait',
            reason: 'unknown-service',
            words: 'no service named shop is watched: check the name, or declare it in a rule file',
          },
        },
      ],
    });
    await world.gates.clock.advance(3_600_000);
    expect(scene.told).toMatchObject([{ state: 'rejected' }]);
    expect(await (await world.get('/api/v1/protections')).json()).toEqual({ protections: [] });
  });

  test('asks nothing twice, however often it is delivered', async () => {
    await using scene = await aScene();
    await scene.post(request());
    const again = await scene.post(request());
    expect([again.status, await again.json()]).toMatchObject([202, { result: 'unchanged', change: 'github-42' }]);
    await scene.hooks.world.gates.clock.advance(0);
    expect((await scene.post(request())).status).toBe(202);
    expect(scene.told).toHaveLength(1);
  });

  test('asks anew for the next deployment, and for another environment', async () => {
    await using scene = await aScene();
    await scene.post(request());
    await scene.post(request({ deployment: { id: 43 } }));
    await scene.post(request({ environment: 'staging' }));
    await scene.hooks.world.gates.clock.advance(0);
    expect(scene.told.map(({ environment }) => environment)).toEqual(['production', 'production', 'staging']);
  });

  const { deployment_callback_url: _url, ...withoutUrl } = request();
  const { installation: _installation, ...withoutInstallation } = request();
  const { deployment: _deployment, ...withoutDeployment } = request();
  const foreign = request({ deployment_callback_url: 'https://evil.example.com/' });
  test.each<[string, object | string, number, string]>([
    ['that is no JSON', '{', 400, 'malformed-json'],
    ['that is a list', [], 400, 'invalid-request'],
    ['without a callback URL', withoutUrl, 400, 'invalid-request'],
    ['with a callback URL that is no text', request({ deployment_callback_url: {} }), 400, 'invalid-request'],
    ['with an endless environment', request({ environment: 'x'.repeat(300) }), 400, 'invalid-request'],
    ['without an installation', withoutInstallation, 400, 'invalid-request'],
    ['with an installation that is no number', request({ installation: { id: '../1' } }), 400, 'invalid-request'],
    ['without a deployment', withoutDeployment, 400, 'invalid-request'],
    ['without a repository', request({ repository: undefined }), 400, 'invalid-request'],
    ['whose answer would go elsewhere', foreign, 422, 'foreign-callback'],
    ['that is far too large', request({ ref: 'x'.repeat(1_100_000) }), 413, 'body-too-large'],
  ])('%s is refused and leaves nothing behind', async (_, body, status, reason) => {
    await using scene = await aScene();
    expect(await problemOf(await scene.post(body))).toMatchObject({ status, reason });
    expect(scene.hooks.world.gates.written).toEqual([]);
    expect(scene.told).toEqual([]);
  });

  test.each<[string, (body: string) => Record<string, string>, string]>([
    ['unsigned', () => ({ 'x-github-event': 'deployment_protection_rule' }), 'signature-missing'],
    ['signed with another secret', (body) => headers(body, 'another'), 'signature-wrong'],
    ['signed for another body', () => headers('{}'), 'signature-wrong'],
    ['with the token of the API only', () => ({ authorization: `Bearer ${secret}` }), 'signature-missing'],
  ])('that is %s is refused, whatever it asks', async (_, given, reason) => {
    await using scene = await aScene();
    const body = JSON.stringify(request());
    expect(await problemOf(await scene.post(body, given(body)))).toMatchObject({ status: 401, reason });
    expect(scene.hooks.world.gates.written).toEqual([]);
  });

  test('is refused while no App could answer, with what to write', async () => {
    await using scene = await aScene();
    scene.hooks.world.gates.answerer = undefined;
    expect(await problemOf(await scene.post(request()))).toMatchObject({
      status: 422,
      reason: 'no-app',
      hint: expect.stringContaining('privateKeyFile') as unknown,
    });
  });

  test('that is not asked is ignored', async () => {
    await using scene = await aScene();
    const response = await scene.post(request({ action: 'dismissed' }));
    expect([response.status, await response.json()]).toMatchObject([200, { result: 'ignored' }]);
  });

  test('has its words in other events too, which mean other things there', async () => {
    await using scene = await aScene();
    const body = JSON.stringify({ action: 7, environment: [], installation: 'x', sha: null, ref: {} });
    const response = await scene.post(body, { ...headers(body), 'x-github-event': 'something_new' });
    expect([response.status, await response.json()]).toMatchObject([200, { result: 'ignored' }]);
  });
});
