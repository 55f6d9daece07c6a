import { describe, expect, test } from '@jest/globals';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import {
  aBudget,
  alertsAndWhatTheyRead,
  aService,
  askPromtool,
  counter,
  dayMs,
  minuteMs,
  rulesOf,
  secondMs,
  type ScrapedSeries,
} from './rule-bench.ts';

const scrapeMs = 15 * secondMs;
const scrapes = (100 * minuteMs) / scrapeMs;
const changesAt = (70 * minuteMs) / scrapeMs;
const lastMs = (scrapes - 1) * scrapeMs;
/** Five minutes hold 20 scrapes. */
const [each, steady] = [10, 200];
const life = 1_000_000;

type Values = ScrapedSeries['values'];

/** A counter that has counted since long ago. */
const live = counter(scrapes, (scrape) => (scrape === 0 ? life : each));
const none = live.map(() => 0);
const until = (end: number, values: Values): Values => values.map((value, at) => (at < end ? value : undefined));
const from = (begin: number, values: Values): Values => values.map((value, at) => (at < begin ? undefined : value));
const either = (a: Values, b: Values): Values => a.map((value, at) => value ?? b[at]);
/** Begins again from zero. */
const resetAt = (scrape: number, values: readonly number[]): readonly number[] =>
  values.map((value, at) => (at < scrape ? value : value - (values[scrape - 1] ?? NaN)));
const minutesAfter = (minutes: number): number => changesAt + (minutes * minuteMs) / scrapeMs;

interface Row {
  /** What is scraped of it: metric, further labels, values, and for how many scrapes it is still shown after it went. */
  readonly scraped: readonly (readonly [metric: string, labels: string, values: Values, lingers?: number])[];
  /** What five minutes hold at most and at least of something at any instant after the first hour. */
  readonly holds: readonly (readonly [events: string, most: number, least: number])[];
  readonly pages?: true;
}

/** Each row is a group of one signal, and one target, so that promtool needs to run but once for all of them. */
async function expectHeld(signal: string, rows: Readonly<Record<string, Row>>): Promise<void> {
  const series: ScrapedSeries[] = [];
  const expected: { expr: string; value: number; atMs: number }[] = [];
  for (const [index, { scraped, holds, pages }] of Object.values(rows).entries()) {
    const row = `row${index}`;
    for (const [metric, labels, values, lingers = 0] of scraped)
      series.push({ series: `${metric}{job="shop",instance="${row}",row="${row}"${labels}}`, values, lingers });
    for (const [events, most, least] of holds) {
      const held = `sum(andon:slo_events:increase5m{slo_events="${events}",row="${row}"})`;
      for (const [fold, value] of [['max', most] as const, ['min', least] as const])
        expected.push({ atMs: lastMs, expr: `round(${fold}_over_time((${held})[38m:15s]), 0.001)`, value });
    }
    const paged = `count(count_over_time(ALERTS{sloth_severity="page",row="${row}"}[1h])) or vector(0)`;
    expected.push({ atMs: lastMs, expr: paged, value: pages === true ? 1 : 0 });
  }
  const tiers = presetTiers('page', 30 * dayMs);
  const service = aService(`success_rate:\n  by: [row]\n  ${signal}\n`, [aBudget({ tiers })]);
  const rules = alertsAndWhatTheyRead(rulesOf([service]));
  expect(await askPromtool(rules, { scrapeMs, evaluateMs: scrapeMs, series }, expected)).toBe('');
}

const up = ['up', '', live.map(() => 1)] as const;
/** Of a process that began at a scrape. */
const startedAt = (scrape: number) =>
  ['process_start_time_seconds', '', live.map((_, at) => (at < scrape ? 0 : (scrape * scrapeMs) / 1000))] as const;

describe('series that change on a live target', () => {
  test('count no life twice, and what they counted meanwhile once', async () => {
    const relabelled = (lingers: number): Row => ({
      scraped: [
        up,
        ['requests_total', ',code="200",version="1"', until(changesAt, live), lingers],
        ['requests_total', ',code="500",version="1"', until(changesAt, none), lingers],
        ['requests_total', ',code="200",version="2"', from(changesAt, live)],
        ['requests_total', ',code="500",version="2"', from(changesAt, none)],
      ],
      // What was counted between the last sample of the old labels and the first of the new ones nobody can tell.
      holds: [
        ['total', steady, steady - each],
        ['bad', 0, 0],
      ],
    });
    const back = minutesAfter(10);
    const restarted = resetAt(changesAt, live);
    const canary = minutesAfter(-7);
    /** All that is scraped of a process that is some minutes old gets a new label. */
    const underNewLabels = (gapMinutes: number): Row => {
      const [began, found] = [minutesAfter(-3), minutesAfter(gapMinutes)];
      const scraped = [up, startedAt(began), ['requests_total', '', resetAt(began, live)] as const];
      return {
        scraped: scraped.flatMap(([metric, , values]) => [
          [metric, ',version="1"', until(changesAt, values), 2] as const,
          [metric, ',version="2"', from(found, values)] as const,
        ]),
        // Not known is what was counted until it was found again.
        holds: [['total', steady, steady - Math.max(1, found - changesAt + 1) * each]],
      };
    };
    const firstError = live.map((_, at) => (at < changesAt ? undefined : 1));
    await expectHeld(`ratio: { bad: 'requests_total{job="shop",code=~"5.."}', total: 'requests_total{job="shop"}' }`, {
      'other labels, the old ones gone at once': relabelled(0),
      'other labels, the old ones shown for two more scrapes': relabelled(2),
      'other labels, the old ones never marked as gone': relabelled(19),
      'other labels, and back': {
        scraped: [
          up,
          ['requests_total', ',role="follower"', either(until(changesAt, live), from(back, live)), 2],
          ['requests_total', ',role="leader"', until(back, from(changesAt, live)), 2],
        ],
        holds: [['total', steady, steady - each]],
      },
      'other labels some minutes after the process began': {
        scraped: [
          up,
          startedAt(canary),
          ['requests_total', ',role="canary"', until(changesAt, resetAt(canary, live))],
          ['requests_total', ',role="stable"', from(changesAt, resetAt(canary, live))],
        ],
        holds: [['total', steady, steady - each]],
      },
      'other labels minutes after the process began': underNewLabels(0),
      'other labels minutes after the process began, and not found for a minute': underNewLabels(1),
      'other labels with the process that began': {
        scraped: [
          up,
          startedAt(changesAt - 1),
          ['requests_total', ',version="1"', until(changesAt, live)],
          ['requests_total', ',version="2"', from(changesAt, restarted)],
        ],
        holds: [['total', steady, steady]],
      },
      'a first error while another series goes, after a restart that only counters tell of': {
        scraped: [
          up,
          ['requests_total', ',code="200"', restarted],
          ['requests_total', ',code="404"', until(changesAt, none)],
          ['requests_total', ',code="500"', firstError],
        ],
        holds: [['bad', 1, 0]],
      },
      'a first error': {
        scraped: [up, ['requests_total', ',code="200"', live], ['requests_total', ',code="500"', firstError]],
        holds: [['bad', 1, 0]],
      },
      'a target that goes for good counts until then': {
        scraped: [
          ['requests_total', ',pod="x"', until(changesAt, live)],
          ['requests_total', ',pod="y",other="1"', live],
        ],
        holds: [['total', 2 * steady, steady]],
      },
    });
  }, 60_000);

  test('count no life of a bucket twice, and nothing as bad where only its spelling changed', async () => {
    const respelled = (lingers: number): Row => ({
      scraped: [
        up,
        ['latency_seconds_count', '', live],
        ['latency_seconds_bucket', ',le="1"', until(changesAt, live), lingers],
        ['latency_seconds_bucket', ',le="1.0"', from(changesAt, live)],
      ],
      holds: [
        ['total', steady, steady],
        ['good', steady, steady],
      ],
    });
    await expectHeld(`latency: { histogram: 'latency_seconds{job="shop"}', threshold: 1s }`, {
      'another spelling, the old one gone at once': respelled(0),
      'another spelling, the old one never marked as gone': respelled(19),
      'a bucket that is added to its histogram, without which everything was bad': {
        scraped: [
          up,
          ['latency_seconds_count', '', live],
          ['latency_seconds_bucket', ',le="1"', from(changesAt, live)],
        ],
        holds: [
          ['total', steady, steady],
          ['good', steady, 0],
        ],
        pages: true,
      },
      'another spelling, and another process': {
        scraped: [
          up,
          startedAt(changesAt - 1),
          ['latency_seconds_count', '', resetAt(changesAt, live)],
          ['latency_seconds_bucket', ',le="1"', until(changesAt, live)],
          ['latency_seconds_bucket', ',le="1.0"', from(changesAt, resetAt(changesAt, live))],
        ],
        holds: [['good', steady, steady]],
      },
      'other labels': {
        scraped: [
          up,
          ['latency_seconds_count', ',version="1"', until(changesAt, live), 2],
          ['latency_seconds_count', ',version="2"', from(changesAt, live)],
          ['latency_seconds_bucket', ',version="1",le="1"', until(changesAt, live), 2],
          ['latency_seconds_bucket', ',version="2",le="1"', from(changesAt, live)],
        ],
        holds: [
          ['total', steady, steady - each],
          ['good', steady, steady - each],
        ],
      },
    });
  }, 60_000);
});
