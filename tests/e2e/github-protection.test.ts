import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess } from '../support/andon-process.ts';
import { appId, appKey, GitHubServer, installation, problem } from '../support/github-server.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { openShop, shopRules, type Shop } from './shop.ts';
import { holds } from './story.ts';

const secret = 'correct-horse-battery-staple';
const cleanUp = new AsyncDisposableStack();
let shop: Shop;
let github: GitHubServer;
let andon: AndonProcess;

beforeAll(async () => {
  shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  github = cleanUp.use(await GitHubServer.start());
  const folder = cleanUp.use(await temporaryDirectory());
  const secretFile = join(folder.path, 'secret');
  const privateKeyFile = join(folder.path, 'app.pem');
  await writeFile(secretFile, secret);
  await writeFile(privateKeyFile, appKey.privateKey);
  await shop.target.scraped(2);
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'shop.yaml': shopRules() },
      settings: {
        sources: [{ url: prometheus.url }],
        externalUrl: 'https://andon.example.com',
        inbound: {
          github: {
            secretFile,
            services: { 'octo/web': 'shop' },
            app: { id: appId, privateKeyFile, apiUrl: github.url },
          },
        },
      },
    }),
  );
  await holds(andon);
}, 60_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

async function ask(deployment: number): Promise<{ status: number; body: unknown }> {
  const body = JSON.stringify({
    action: 'requested',
    environment: 'production',
    event: 'push',
    deployment_callback_url: github.callbackUrl,
    deployment: { id: deployment, sha: 'a10867b1', ref: 'main', environment: 'production' },
    repository: { name: 'web', full_name: 'octo/web' },
    installation: { id: installation },
  });
  const response = await fetch(`${andon.url}/api/v1/hooks/github`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'deployment_protection_rule',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  return { status: response.status, body: await response.json() };
}

const counted = async (result: string): Promise<true> =>
  until(
    async () => ((await andon.api.metric(`andon_gate_protections_total{result="${result}"}`)) === 1 ? true : undefined),
    {
      what: `one question that is ${result}`,
      withinMs: 45_000,
      explain: () => andon.tail(),
    },
  );

// In order: each goes on where the one before it ended.
describe('a deployment that waits at GitHub', () => {
  test('is approved while the line moves', async () => {
    expect(await ask(1)).toMatchObject({ status: 202, body: { result: 'asked', service: 'shop' } });
    await counted('approved');
    expect(github.reviews).toMatchObject([{ body: { environment_name: 'production', state: 'approved' } }]);
  }, 30_000);

  test('is rejected after a kill at GitHub’s worst moment, with the incident that came up meanwhile', async () => {
    const broken = Array.from({ length: 200 }, () => problem(503, 'Unavailable'));
    github.answers.push(...broken);
    expect(await ask(2)).toMatchObject({ status: 202, body: { result: 'asked' } });
    await until(async () => (github.reviews.length >= 2 ? true : undefined), { what: 'a try', withinMs: 10_000 });
    await andon.end('SIGKILL');
    await andon.launch();
    await andon.ready();
    expect(JSON.parse((await andon.api.get('/api/v1/protections')).text)).toMatchObject({
      protections: [{ id: 'octo/web/production/2', change: 'github-2' }],
    });
    shop.fail(0.5);
    await until(
      async () => ((await andon.api.metric('andon_gate_state{service="shop",state="stop"}')) === 1 ? true : undefined),
      {
        what: 'the gate to say stop',
        withinMs: 30_000,
        explain: () => andon.tail(),
      },
    );
    github.answers.length = 0;
    await counted('rejected');
    expect(github.reviews.at(-1)?.body).toMatchObject({
      state: 'rejected',
      comment: expect.stringMatching(
        /shop: stop \(incident-open\).*https:\/\/andon\.example\.com\/incidents\/shop-/s,
      ) as unknown,
    });
    expect(await ask(2)).toMatchObject({ status: 202, body: { result: 'unchanged' } });
    expect(andon.stderr).not.toMatch(/ghs_|PRIVATE KEY|correct-horse/);
  }, 90_000);
});
