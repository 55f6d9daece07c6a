import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AndonProcess, runCli, type Ending, type Finished } from '../support/andon-process.ts';
import type { Incident, IncidentRecord, Service } from '../support/andon-client.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import type { ScrapeJob } from '../support/scrape-config.ts';
import { until } from '../support/until.ts';
import { startVictoriaMetrics } from '../support/victoria-metrics-server.ts';
import { WebhookReceiver, type ReceivedRequest } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';

/** What was seen from the outside while a shop failed and healed under the eyes of the real daemon. Times in ms since the epoch. */
export interface Story {
  readonly secret: string;
  readonly failedAt: number;
  readonly healedAt: number;
  readonly pages: readonly ReceivedRequest[];
  readonly during: {
    readonly service: Service;
    readonly record: IncidentRecord;
    readonly metrics: string;
    readonly evaluate: Finished;
    readonly list: Finished;
    readonly show: Finished;
    readonly acknowledge: Finished;
    readonly note: Finished;
    readonly page: string;
  };
  readonly after: {
    readonly incident: Incident;
    readonly record: IncidentRecord;
    readonly service: Service;
    readonly metrics: string;
    readonly evaluate: Finished;
  };
  readonly check: Finished;
  readonly ending: Ending;
  readonly endedWithinMs: number;
  readonly stderr: string;
}

const starters = {
  Prometheus: (jobs: readonly ScrapeJob[]): Promise<RealServer> => startPrometheus({ jobs }),
  VictoriaMetrics: (jobs: readonly ScrapeJob[]): Promise<RealServer> => startVictoriaMetrics({ jobs }),
};

/** A secret for the API that must never be seen. */
export const apiToken = 'token-that-nobody-may-see-4711';

/** Lets a shop fail and heal once, and keeps what on-call, the API, the metrics and the command line saw. */
export async function tellStory(source: keyof typeof starters): Promise<Story> {
  await using shop = await openShop();
  await using server = await starters[source]([{ job: 'shop', targets: [shop.target.address] }]);
  await using receiver = await WebhookReceiver.start();
  const secrets = await mkdtemp(join(tmpdir(), 'andon-e2e-secrets-'));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(async () => rm(secrets, { recursive: true, force: true }));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const [secretFile, tokenFile] = [join(secrets, 'webhook'), join(secrets, 'token')];
  await writeFile(secretFile, secret);
  await writeFile(tokenFile, apiToken);

  await shop.target.scraped(2);
  await using andon = await AndonProcess.start({
    rules: { 'shop.yaml': shopRules() },
    settings: {
      sources: [{ url: server.url }],
      channels: [{ name: 'on-call', webhook: { url: `${receiver.origin}/pages`, secretFiles: [secretFile] } }],
      api: { tokenFile },
    },
  });
  const cli = async (...args: readonly string[]) => runCli([...args], { env: { NO_COLOR: '1' } });
  const toDaemon = ['--url', andon.url, '--token-file', tokenFile];
  await holds(andon);

  const failedAt = shop.fail(0.5);
  await received(receiver, 1, andon);
  const [open] = await andon.api.incidents();
  if (open === undefined) throw new Error('there is a page and no incident');
  // The onset settles three samples later; what is asked meanwhile finds the incident open.
  const [evaluate, list, acknowledge] = await Promise.all([
    cli('evaluate', '--settings', andon.settingsFile, '-o', 'json'),
    cli('incidents', 'list', ...toDaemon),
    cli('incidents', 'acknowledge', open.id, '--by', 'ada', '--note', 'looking', ...toDaemon),
  ]);
  const note = await cli('incidents', 'note', open.id, 'payment', 'provider', 'is', 'down', '--by', 'ada', ...toDaemon);
  const show = await cli('incidents', 'show', open.id, ...toDaemon);
  const during = {
    service: await andon.api.service('shop'),
    record: await andon.api.incident(open.id),
    metrics: await andon.api.metrics(),
    page: (await andon.api.get('/')).text,
    evaluate,
    list,
    acknowledge,
    note,
    show,
  };

  const healedAt = shop.fail(0);
  await received(receiver, 2, andon);
  const incident = await until(
    async () => (await andon.api.incidents()).find((each) => each.phase === 'closed' && each.id === open.id),
    { what: 'the incident to close', withinMs: 15_000, explain: () => andon.tail() },
  );
  const after = {
    incident,
    record: await andon.api.incident(open.id),
    service: await andon.api.service('shop'),
    metrics: await andon.api.metrics(),
    evaluate: await cli('evaluate', '--settings', andon.settingsFile, '-o', 'json'),
  };
  const check = await cli('check', '--source', server.url, andon.rulesFolder);
  const endingFrom = performance.now();
  const ending = await andon.end('SIGTERM');
  return {
    secret,
    failedAt,
    healedAt,
    pages: receiver.requests,
    during,
    after,
    check,
    ending,
    endedWithinMs: performance.now() - endingFrom,
    stderr: andon.stderr,
  };
}

/** Waits until the shop's target is known to hold. */
export async function holds(andon: AndonProcess, name = 'shop'): Promise<void> {
  await until(
    async () => ((await andon.api.service(name)).scopes[0]?.targets[0]?.verdict === 'held' ? true : undefined),
    { what: `the target of ${name} to hold`, withinMs: 20_000, explain: () => andon.tail() },
  );
}

/** Waits until a receiver has so many requests; shows the daemon's log when they do not come. */
export async function received(receiver: WebhookReceiver, count: number, andon: AndonProcess): Promise<void> {
  await until(() => (receiver.requests.length >= count ? true : undefined), {
    what: `page ${count}`,
    withinMs: 25_000,
    explain: () => andon.tail(),
  });
}
