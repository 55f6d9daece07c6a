import { allowedShare } from '../../domain/budget/burn-rate.ts';
import { isReachable } from '../../domain/budget/burn-tiers.ts';
import { falseAlarmsPerYear } from '../../domain/budget/false-alarms.ts';
import type { BurnTier, ErrorBudget } from '../../domain/budget/objective.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { CountingSignal, Service } from '../../domain/service/service.ts';
import type { Finding } from './live-finding.ts';
import type { Inspector } from '../ports/inspector.ts';

/** More alarms a year than this by chance alone are worth a warning. */
const mostPerYear = 1;
/** At a factor near 1 a service that only just keeps its objective is above it half of the time, and should be. */
const nearOne = 2;
/** Larger minimums are no help: by then the service is quiet enough for a longer window. */
const largestMinimum = 1000;

/**
 * Says how often a budget's tiers would fire by chance at the traffic that the source counts now, although the service is
 * as good as it promised. Groups of a split signal are added up. The path of a finding starts at the budget.
 */
export async function checkFalseAlarms(
  service: Pick<Service, 'signals'>,
  budget: ErrorBudget,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const signal = service.signals.find(({ name }) => name === budget.signal);
  const tiers = budget.tiers.filter((tier) => isReachable(tier, budget.objective));
  // Slices are few whatever the traffic is, and whoever counts them knows how many.
  if (signal === undefined || signal.kind === 'gauge' || tiers.length === 0 || budget.method.kind !== 'occurrences')
    return [];
  const asked = await inspector.values(eventRateQuery(signal), abort);
  // What the source does not say, it has been asked about for the signal too.
  if (asked.kind === 'failed') return [];
  const rates = asked.values.filter((rate) => rate > 0);
  const alarms = alarmsPerYear(tiers, budget, budget.minimumBad, rates);
  if (!(alarms > mostPerYear)) return [];
  const enough = enoughBad(tiers, budget, rates);
  return [
    {
      path: ['burnRates'],
      said: {
        severity: 'warning',
        code: 'live-false-alarms',
        message:
          `with ${formatRate(rates)} (over the last hour), chance alone fires these tiers up to ${formatCount(alarms)} times a year ` +
          `while the objective of ${formatRatio(budget.objective)} is kept`,
        hint:
          enough === undefined
            ? 'lower the objective, or count more events with a broader signal'
            : `minimumBad: ${enough.minimum} brings that to ${formatCount(enough.alarms)} a year`,
      },
    },
  ];
}

function alarmsPerYear(
  tiers: readonly BurnTier[],
  { objective }: ErrorBudget,
  minimumBad: number,
  rates: readonly number[],
): number {
  let sum = 0;
  for (const tier of tiers) {
    const errorRatio = allowedShare(objective) / (tier.factor < nearOne ? 2 : 1);
    for (const rate of rates) sum += falseAlarmsPerYear(tier, { objective, minimumBad, errorRatio }, rate);
  }
  return sum;
}

/** The least minimum of a few round ones that brings the alarms down. */
function enoughBad(
  tiers: readonly BurnTier[],
  budget: ErrorBudget,
  rates: readonly number[],
): { readonly minimum: number; readonly alarms: number } | undefined {
  for (const minimum of [2, 3, 5, 10, 20, 50, 100, 200, 500, largestMinimum]) {
    if (minimum <= budget.minimumBad) continue;
    const alarms = alarmsPerYear(tiers, budget, minimum, rates);
    if (alarms <= mostPerYear) return { minimum, alarms };
  }
  return undefined;
}

function eventRateQuery({ totalTerms, by, kind, ...signal }: CountingSignal): string {
  const isNative = kind === 'latency' && 'native' in signal && signal.native;
  return totalTerms
    .map(({ sign, selector }, index) => {
      const rate = isNative ? `histogram_count(rate(${selector}[1h]))` : `rate(${selector}[1h])`;
      const operator = sign === -1 ? ' - ' : index === 0 ? '' : ' + ';
      return `${operator}sum by (${by.join(', ')}) (${rate})`;
    })
    .join('');
}

function formatRate(rates: readonly number[]): string {
  const sum = rates.reduce((total, rate) => total + rate, 0);
  const groups = rates.length > 1 ? ` in ${rates.length} groups` : '';
  return sum >= 1
    ? `${formatCount(sum)} events a second${groups}`
    : `${formatCount(sum * 3600)} events an hour${groups}`;
}

function formatCount(count: number): string {
  return String(Number(count.toPrecision(2)));
}
