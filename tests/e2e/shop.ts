import { startScrapeTarget, type ScrapeTarget } from '../support/scrape-target.ts';

/** A web shop whose share of failing requests the test sets; it counts requests as time passes. */
export interface Shop extends AsyncDisposable {
  readonly target: ScrapeTarget;
  /** Share of requests that fail from now on, 0 to 1; answers with the moment, ms since the epoch. */
  fail(share: number): number;
}

const requestsPerSecond = 200;

/** Opens a shop that a Prometheus can scrape. */
export async function openShop(): Promise<Shop> {
  let share = 0;
  let good = 0;
  let bad = 0;
  let countedAt = Date.now();
  const count = (now: number): void => {
    const requests = ((now - countedAt) / 1000) * requestsPerSecond;
    good += requests * (1 - share);
    bad += requests * share;
    countedAt = now;
  };
  const target = await startScrapeTarget(() => {
    count(Date.now());
    return [
      '# HELP shop_requests_total Requests answered, by status code.',
      '# TYPE shop_requests_total counter',
      `shop_requests_total{code="200"} ${Math.floor(good)}`,
      `shop_requests_total{code="500"} ${Math.floor(bad)}`,
      '',
    ].join('\n');
  });
  return {
    target,
    fail(next) {
      const now = Date.now();
      count(now);
      share = next;
      return now;
    },
    async [Symbol.asyncDispose]() {
      await target.stop();
    },
  };
}

export interface ShopRules {
  /** Name of the service. Default `shop`. */
  readonly name?: string;
  /** Scrape job the shop runs under. Default `shop`. */
  readonly job?: string;
  readonly source?: string;
  readonly notify?: readonly string[];
  readonly hold?: string;
  readonly watch?: string;
  /** Windows of rule and target. */
  readonly over?: string;
  readonly summary?: string;
  readonly bound?: number;
}

/** A rule file for a shop, with windows as short as scrapes of one second allow. JSON is YAML. */
export function shopRules(options: ShopRules = {}): string {
  const {
    name = 'shop',
    job = 'shop',
    source,
    notify,
    hold = '3s',
    watch = '1s',
    over = '3s',
    summary,
    bound = 0.9,
  } = options;
  return JSON.stringify({
    apiVersion: 'andon/v1',
    kind: 'Service',
    metadata: { name, owner: 'team-shop', runbook: 'https://runbooks.example.com/shop' },
    spec: {
      ...(source === undefined ? {} : { source }),
      ...(notify === undefined ? {} : { notify }),
      signals: {
        success: {
          ratio: {
            good: `shop_requests_total{job="${job}",code!~"5.."}`,
            total: `shop_requests_total{job="${job}"}`,
          },
        },
      },
      endState: {
        summary: summary ?? 'Customers can pay',
        hold,
        watch,
        targets: [{ signal: 'success', atLeast: '99%', over }],
      },
      stopTheLine: [{ name: 'failing', when: `success.over("${over}") < ${bound}`, severity: 'page' }],
    },
  });
}
