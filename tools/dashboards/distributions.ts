import type { MetricSpec } from '../../src/adapters/metrics/catalogue.ts';
import { columns, numbers, type AnyPanel } from './panels.ts';
import { buckets, grown, latest, mean, quantile } from './queries.ts';

interface DistributionFacts {
  readonly name: string;
  /** What each observation is one of. */
  readonly counted: string;
  /** A histogram in seconds. */
  readonly metric: MetricSpec;
  readonly filter: string;
  readonly description: string;
}

/** A line of panels: how many there were, what half and nine in ten stayed below, the mean last, and how they spread. */
export function distribution(facts: DistributionFacts): readonly AnyPanel[] {
  const { name, counted, filter, description } = facts;
  const metric = facts.metric.name;
  const spread = columns({
    title: `${name}: how they spread`,
    description: `${description} How many took up to so long, and longer than the column before.`,
    unit: 'short',
    width: 12,
    height: 6,
    noValue: 'none in this time',
    queries: [buckets(grown(`${metric}_bucket`, filter, 'le'))],
  });
  const bounds = facts.metric.buckets ?? [];
  for (const bound of bounds) spread.overrideByRegexp(bucketNamed(bound), called(briefly(bound)));
  spread.overrideByRegexp('/^\\+Inf$/', called(`> ${briefly(bounds.at(-1) ?? 0)}`));
  return [
    numbers({
      title: counted,
      description: `${description} How many there were: quantiles of a few say little.`,
      unit: 'short',
      width: 4,
      height: 6,
      noValue: 'none',
      queries: [latest(grown(`${metric}_count`, filter))],
    }).decimals(0),
    numbers({
      title: name,
      description: `${description} The median, what nine in ten stay below, and the mean, which a single long one pulls up.`,
      unit: 's',
      width: 8,
      height: 6,
      noValue: 'none in this time',
      queries: [
        latest(quantile(0.5, metric, filter), 'median'),
        latest(quantile(0.9, metric, filter), '9 in 10'),
        latest(mean(metric, filter), 'mean'),
      ],
    }),
    spread,
  ];
}

/** Prometheus 3 writes the bound 60 as 60.0. */
function bucketNamed(bound: number): string {
  return `/^${String(bound).replace('.', '\\.')}(\\.0)?$/`;
}

function called(name: string) {
  return [{ id: 'displayName', value: name }];
}

/** Seconds in the largest unit that they are a whole number of. */
function briefly(seconds: number): string {
  for (const [size, unit] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const)
    if (seconds % size === 0) return `${seconds / size} ${unit}`;
  return `${seconds} s`;
}
