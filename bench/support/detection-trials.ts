import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAlertmanager } from '../../tests/support/alertmanager-server.ts';
import { startPrometheus } from '../../tests/support/prometheus-server.ts';
import { WebhookReceiver, type ReceivedRequest } from '../../tests/support/webhook-receiver.ts';
import { startAndon } from './andon-process.ts';
import { startShops, type Shop } from './shops.ts';
import { seededRandom } from './statistics.ts';

export interface DetectionPlan {
  readonly intervalMs: number;
  /** Services, each with a scrape job and a rule group of its own, and so with phases of its own; one fault each. */
  readonly pairs: number;
  readonly seed: number;
  readonly folder: string;
}

/** One fault. */
export interface Trial {
  readonly share: number;
  readonly andonMs: number;
  readonly referenceMs: number;
  /** From the end of the first scrape whose counts trip the rule to Andon's page. */
  readonly addedAfterScrapeMs: number;
}

const windowMs = 60_000;
const mostBad = 0.01;
/** A fault that nobody has paged for by then is lost, ms after the last fault. */
const lostAfterMs = 60_000;

/** Breaks each service once, at a random moment, and waits until both pipelines have paged for all of them. */
export async function runDetectionTrials({
  intervalMs,
  pairs,
  seed,
  folder,
}: DetectionPlan): Promise<readonly Trial[]> {
  const random = seededRandom(seed + intervalMs);
  // Both offsets follow from hashes of names: new names draw new phases.
  const names = Array.from({ length: pairs }, (_, index) => `shop-${Math.floor(random() * 1e9).toString(36)}-${index}`);
  await using shops = await startShops(names);
  await using andonReceiver = await WebhookReceiver.start();
  await using referenceReceiver = await WebhookReceiver.start();
  const pages = {
    andon: arrivals(andonReceiver, andonServices),
    reference: arrivals(referenceReceiver, alertServices),
  };

  await using alertmanager = await startAlertmanager({
    config: {
      route: {
        receiver: 'bench',
        group_by: ['service'],
        group_wait: '0s',
        group_interval: '1s',
        repeat_interval: '1h',
      },
      receivers: [{ name: 'bench', webhook_configs: [{ url: `${referenceReceiver.origin}/`, send_resolved: false }] }],
    },
  });
  await using prometheus = await startPrometheus({
    scrapeIntervalMs: intervalMs,
    jobs: names.map((name) => ({ job: name, targets: [shops.address], metricsPath: `/${name}` })),
    ruleFiles: Object.fromEntries(names.map((name) => [`${name}.yml`, alertingRule(name, intervalMs)])),
    alertmanagers: [`127.0.0.1:${alertmanager.port}`],
  });
  const rules = join(folder, 'rules');
  await mkdir(rules, { recursive: true });
  for (const name of names) await writeFile(join(rules, `${name}.yaml`), ruleFile(name));

  // A window without errors first: a fault is a step from good to bad.
  await sleep(windowMs + 2 * intervalMs);
  await using _andon = await startAndon({
    folder,
    rules: [rules],
    sourceUrl: prometheus.url,
    webhookUrl: `${andonReceiver.origin}/`,
  });
  await sleep(Math.max(5_000, 3 * intervalMs));

  const faults = shops.all.map((shop, index) => ({
    shop,
    share: index % 2 === 0 ? 1 : 0.5,
    afterMs: random() * Math.max(20_000, 6 * intervalMs),
  }));
  faults.sort((a, b) => a.afterMs - b.afterMs);
  const begin = performance.now();
  for (const { shop, share, afterMs } of faults) {
    await sleep(Math.max(0, begin + afterMs - performance.now()));
    shop.fail(share);
  }
  const until = performance.now() + lostAfterMs;
  const isOver = (): boolean => names.every((name) => pages.andon.has(name) && pages.reference.has(name));
  while (!isOver() && performance.now() < until) await sleep(50);

  return faults.map(({ shop, share }) => trialOf(shop, share, pages.andon, pages.reference));
}

function trialOf(
  shop: Shop,
  share: number,
  andon: ReadonlyMap<string, number>,
  reference: ReadonlyMap<string, number>,
): Trial {
  const { failedAt, name } = shop;
  const andonAt = andon.get(name);
  const referenceAt = reference.get(name);
  if (failedAt === undefined || andonAt === undefined || referenceAt === undefined)
    throw new Error(`${name}: no page within ${lostAfterMs} ms (andon ${andonAt}, reference ${referenceAt})`);
  if (andonAt < failedAt || referenceAt < failedAt) throw new Error(`${name}: a page before the fault`);
  const decisive = shop.scrapes.find(
    ({ total, bad, endedAt }) =>
      endedAt > failedAt && bad > mostBad * Math.min(total, (shop.perSecond * windowMs) / 1_000),
  );
  if (decisive === undefined) throw new Error(`${name}: no scrape shows the fault`);
  return {
    share,
    andonMs: andonAt - failedAt,
    referenceMs: referenceAt - failedAt,
    addedAfterScrapeMs: andonAt - decisive.endedAt,
  };
}

/** When the first page for each service came. */
function arrivals(
  receiver: WebhookReceiver,
  servicesOf: (request: ReceivedRequest) => readonly string[],
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  receiver.answer = (request) => {
    const at = performance.now();
    for (const service of servicesOf(request)) if (!first.has(service)) first.set(service, at);
    return { kind: 'answer', status: 200 };
  };
  return first;
}

function andonServices({ text }: ReceivedRequest): readonly string[] {
  const { data } = JSON.parse(text) as { data: { service: string } };
  return [data.service];
}

function alertServices({ text }: ReceivedRequest): readonly string[] {
  const { alerts } = JSON.parse(text) as { alerts: readonly { labels: { service: string } }[] };
  return alerts.map(({ labels }) => labels.service);
}

function alertingRule(name: string, intervalMs: number): string {
  const rate = (matchers: string): string => `sum(rate(http_requests_total{job="${name}"${matchers}}[${windowMs}ms]))`;
  return JSON.stringify({
    groups: [
      {
        name,
        interval: `${intervalMs}ms`,
        rules: [
          {
            alert: 'Failing',
            expr: `${rate(',code!~"5.."')} / ${rate('')} < ${1 - mostBad}`,
            for: '0s',
            labels: { service: name },
          },
        ],
      },
    ],
  });
}

function ruleFile(name: string): string {
  return JSON.stringify({
    apiVersion: 'andon/v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      signals: {
        success_rate: {
          ratio: {
            good: `http_requests_total{job="${name}",code!~"5.."}`,
            total: `http_requests_total{job="${name}"}`,
          },
        },
      },
      endState: {
        summary: 'Requests succeed',
        hold: '30s',
        targets: [{ signal: 'success_rate', atLeast: 1 - mostBad, over: `${windowMs}ms` }],
      },
      stopTheLine: [
        {
          name: 'failing',
          when: `success_rate.over("${windowMs / 1_000}s") < ${1 - mostBad}`,
          for: '0s',
          severity: 'page',
        },
      ],
    },
  });
}
