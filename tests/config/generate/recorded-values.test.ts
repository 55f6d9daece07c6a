import { expect, test } from '@jest/globals';
import {
  aBudget,
  aService,
  askPromtool,
  counter,
  dayMs,
  firing,
  hourMs,
  minuteMs,
  rulesOf,
  successRate,
  type Scenario,
  type ScrapedSeries,
} from './rule-bench.ts';

const everyMinute = { scrapeMs: minuteMs, evaluateMs: minuteMs } as const;

async function expectValues(
  signals: string,
  series: readonly ScrapedSeries[],
  expected: readonly [atMs: number, expr: string, value: number][],
  { budget = aBudget(), ...times }: Partial<Scenario> = {},
): Promise<void> {
  const scenario = { ...everyMinute, ...times, series };
  const expectations = expected.map(([atMs, expr, value]) => ({ atMs, expr, value }));
  expect(await askPromtool(rulesOf([aService(signals, [budget])]), scenario, expectations)).toBe('');
}

/** A value without its labels, to a few digits. */
const bare = (metric: string): string => `round(sum(${metric}), 0.000001)`;

function requests(code: number, countedIn: (minute: number) => number, minutes: number): ScrapedSeries {
  return { series: `requests_total{job="shop",instance="a",code="${code}"}`, values: counter(minutes, countedIn) };
}

test('the period figure counts events: a busy hour with errors outweighs a quiet day, and no traffic spoils nothing', async () => {
  const isBusy = (minute: number): boolean => minute > 60 && minute <= 120;
  const isSilent = (minute: number): boolean => minute > 300 && minute <= 600;
  const total = (minute: number): number => (isBusy(minute) ? 10_000 : isSilent(minute) ? 0 : 10);
  await expectValues(
    successRate,
    [
      requests(200, (minute) => (isBusy(minute) ? 9_900 : total(minute)), 1500),
      requests(500, (minute) => (isBusy(minute) ? 100 : 0), 1500),
    ],
    [
      // 6,000 of 600,000 in the busy hour, and 10 a minute before and after it but for five hours: 1,080 minutes are known.
      [1440 * minuteMs, bare('slo:sli_error:ratio_rate1w'), Number((6000 / (600_000 + 10 * 1080)).toFixed(6))],
      [1440 * minuteMs, bare('slo:period_burn_rate:ratio'), Number((6 / 0.6108).toFixed(6))],
      [1440 * minuteMs, bare('slo:period_error_budget_remaining:ratio'), Number((1 - 6 / 0.6108).toFixed(6))],
      [450 * minuteMs, 'count(slo:sli_error:ratio_rate5m) or vector(0)', 0],
      [450 * minuteMs, 'count(slo:sli_error:ratio_rate1w != slo:sli_error:ratio_rate1w) or vector(0)', 0],
      [450 * minuteMs, bare('slo:time_period:days'), 7],
      [450 * minuteMs, bare('slo:objective:ratio'), 0.999],
      [450 * minuteMs, bare('slo:error_budget:ratio'), 0.001],
      [450 * minuteMs, bare('sloth_slo_info{sloth_objective="99.9",sloth_id="shop-success_rate"}'), 1],
    ],
    { budget: aBudget({ period: { kind: 'rolling', ms: 7 * dayMs } }), evaluateMs: 5 * minuteMs },
  );
}, 30_000);

test('buckets of both spellings are one, and a histogram has no rule of its own', async () => {
  const latency = `success_rate:
  latency: { histogram: 'latency_seconds{job="shop"}', threshold: 1s }
`;
  const series = (name: string, labels: string, each: number): ScrapedSeries => ({
    series: `${name}{job="shop",${labels}}`,
    values: counter(31, () => each),
  });
  await expectValues(
    latency,
    [
      series('latency_seconds_bucket', 'instance="a",le="1"', 90),
      series('latency_seconds_bucket', 'instance="a",le="+Inf"', 100),
      series('latency_seconds_count', 'instance="a"', 100),
      series('latency_seconds_bucket', 'instance="b",le="1.0"', 50),
      series('latency_seconds_bucket', 'instance="b",le="10.0"', 100),
      series('latency_seconds_count', 'instance="b"', 100),
    ],
    [[30 * minuteMs, bare('slo:sli_error:ratio_rate5m'), 0.3]],
  );
});

test('a threshold that is no bucket counts every request as bad, which nobody overlooks', async () => {
  const latency = `success_rate:
  latency: { histogram: 'latency_seconds{job="shop"}', threshold: 300ms }
`;
  const series = (name: string, labels: string, each: number): ScrapedSeries => ({
    series: `${name}{job="shop",instance="a"${labels}}`,
    values: counter(31, () => each),
  });
  await expectValues(
    latency,
    [
      series('latency_seconds_bucket', ',le="0.25"', 90),
      series('latency_seconds_bucket', ',le="0.5"', 95),
      series('latency_seconds_bucket', ',le="+Inf"', 100),
      series('latency_seconds_count', '', 100),
    ],
    [[30 * minuteMs, bare('slo:sli_error:ratio_rate5m'), 1]],
  );
});

test('terms are added and taken away, and one without data adds nothing', async () => {
  const signals = `success_rate:
  ratio:
    bad: 'failed_total{job="shop"} - excused_total{job="shop"} + lost_total{job="shop"}'
    total: 'requests_total{job="shop"} - probes_total{job="shop"}'
`;
  const series = (name: string, each: number): ScrapedSeries => ({
    series: `${name}{job="shop",instance="a"}`,
    values: counter(31, () => each),
  });
  await expectValues(
    signals,
    [
      series('failed_total', 30),
      series('excused_total', 10),
      series('requests_total', 140),
      series('probes_total', 40),
    ],
    [[30 * minuteMs, bare('slo:sli_error:ratio_rate5m'), 0.2]],
  );
});

test('more good events than events is no ratio', async () => {
  const signals = `success_rate:
  ratio: { good: 'good_total{job="shop"}', total: 'requests_total{job="shop"}' }
`;
  const series = (name: string, each: number): ScrapedSeries => ({
    series: `${name}{job="shop",instance="a"}`,
    values: counter(31, () => each),
  });
  const none = 'count(slo:sli_error:ratio_rate5m) or vector(0)';
  await expectValues(signals, [series('good_total', 120), series('requests_total', 100)], [[30 * minuteMs, none, 0]]);
  await expectValues(
    signals,
    [series('good_total', 75), series('requests_total', 100)],
    [[30 * minuteMs, bare('slo:sli_error:ratio_rate5m'), 0.25]],
  );
  await expectValues(
    signals,
    [series('requests_total', 100)],
    [[30 * minuteMs, bare('slo:sli_error:ratio_rate5m'), 1]],
  );
});

test('groups keep their labels, and a label that the service has too is theirs', async () => {
  const signals = `success_rate:
  by: [region]
  ratio: { bad: 'requests_total{job="shop",code=~"5.."}', total: 'requests_total{job="shop"}' }
`;
  const series = (region: string, code: number, each: number): ScrapedSeries => ({
    series: `requests_total{job="shop",instance="${region}",region="${region}",code="${code}"}`,
    values: counter(31, () => each),
  });
  const service = aService(signals, [aBudget()], ', labels: { region: everywhere, team: payments }');
  const scenario = {
    ...everyMinute,
    series: [series('eu', 200, 90), series('eu', 500, 10), series('us', 200, 100)],
  };
  expect(
    await askPromtool(rulesOf([service]), scenario, [
      { atMs: 30 * minuteMs, expr: bare('slo:current_burn_rate:ratio{region="eu",team="payments"}'), value: 100 },
      { atMs: 30 * minuteMs, expr: bare('slo:current_burn_rate:ratio{region="us"}'), value: 0 },
      { atMs: 30 * minuteMs, expr: 'count(slo:current_burn_rate:ratio)', value: 2 },
    ]),
  ).toBe('');
});

test('a budget asks for a number of bad events', async () => {
  const series = [
    requests(200, () => 0.5, 121),
    requests(500, (minute) => (minute % 6 === 0 && minute >= 60 ? 1 : 0), 121),
  ];
  const tier = { severity: 'page', share: 0.02, longMs: hourMs, shortMs: 30 * minuteMs, factor: 14.4 } as const;
  for (const [minimumBad, value] of [
    [10, 1],
    [11, 0],
  ] as const) {
    await expectValues(successRate, series, [[115 * minuteMs, firing('sloth_severity="page"'), value]], {
      budget: aBudget({ tiers: [tier], minimumBad }),
    });
  }
});

test('labels may change: what was recorded under the old ones still counts', async () => {
  const rules = rulesOf([aService(successRate, [aBudget()], ', labels: { team: new }')]);
  const counts = (count: string, each: number): ScrapedSeries => ({
    series: `andon:slo_events:increase5m{sloth_id="shop-success_rate",slo_events="${count}",team="old"}`,
    values: [each, each, each, each, each, each, undefined],
  });
  const series = [counts('total', 500), counts('bad', 50), counts('covered', 300), requests(200, () => 100, 31)];
  expect(
    await askPromtool(rules, { ...everyMinute, series }, [
      // 5 of the 30 minutes are from before.
      { atMs: 12 * minuteMs, expr: 'count(slo:sli_error:ratio_rate30m)', value: 1 },
      { atMs: 12 * minuteMs, expr: bare('slo:sli_error:ratio_rate30m > bool 0'), value: 1 },
    ]),
  ).toBe('');
});
