import { describe, expect, test } from '@jest/globals';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import type { BurnTier } from '../../../src/domain/budget/objective.ts';
import {
  aBudget,
  aService,
  alertsAndWhatTheyRead,
  askPromtool,
  counter,
  dayMs,
  firesByAndon,
  firing,
  hourMs,
  minuteMs,
  rulesOf,
  secondMs,
  type Expectation,
  type Scenario,
  type ScrapedSeries,
} from './rule-bench.ts';

/** Every scenario is a group of one signal, so that promtool needs to run but once for all of them. */
const byRow = `success_rate:
  by: [row]
  ratio: { bad: 'requests_total{job="shop",code=~"5.."}', total: 'requests_total{job="shop"}' }
`;

type Rows = Readonly<Record<string, readonly ScrapedSeries[]>>;

function requests(row: string, code: number, values: ScrapedSeries['values']): ScrapedSeries {
  const series = `requests_total{job="shop",instance="${row}",row="${row}",code="${code}"}`;
  return { series, values, counts: code < 500 ? 'good' : 'bad' };
}

/**
 * Holds both ends of each firing against promtool, which has to come to the same answer at every instant near them but
 * those next to Andon's own change: one interval of evaluation either way. Returns Andon's firings by row.
 */
async function expectSameTimes(
  setting: Pick<Scenario, 'scrapeMs' | 'evaluateMs' | 'budget'>,
  tier: BurnTier,
  rows: Rows,
  chosen: (rules: string) => string = (rules) => rules,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const { scrapeMs, evaluateMs, budget } = setting;
  const expected: Expectation[] = [];
  const times: Record<string, readonly number[]> = {};
  for (const [row, series] of Object.entries(rows)) {
    const fired = firesByAndon({ ...setting, series }, tier);
    times[row] = fired;
    const isFired = new Set(fired);
    const lastMs = Math.max(...series.map(({ values }) => values.length)) * scrapeMs;
    for (let atMs = evaluateMs; atMs < lastMs - evaluateMs; atMs += evaluateMs) {
      const near = (offset: number): boolean => isFired.has(atMs + offset * evaluateMs);
      if (near(-1) !== near(0) || near(0) !== near(1)) continue;
      // Most of it is the same all along: what is close to a change is asked, and every 40th besides.
      const isClose = near(-4) !== near(0) || near(4) !== near(0);
      if (!isClose && (atMs / evaluateMs) % 40 !== 0) continue;
      expected.push({ atMs, expr: firing(`sloth_severity="${tier.severity}",row="${row}"`), value: near(0) ? 1 : 0 });
    }
  }
  const rules = chosen(rulesOf([aService(byRow, [{ ...budget, tiers: [tier] }])]));
  expect(await askPromtool(rules, { ...setting, series: Object.values(rows).flat() }, expected)).toBe('');
  return times;
}

/** The tiers of the workbook's table, by their long windows. */
function tierOver(longMs: number): BurnTier {
  const tiers = (['page', 'ticket'] as const).flatMap((severity) => presetTiers(severity, 30 * dayMs));
  const tier = tiers.find((each) => each.longMs === longMs);
  if (tier === undefined) throw new Error(`no tier over ${longMs} ms`);
  return tier;
}

describe('rows of the workbook', () => {
  test.each([
    { hours: 1, everyMs: 15 * secondMs, seconds: { 1: 52, 0.15: 346, 0.1: 518, 0.05: 1037 } },
    { hours: 6, everyMs: minuteMs, seconds: { 1: 130, 0.15: 864, 0.1: 1296, 0.05: 2592 } },
    { hours: 24, everyMs: 2 * minuteMs, seconds: { 1: 259, 0.15: 1728, 0.1: 2592, 0.05: 5184 } },
    { hours: 72, everyMs: 6 * minuteMs, seconds: { 1: 259, 0.15: 1728, 0.1: 2592, 0.05: 5184 } },
  ])(
    'errors fire the tier over $hours h when Andon does, and when the table says',
    async ({ hours, everyMs, seconds }) => {
      const tier = tierOver(hours * hourMs);
      const healthyMs = tier.longMs;
      // The outage goes on for a while after the alert.
      const endsAtMs = (fires: number): number => healthyMs + fires * secondMs + 10 * everyMs;
      // Every alert is over a short window after the longest outage, and there are a few evaluations more.
      const scrapes = Math.ceil((endsAtMs(Math.max(...Object.values(seconds))) + tier.shortMs) / everyMs) + 6;
      const rows = Object.entries(seconds).map(([errorRatio, fires]) => {
        const isBad = (scrape: number): boolean => scrape * everyMs > healthyMs && scrape * everyMs <= endsAtMs(fires);
        const bad = (scrape: number): number => (isBad(scrape) ? 1000 * Number(errorRatio) : 0);
        return [
          errorRatio,
          [
            requests(
              errorRatio,
              200,
              counter(scrapes, (scrape) => 1000 - bad(scrape)),
            ),
            requests(errorRatio, 500, counter(scrapes, bad)),
          ],
        ] as const;
      });
      const setting = { scrapeMs: everyMs, evaluateMs: everyMs, budget: aBudget() };
      const times = await expectSameTimes(setting, tier, Object.fromEntries(rows), alertsAndWhatTheyRead);
      for (const [errorRatio, fires] of Object.entries(seconds)) {
        const lateMs = (times[errorRatio]?.[0] ?? NaN) - healthyMs - fires * secondMs;
        expect(lateMs).toBeGreaterThan(-secondMs);
        expect(lateMs).toBeLessThanOrEqual(everyMs);
      }
    },
    60_000,
  );
});

describe('what rules mostly get wrong', () => {
  const scrapeMs = 15 * secondMs;
  const scrapes = (3 * hourMs) / scrapeMs;
  /** The first scrape at or after a time. */
  const at = (ms: number): number => Math.ceil(ms / scrapeMs);
  const startsAt = at(80 * minuteMs);
  const endsAt = at(110 * minuteMs);
  const during = (scrape: number): boolean => scrape > startsAt && scrape <= endsAt;
  const steady = counter(scrapes, () => 1000);
  const from = (scrape: number, values: readonly number[]) =>
    values.map((value, index) => (index < scrape ? undefined : value));
  const resetAt = (scrape: number, values: readonly number[]) =>
    values.map((value, index) => (index < scrape ? value : value - (values[scrape - 1] ?? 0)));
  const errors = counter(scrapes, (scrape) => (during(scrape) ? 100 : 0));

  const rows: Rows = {
    'an error counter that is born with the first error': [
      requests('born', 200, steady),
      requests('born', 500, from(startsAt + 1, errors)),
    ],
    'one request in six minutes, and one error': [
      requests(
        'few',
        200,
        counter(scrapes, (scrape) => (scrape % 24 === 0 && scrape !== at(90 * minuteMs) ? 1 : 0)),
      ),
      requests(
        'few',
        500,
        from(
          at(90 * minuteMs),
          counter(scrapes, (scrape) => (scrape === at(90 * minuteMs) ? 1 : 0)),
        ),
      ),
    ],
    'restarts amid errors': [
      requests('reset', 200, resetAt(at(95 * minuteMs), resetAt(at(84 * minuteMs), steady))),
      requests('reset', 500, resetAt(at(95 * minuteMs), resetAt(at(84 * minuteMs), errors))),
    ],
    'a restart without errors': [
      requests('restart', 200, resetAt(at(84 * minuteMs), steady)),
      requests(
        'restart',
        500,
        steady.map(() => 0),
      ),
    ],
    'no traffic before the errors': [
      requests(
        'idle',
        200,
        counter(scrapes, (scrape) => (scrape < at(50 * minuteMs) || scrape > startsAt ? 1000 : 0)),
      ),
      requests('idle', 500, errors),
    ],
    'no traffic after the errors': [
      requests(
        'still',
        200,
        counter(scrapes, (scrape) => (scrape <= at(100 * minuteMs) ? 1000 : 0)),
      ),
      requests(
        'still',
        500,
        counter(scrapes, (scrape) => (during(scrape) && scrape <= at(100 * minuteMs) ? 100 : 0)),
      ),
    ],
    'a service that is born failing': [
      requests('young', 200, from(at(60 * minuteMs), steady)),
      requests(
        'young',
        500,
        from(
          at(60 * minuteMs),
          counter(scrapes, () => 40),
        ),
      ),
    ],
    'a target that was away for five minutes': [
      requests(
        'away',
        200,
        steady.map((value, index) => (index > 280 && index <= 300 ? undefined : value)),
      ),
      requests(
        'away',
        500,
        errors.map((value, index) => (index > 280 && index <= 300 ? undefined : value)),
      ),
    ],
    'no errors, and no error counter': [requests('clean', 200, steady)],
    'nothing but errors': [
      requests(
        'dead',
        500,
        counter(scrapes, () => 1000),
      ),
    ],
  };

  test('comes out as in Andon', async () => {
    const setting = { scrapeMs, evaluateMs: 30 * secondMs, budget: aBudget() };
    // Rows are told apart by the label, whatever the scenario is called here.
    const byLabel = Object.fromEntries(
      Object.values(rows).map((series) => [/row="(\w+)"/.exec(series[0]?.series ?? '')?.[1] ?? '', series]),
    );
    const times = await expectSameTimes(setting, tierOver(hourMs), byLabel);
    const fires = Object.entries(times).map(([row, at]) => [row, at.length === 0 ? 'never' : 'once or more']);
    expect(fires).toEqual(
      Object.keys(byLabel).map((row) => [row, ['restart', 'clean'].includes(row) ? 'never' : 'once or more']),
    );
  }, 60_000);
});
