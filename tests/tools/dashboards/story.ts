import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import { noFault, startShop } from '../../../demo/shop.ts';
import { startTraffic } from '../../../demo/traffic.ts';
import { AndonProcess } from '../../support/andon-process.ts';
import type { Incident } from '../../support/andon-client.ts';
import { startPrometheus } from '../../support/prometheus-server.ts';
import type { RealServer } from '../../support/real-server.ts';
import { until } from '../../support/until.ts';
import { startVictoriaMetrics } from '../../support/victoria-metrics-server.ts';
import { status, WebhookReceiver } from '../../support/webhook-receiver.ts';
import { storyRules } from './story-rules.ts';

/** Two databases that scraped a shop and the Andon that watches it, through an hour of trouble in half a minute. */
export interface Told extends AsyncDisposable {
  readonly prometheus: RealServer;
  readonly victoriaMetrics: RealServer;
  /** When it began, ms since the epoch. */
  readonly from: number;
  /** When each of them last scraped Andon whole, and knew all of this, ms: what a scrape that failed leaves is nothing at all. */
  readonly scrapedAt: Readonly<Record<'prometheus' | 'victoriaMetrics', number>>;
  /** Andon's page of all services. */
  readonly page: string;
  /** As Andon's API tells of them at the end. */
  readonly incidents: readonly Incident[];
}

const scrapeIntervalMs = 500;
/** Far more than it takes, but on a machine that has a lot to do. */
const patienceMs = 60_000;
const fault = { errorRatio: 0.5, delayMs: 0 };
const token = 'a-token-of-the-test-of-the-dashboards';

/**
 * The shop breaks with a deployment, is acknowledged and heals; one of its services is closed, another one relapses while it
 * is watched, and all of that is still to be seen at the end. Meanwhile a source is away and a channel takes no page.
 */
export async function tellStory(): Promise<Told> {
  await using parts = new AsyncDisposableStack();
  const from = Date.now();
  const shop = await startShop();
  parts.defer(async () => await shop.close());
  const traffic = startTraffic(shop.url, 60);
  parts.defer(async () => await traffic.stop());
  const receiver = parts.use(await WebhookReceiver.start());
  receiver.answer = ({ path }) => status(path === '/pages' ? 200 : 410);
  const port = await getPort({ host: '127.0.0.1' });
  const jobs = [
    { job: 'shop', targets: [new URL(shop.url).host] },
    { job: 'andon', targets: [`127.0.0.1:${port}`] },
  ];
  const directory = await mkdtemp(join(tmpdir(), 'andon-dashboards-prometheus-'));
  parts.defer(async () => await rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  await writePast(directory, from);
  const prometheus = parts.use(await startPrometheus({ jobs, scrapeIntervalMs, directory }));
  const victoriaMetrics = parts.use(await startVictoriaMetrics({ jobs, scrapeIntervalMs }));
  const nobody = await getPort({ host: '127.0.0.1' });
  const secrets = await mkdtemp(join(tmpdir(), 'andon-dashboards-'));
  parts.defer(async () => await rm(secrets, { recursive: true, force: true }));
  const tokenFile = join(secrets, 'token');
  await writeFile(tokenFile, token);
  await seen(prometheus, 'http_requests_total > 0');

  const andon = parts.use(
    await AndonProcess.start({
      rules: { 'story.yaml': storyRules },
      listen: `127.0.0.1:${port}`,
      settings: {
        externalUrl: `http://127.0.0.1:${port}`,
        grafana: { url: 'https://grafana.example.com' },
        sources: [{ url: prometheus.url }, { name: 'away', url: `http://127.0.0.1:${nobody}` }],
        channels: [
          { name: 'on-call', webhook: { url: `${receiver.origin}/pages` } },
          { name: 'gone', webhook: { url: `${receiver.origin}/gone` } },
        ],
        heartbeat: { url: `${receiver.origin}/beats`, every: '10s' },
        inbound: { alertmanager: { tokenFile } },
      },
    }),
  );
  const wait = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> =>
    await until(look, { what, withinMs: patienceMs, explain: () => andon.tail() });
  const incidentOf = async (service: string, phase: Incident['phase']): Promise<Incident> =>
    await wait(`an incident of ${service} that is ${phase}`, async () =>
      (await andon.api.incidents()).find((each) => each.service === service && each.phase === phase),
    );
  const report = async (change: Readonly<Record<string, unknown>>): Promise<void> => {
    const answer = await andon.api.post('/api/v1/changes', { service: 'shop', ...change });
    if (answer.status !== 200) throw new Error(`the change was not taken: ${answer.text}`);
  };

  await wait('the targets to hold', async () => {
    const { scopes } = await andon.api.service('shop');
    return scopes[0]?.targets.every(({ verdict }) => verdict === 'held') === true ? true : undefined;
  });
  const seenByBoth = async (query: string): Promise<unknown> =>
    await Promise.all([prometheus, victoriaMetrics].map(async (server) => await seen(server, query)));
  // A counter that was not seen before it grew has not grown.
  await seenByBoth('andon_deployments_total{service="shop",result="failed"} == 0');
  const hourAgo = Date.now() - 3_600_000;
  await report({
    change: 'deploy-41',
    version: 'v41',
    startedAt: at(hourAgo),
    finishedAt: at(hourAgo + 60_000),
    outcome: 'failed',
  });
  await report({ change: 'deploy-42', version: 'v42', startedAt: at(Date.now()) });
  shop.setFault(fault);
  const [first] = await Promise.all([incidentOf('shop', 'open'), incidentOf('kiosk', 'open')]);
  await fetch(`${andon.url}/api/v1/hooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(anAlert()),
  });
  const settled = async ({ id }: Incident): Promise<unknown> =>
    await wait('the onset to settle', async () => {
      const { incident } = await andon.api.incident(id);
      return incident.onsetSettled ? true : undefined;
    });
  await settled(first);
  await seenByBoth('andon_time_to_acknowledge_seconds_count{service="shop"} == 0');
  await Promise.all([
    andon.api.post(`/api/v1/incidents/${first.id}/acknowledge`, { by: 'ada' }),
    andon.api.get('/api/v1/gate/shop?change=deploy-43'),
  ]);
  shop.setFault(noFault);
  await report({ change: 'deploy-42', finishedAt: at(Date.now()), outcome: 'rolled-back' });
  await Promise.all([incidentOf('shop', 'closed'), incidentOf('kiosk', 'watching')]);
  await andon.api.post('/api/v1/silences', {
    matcher: { service: 'kiosk' },
    by: 'ada',
    reason: 'it is old',
    for: '1h',
  });
  await seenByBoth('andon_relapses_total{service="kiosk"} == 0');
  await seenByBoth('andon_undeliverable_pages_total{service="shop"} > 0');
  shop.setFault(fault);
  const [second] = await Promise.all([incidentOf('shop', 'open'), incidentOf('kiosk', 'open')]);
  await settled(second);
  await andon.api.get('/api/v1/gate/shop?change=deploy-44');
  await seenByBoth('andon_relapses_total{service="kiosk"} == 1');
  await seenByBoth('andon_incident_bad_events_total{service="shop"} > 0');
  for (const each of ['andon_undeliverable_pages_total', 'andon_time_to_notify_seconds_count'])
    await seenByBoth(`increase(${each}{service="shop"}[5m]) > 0`);
  await seenByBoth('andon_line_state{service="shop",state="stopped"} == 1');
  await seenByBoth('andon_error_budget_exhausted_seconds{service="shop"} < Inf');
  await seenByBoth('sum(andon_gate_changes_held_total{service="shop"}) == 2');
  const incidents = await andon.api.incidents();
  const { text: page } = await andon.api.get('/');
  const now = Date.now();
  const scrapedAt = {
    prometheus: await scrapedAfter(prometheus, now),
    victoriaMetrics: await scrapedAfter(victoriaMetrics, now),
  };
  const everything = parts.move();
  return {
    prometheus,
    victoriaMetrics,
    from,
    scrapedAt,
    incidents,
    page,
    [Symbol.asyncDispose]: async () => await everything.disposeAsync(),
  };
}

/** An hour in which nearly all went well, scraped as often as what follows, so that an error budget of one hour is known. */
async function writePast(directory: string, to: number): Promise<void> {
  const lines: string[] = [];
  for (const [code, perScrape] of [
    [200, 10],
    [503, 0.05],
  ] as const)
    for (let at = to - 4_000_000, count = 0; at < to; at += scrapeIntervalMs, count += perScrape)
      lines.push(`http_requests_total{job="shop",instance="before",code="${code}"} ${count} ${at / 1000}`);
  const input = join(directory, 'past.om');
  await writeFile(input, `# TYPE http_requests counter\n${lines.join('\n')}\n# EOF\n`);
  const words = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', input, join(directory, 'data')];
  await promisify(execFile)('promtool', words);
}

/** Waits until a server's newest samples say it, and returns the first of the numbers. */
async function seen(server: RealServer, query: string): Promise<number> {
  return await until(
    async () => {
      const response = await fetch(`${server.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
      const { data } = (await response.json()) as { readonly data: { readonly result: readonly Sample[] } };
      const [first] = data.result;
      return first === undefined ? undefined : Number(first.value[1]);
    },
    { what: `${query} on ${server.url}`, withinMs: patienceMs, explain: () => server.log() },
  );
}

/** Waits for a scrape of Andon that began after an instant and got an answer in time; returns when it began, ms. */
async function scrapedAfter(server: RealServer, after: number): Promise<number> {
  const scraped = 'up{job="andon"}';
  return 1000 * (await seen(server, `(timestamp(${scraped}) > ${after / 1000}) and ${scraped} == 1`));
}

interface Sample {
  readonly value: readonly [at: number, value: string];
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

function anAlert() {
  const labels = { alertname: 'ShopErrors', service: 'shop' };
  const alert = { status: 'firing', labels, annotations: {}, startsAt: at(Date.now()), endsAt: '0001-01-01T00:00:00Z' };
  return {
    version: '4',
    groupKey: '{}',
    status: 'firing',
    receiver: 'andon',
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.com',
    alerts: [{ ...alert, fingerprint: 'f00', generatorURL: 'http://prometheus.example.com' }],
  };
}
