import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AndonProcess } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { startScrapeTarget, type ScrapeTarget } from '../support/scrape-target.ts';
import { until } from '../support/until.ts';

const cleanUp = new AsyncDisposableStack();

/** 30 of 100 requests take at most 0.1 s, 80 0.25 s, 90 0.3 s, 95 0.5 s, 99 1 s. */
const fastEnough = new Map([
  [0.1, 30],
  [0.25, 80],
  [0.3, 90],
  [0.5, 95],
  [1, 99],
]);
const requestsPerScrape = 100;

/** A process that answers 100 requests from one scrape to the next. A deploy restarts it with other buckets. */
class ScrapedProcess {
  bounds: readonly number[];
  /** Requests over all its lives, as of the last scrape. */
  served = 0;
  /** The same when its present life began. */
  #begun = 0;
  readonly #metric: string;
  readonly #zone: string;

  constructor(metric: string, zone: string, bounds: readonly number[]) {
    this.#metric = metric;
    this.#zone = zone;
    this.bounds = bounds;
  }

  deploy(bounds: readonly number[]): void {
    this.bounds = bounds;
    this.#begun = this.served;
  }

  expose(): string {
    this.served += requestsPerScrape;
    const count = this.served - this.#begun;
    const labels = `zone="${this.#zone}"`;
    const buckets = this.bounds.map((bound) => [String(bound), ((fastEnough.get(bound) ?? 0) / 100) * count] as const);
    const lines = [...buckets, ['+Inf', count] as const].map(
      ([le, good]) => `${this.#metric}_bucket{${labels},le="${le}"} ${good}`,
    );
    return `# TYPE ${this.#metric} histogram\n${lines.join('\n')}\n${this.#metric}_count{${labels}} ${count}\n`;
  }
}

/** `sparse_seconds` shares no bucket below the threshold with what a deploy makes of it. */
const [before, after] = [
  { shop_seconds: [0.1, 0.3, 1], sparse_seconds: [0.3, 1] },
  { shop_seconds: [0.1, 0.25, 0.5, 1], sparse_seconds: [0.25, 0.5, 1] },
];
const metrics = ['shop_seconds', 'sparse_seconds'] as const;
const zones = ['north', 'south'] as const;

const service = (name: string, metric: string, by: string) => `
apiVersion: andon/v1
kind: Service
metadata: { name: ${name} }
spec:
  signals:
    latency:
      latency: { histogram: '${metric}{job="shop"}', threshold: 300ms }${by}
  endState:
    summary: Customers need not wait
    hold: 1m
    targets: [{ signal: latency, atLeast: 50%, over: 15s }]
  stopTheLine:
    - { name: slow, when: 'latency.over("15s") < 0.5' }
  errorBudgets:
    - { name: requests, signal: latency, objective: 80%, period: 1h }
    - { name: slices, signal: latency, objective: 80%, period: 1h, method: { timeslices: 10s, target: 70% } }
`;

interface BudgetJson {
  readonly budget: string;
  readonly group: Readonly<Record<string, string>>;
  readonly bad: number;
  readonly total: number;
  readonly coverage: number;
  readonly known: number;
}

interface ServiceJson {
  readonly budgets: readonly BudgetJson[];
  readonly problems: readonly { readonly reason: string; readonly detail: string }[];
  readonly readings: readonly { readonly reading?: unknown }[];
}

let processes: readonly { readonly metric: (typeof metrics)[number]; readonly process: ScrapedProcess }[];
let targets: readonly ScrapeTarget[];
let prometheus: RealServer;
let andon: AndonProcess;

beforeAll(async () => {
  processes = zones.flatMap((zone) =>
    metrics.map((metric) => ({ metric, process: new ScrapedProcess(metric, zone, before[metric]) })),
  );
  targets = await Promise.all(
    zones.map(async (_, index) => {
      const own = processes.slice(index * metrics.length, (index + 1) * metrics.length);
      return cleanUp.use(await startScrapeTarget(() => own.map(({ process }) => process.expose()).join('')));
    }),
  );
  const jobs = [{ job: 'shop', targets: targets.map(({ address }) => address) }];
  prometheus = cleanUp.use(await startPrometheus({ scrapeIntervalMs: 1_000, jobs }));
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: {
        'shop.yaml': service('shop', 'shop_seconds', ''),
        'zones.yaml': service('zones', 'shop_seconds', '\n      by: [zone]'),
        'sparse.yaml': service('sparse', 'sparse_seconds', ''),
      },
      settings: { sources: [{ name: 'default', url: prometheus.url }], channels: [] },
    }),
  );
}, 60_000);

afterAll(async () => {
  await cleanUp.disposeAsync();
}, 30_000);

async function look(name: string): Promise<ServiceJson> {
  const response = await fetch(`${andon.url}/api/v1/services/${name}`);
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as ServiceJson;
}

/** Budgets of a service by name and zone. */
async function budgets(name: string): Promise<ReadonlyMap<string, BudgetJson>> {
  const { budgets: all } = await look(name);
  return new Map(all.map((each) => [`${each.budget} ${each.group['zone'] ?? ''}`.trim(), each]));
}

const hourMs = 3_600_000;
let seen: readonly BudgetJson[] = [];
const explain = () => `${JSON.stringify(seen)}\n${andon.tail()}`;

test('a deploy that replaces the bucket of the threshold is counted over by a real Prometheus within some polls', async () => {
  const counted = await until(
    async () => {
      const all = [...(await budgets('shop')).values(), ...(await budgets('zones')).values()];
      return all.length === 6 && all.every(({ coverage, known }) => coverage * hourMs >= 10_000 && known > 0.999)
        ? await budgets('shop')
        : undefined;
    },
    { what: 'ledgers of twelve seconds', withinMs: 60_000, explain },
  );
  const exact = counted.get('requests');
  expect((exact?.bad ?? 0) / (exact?.total ?? 0)).toBeCloseTo(0.1, 6);
  expect((await look('shop')).problems).toEqual([]);

  const [first, second] = targets;
  if (first === undefined || second === undefined) throw new Error('no targets');
  const upTo = processes.map(({ process }) => process.served);
  for (const { metric, process } of processes) process.deploy(after[metric]);
  await Promise.all([first.scraped(2), second.scraped(2)]);

  // What the deploy began is filled again as soon as late samples have landed, for each group too.
  const settled = await until(
    async () => {
      const [shop, byZone, sparse] = await Promise.all(['shop', 'zones', 'sparse'].map(budgets));
      const all = [...(shop?.values() ?? []), ...(byZone?.values() ?? []), ...(sparse?.values() ?? [])];
      seen = all;
      // A ledger may always lack the step that another group's scrape has just closed.
      const isWhole = all.length === 8 && all.every(({ known }) => known > 0.9995);
      const isLater = processes.every(({ process }, index) => process.served > (upTo[index] ?? NaN) + 800);
      return isWhole && isLater && shop && byZone && sparse ? { shop, byZone, sparse } : undefined;
    },
    { what: 'ledgers filled over the deploy', withinMs: 30_000, explain },
  );
  // A second deploy later would be seen as one more: meanwhile nothing was told, and the problem has a name.
  for (const name of ['shop', 'zones', 'sparse'])
    expect((await look(name)).problems).toMatchObject([{ reason: 'threshold-between-buckets' }]);
  expect(await (await fetch(`${andon.url}/api/v1/incidents`)).json()).toMatchObject({ incidents: [] });
  expect(andon.stderr).not.toContain('cannot be read');
  expect(andon.stderr).not.toContain('more than one series');

  // Before it 10% were too slow, since then 20% count as such, and 70% over the change: until the look after the one that
  // found both processes with buckets of their own, seven seconds at most.
  const requests = settled.shop.get('requests');
  if (requests === undefined) throw new Error('no budget');
  const old = (upTo[0] ?? 0) + (upTo[2] ?? 0);
  const recent = requests.total - old;
  const expected = 0.1 * old + 0.2 * recent;
  expect(requests.bad).toBeGreaterThan(expected - 0.1 * 4 * requestsPerScrape);
  expect(requests.bad).toBeLessThan(expected + 0.6 * 8 * zones.length * requestsPerScrape);
  for (const zone of zones) {
    const own = settled.byZone.get(`requests ${zone}`);
    expect((own?.bad ?? NaN) / (own?.total ?? NaN)).toBeLessThan(0.3);
    expect((own?.bad ?? NaN) / (own?.total ?? NaN)).toBeGreaterThan(0.1);
  }
  // Without a bucket that both sides have, only the steps over the change are open.
  const [whole, open] = [settled.shop.get('requests'), settled.sparse.get('requests')];
  const openMs = ((whole?.coverage ?? NaN) - (open?.coverage ?? NaN)) * hourMs;
  expect(openMs).toBeLessThan(4_000);
  expect((open?.bad ?? NaN) / (open?.total ?? NaN)).toBeLessThan(0.2);
}, 120_000);
