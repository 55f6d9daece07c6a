import { expect, test } from '@jest/globals';
import { FactSheet } from '../../src/adapters/channels/facts/fact-sheet.ts';
import { AndonProcess, runCli } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { holds, received } from './story.ts';

const rollback = 'kubectl rollout undo deployment/shop';

test('a deploy that breaks the shop is named in the page, with the way back, in the API and on the command line', async () => {
  await using shop = await openShop();
  await using prometheus = await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] });
  await using receiver = await WebhookReceiver.start();
  await shop.target.scraped(4);
  await using andon = await AndonProcess.start({
    rules: { 'shop.yaml': shopRules() },
    settings: {
      sources: [{ url: prometheus.url }],
      channels: [{ name: 'on-call', webhook: { url: `${receiver.origin}/pages` } }],
    },
  });
  await holds(andon);

  const report = { change: 'deploy-42', service: 'shop', version: 'v42', before: 'v41', by: 'ada', rollback };
  const startedAt = new Date().toISOString();
  expect((await andon.api.post('/api/v1/changes', { ...report, startedAt })).status).toBe(200);
  await shop.target.scraped(2);
  shop.fail(0.5);
  await received(receiver, 1, andon);

  const [page] = receiver.requests.map(({ text }) => FactSheet.parse(JSON.parse(text)));
  expect(page?.data.suspects).toMatchObject([
    { change: 'deploy-42', version: 'v42', by: 'ada', rollback, standing: 'suspect', shift: { verdict: 'shifted' } },
  ]);
  expect(page?.data.title).toMatch(/ UTC, \d+s after deploy v42$/);
  const [incident] = await andon.api.incidents();
  expect(incident?.suspects?.[0]?.text).toContain(`way back: ${rollback}`);
  const shown = await runCli(['incidents', 'show', incident?.id ?? '', '--url', andon.url], {
    env: { NO_COLOR: '1', COLUMNS: '400' },
  });
  expect(shown.stdout).toContain('deploy v42, in place of v41, by ada');

  const delivery = await andon.api.get('/api/v1/delivery?service=shop&days=1');
  expect(JSON.parse(delivery.text)).toMatchObject({ deployments: 1, unsettled: 1, changeFailureRate: null });
}, 60_000);
