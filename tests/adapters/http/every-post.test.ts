import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { anEvent, storyStart } from '../../support/incident-story.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { argocd, bearer, cdevents, flagger, github, pagerduty, secret } from './hooks/hook-bench.ts';
import { aWorld, type World } from './http-world.ts';
import { problemOf } from './problem-of.ts';

/** One endpoint that takes posts, as docs/openapi.json names it. */
interface Way {
  /** Where to post to; a function where something has to be there first. */
  readonly at: string | ((world: World) => Promise<string>);
  /** Absent: it takes no body. */
  readonly good?: object;
  /** How a request proves where it comes from; absent: by the token of the API. */
  readonly prove?: 'nobody-must' | ((body: string) => Record<string, string>);
  /** The proof stands in this field of the body. */
  readonly proofField?: string;
  /** Largest body, KiB. */
  readonly limit?: number;
  /** Its answers to a good one, and to the same once more; 200 both unless told otherwise. */
  readonly answers?: readonly [number, number];
}

const words = { by: 'ada', reason: 'the database is being moved' };
const idOf = async (response: Response): Promise<string> => ((await response.json()) as { id: string }).id;
const signedV3 = (body: string) => ({
  'x-pagerduty-signature': `v1=${createHmac('sha256', secret).update(body).digest('hex')}`,
});
const at = new Date(storyStart + 200_000).toISOString();
const alert = {
  status: 'firing',
  labels: { alertname: 'HighErrorRate', service: 'checkout' },
  annotations: {},
  startsAt: at,
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: '5ef77f1f8a3ecf8d',
};
const canary = { name: 'checkout', namespace: 'shop', phase: 'Progressing', checksum: '85d557f47b', metadata: {} };

const ways: Readonly<Record<string, Way>> = {
  '/api/v1/incidents/{id}/acknowledge': { at: '/api/v1/incidents/inc-1/acknowledge', good: { by: 'ada' } },
  '/api/v1/incidents/{id}/notes': { at: '/api/v1/incidents/inc-1/notes', good: { by: 'ada', note: 'looking' } },
  // What can close by itself is not closed by hand.
  '/api/v1/incidents/{id}/close': {
    at: '/api/v1/incidents/inc-1/close',
    good: { by: 'ada', because: 'gone' },
    answers: [409, 409],
  },
  '/api/v1/gate/{service}/freeze': { at: '/api/v1/gate/checkout/freeze', good: words },
  '/api/v1/freezes/{id}/lift': {
    at: async (world) =>
      `/api/v1/freezes/${await idOf(await world.post('/api/v1/gate/checkout/freeze', words, bearer))}/lift`,
    good: words,
    answers: [200, 404],
  },
  '/api/v1/gate/{service}/override': { at: '/api/v1/gate/checkout/override', good: { ...words, for: '30m' } },
  '/api/v1/overrides/{id}/end': {
    at: async (world) => {
      const made = await world.post('/api/v1/gate/checkout/override', { ...words, for: '30m' }, bearer);
      return `/api/v1/overrides/${await idOf(made)}/end`;
    },
    good: words,
    answers: [200, 404],
  },
  '/api/v1/silences': { at: '/api/v1/silences', good: { matcher: { service: 'checkout' }, ...words, for: '2h' } },
  '/api/v1/silences/{id}/end': {
    at: async (world) => {
      const silence = { matcher: { service: 'checkout' }, ...words, for: '2h' };
      return `/api/v1/silences/${await idOf(await world.post('/api/v1/silences', silence, bearer))}/end`;
    },
    good: words,
    answers: [200, 404],
  },
  '/api/v1/changes': { at: '/api/v1/changes', good: { change: 'deploy-42', service: 'checkout' } },
  '/api/v1/channels/{name}/test': { at: '/api/v1/channels/oncall/test', good: { by: 'ada' }, answers: [404, 404] },
  '/-/reload': { at: '/-/reload' },
  '/api/v1/gate/flagger/confirm': { at: '/api/v1/gate/flagger/confirm', good: canary, prove: 'nobody-must' },
  '/api/v1/gate/flagger/rollback': {
    at: '/api/v1/gate/flagger/rollback',
    good: canary,
    prove: 'nobody-must',
    answers: [403, 403],
  },
  '/api/v1/hooks/github': { at: github.path, good: github.body(), prove: (body) => github.headers(body), limit: 1024 },
  '/api/v1/hooks/flagger': { at: flagger.path, good: flagger.body(), prove: () => bearer, answers: [202, 202] },
  '/api/v1/hooks/argocd': { at: argocd.path, good: argocd.body('Succeeded'), prove: () => bearer },
  '/api/v1/hooks/cdevents': {
    at: cdevents.path,
    good: cdevents.body('deployed'),
    prove: () => bearer,
    limit: 256,
    answers: [202, 202],
  },
  '/api/v1/hooks/pagerduty/v2/change/enqueue': {
    at: pagerduty.path,
    good: pagerduty.body({ custom_details: { service: 'checkout', change: 'b2' } }),
    prove: () => ({}),
    proofField: 'routing_key',
    limit: 512,
    answers: [202, 202],
  },
  '/api/v1/hooks/pagerduty': {
    at: '/api/v1/hooks/pagerduty',
    good: {
      event: {
        id: '01',
        event_type: 'incident.acknowledged',
        resource_type: 'incident',
        occurred_at: at,
        agent: { id: 'P1', summary: 'Ada', type: 'user_reference' },
        data: { id: 'PGR0VU2', type: 'incident', incident_key: 'inc-1' },
      },
    },
    prove: signedV3,
    limit: 256,
  },
  '/api/v1/hooks/alertmanager': {
    at: '/api/v1/hooks/alertmanager',
    good: { version: '4', groupKey: 'g', status: 'firing', receiver: 'andon', truncatedAlerts: 0, alerts: [alert] },
    prove: () => bearer,
    limit: 2048,
  },
};

interface Scene extends AsyncDisposable {
  readonly world: World;
  readonly path: string;
  /** Everything that a request could have left behind, and every act that it could have started. */
  kept(): Promise<string>;
  post(body: string | undefined, headers?: Record<string, string>): Promise<Response>;
}

async function aScene(way: Way): Promise<Scene> {
  const folder = await temporaryDirectory();
  const secretFile = join(folder.path, 'secret');
  await writeFile(secretFile, `${secret}\n`);
  const token = { tokenFile: secretFile, services: {} };
  const acts: string[] = [];
  const world = await aWorld({
    events: [anEvent('opened', 1, 100)],
    tokenFile: secretFile,
    inbound: {
      github: { secretFile, services: {} },
      flagger: token,
      argocd: token,
      cdevents: token,
      pagerdutyChanges: token,
      pagerduty: { secretFiles: [secretFile] },
      alertmanager: { tokenFile: secretFile, serviceLabel: 'service' },
    },
    parts: {
      reload: async () => {
        acts.push('reloaded');
        return await Promise.resolve({ ok: true, atNextStart: [] });
      },
      testChannel: async ({ channel }) => {
        acts.push('tested');
        return await Promise.resolve({ kind: 'unknown-channel', channel });
      },
    },
  });
  const path = typeof way.at === 'string' ? way.at : await way.at(world);
  return {
    world,
    path,
    async kept() {
      const silences: unknown = await (await world.get('/api/v1/silences')).json();
      const { gates, outside, book } = world;
      return JSON.stringify([gates.written, outside.written, book.get('inc-1')?.timeline, silences, acts]);
    },
    post: async (body, headers) => await world.post(path, body, { 'content-type': 'application/json', ...headers }),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function proofOf({ prove = () => bearer }: Way, body = ''): Record<string, string> {
  return prove === 'nobody-must' ? {} : prove(body);
}

const textOf = ({ good }: Way): string | undefined => (good === undefined ? undefined : JSON.stringify(good));
const all = Object.entries(ways);

test('every endpoint of the API that takes posts stands in these tables', () => {
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, object> };
  const posts = Object.entries(paths).flatMap(([path, methods]) => ('post' in methods ? [path] : []));
  expect(Object.keys(ways).sort()).toEqual(posts.sort());
});

describe.each(all)('POST %s', (_, way) => {
  const good = textOf(way);

  test('takes what it is for, and the same again without a fault of its own', async () => {
    await using scene = await aScene(way);
    const first = await scene.post(good, proofOf(way, good));
    const again = await scene.post(good, proofOf(way, good));
    expect([first.status, again.status]).toEqual(way.answers ?? [200, 200]);
  });
});

describe.each(all.filter(([, { good }]) => good !== undefined))('POST %s', (_, way) => {
  test.each([
    ['cut off', '{"by": "ada"', 400],
    ['nothing', '', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['a text', '"checkout"', 400],
    ['two values', '{}{}', 400],
    ['brackets without end', '['.repeat(20_000), 400],
    ['too large', `{"by":"${'x'.repeat((way.limit ?? 64) * 1024)}"}`, 413],
  ])('refuses a body that is %s, and keeps nothing', async (_what, body, status) => {
    await using scene = await aScene(way);
    const before = await scene.kept();
    const problem = await problemOf(await scene.post(body, proofOf(way, body)));
    expect(problem.status).toBe(way.proofField !== undefined && status === 400 ? expectedInBody(body) : status);
    expect(problem.hint).not.toBe('');
    expect(await scene.kept()).toBe(before);
  });
});

describe.each(all.filter(([, { prove }]) => prove !== 'nobody-must'))('POST %s', (_, way) => {
  test('refuses who bears no proof, a wrong one or another, and does nothing', async () => {
    await using scene = await aScene(way);
    const before = await scene.kept();
    const { proofField } = way;
    const unproven = proofField === undefined ? textOf(way) : JSON.stringify({ ...way.good, [proofField]: 'wrong' });
    const wrong = 'x'.repeat(secret.length);
    for (const headers of [
      {},
      { authorization: `Bearer ${wrong}` },
      { authorization: `Basic ${btoa(`andon:${wrong}`)}` },
      { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}`, 'x-github-event': 'deployment_status' },
      { 'x-pagerduty-signature': `v1=${'0'.repeat(64)}` },
    ]) {
      const problem = await problemOf(await scene.post(unproven, headers));
      expect(problem.status).toBe(401);
      expect(JSON.stringify(problem)).not.toContain(secret);
    }
    expect(await scene.kept()).toBe(before);
  });
});

/** Who it is stands in the body: one that cannot be read is malformed, and one that can bears no proof. */
function expectedInBody(body: string): number {
  try {
    JSON.parse(body);
    return 401;
  } catch {
    return 400;
  }
}
