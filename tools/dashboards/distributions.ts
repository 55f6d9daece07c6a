import { bars, numbers, type AnyPanel } from './panels.ts';
import { buckets, grown, latest, mean, quantile } from './queries.ts';

interface DistributionFacts {
  readonly name: string;
  /** A histogram in seconds. */
  readonly metric: string;
  readonly filter: string;
  readonly description: string;
}

/** A line of panels: how many there were, what half and nine in ten stayed below, the mean last, and how they spread. */
export function distribution({ name, metric, filter, description }: DistributionFacts): readonly AnyPanel[] {
  return [
    numbers({
      title: `${name}: how many`,
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
    bars({
      title: `${name}: how they spread`,
      description: `${description} How many took up to so long, and longer than the bar above.`,
      unit: 'short',
      width: 12,
      height: 6,
      noValue: 'none in this time',
      queries: [buckets(grown(`${metric}_bucket`, filter, 'le'))],
    }),
  ];
}
