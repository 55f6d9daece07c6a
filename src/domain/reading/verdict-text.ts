import { formatDuration } from '../text/duration.ts';
import { groupText } from '../service/group.ts';
import { formatRatio } from '../text/ratio.ts';
import { roundApart } from '../text/round-apart.ts';
import type { ValueReading } from './reading.ts';
import { describePair } from './threshold-place.ts';
import type { TargetVerdict } from './verdict.ts';

/** `success rate 91.2% over 1m, target at least 99.9%`. */
export function describeVerdict(verdict: TargetVerdict): string {
  const { target, reading, group } = verdict;
  const of = group === undefined ? '' : ` {${groupText(group)}}`;
  const value = reading.kind === 'value' ? describeValue(verdict, reading) : `unknown (${reading.reason})`;
  const over = target.overMs === undefined ? '' : ` over ${formatDuration(target.overMs)}`;
  const why = describeInterval(verdict);
  const because = why === undefined ? '' : ` (${why})`;
  return `${signalWords(target.signal)}${of} ${value}${over}, target ${describeTarget(verdict)}${because}`;
}

/** `99.2%`, or `between 98.2% and 99.7%` where the threshold of a latency signal is no bucket. */
export function describeValue(verdict: TargetVerdict, reading: ValueReading): string {
  const least = formatMeasure(reading.value, verdict, verdict.target.value);
  if (reading.interval === undefined) return least;
  const most = formatMeasure(reading.interval.atMost, verdict, verdict.target.value);
  return most === least ? least : `between ${least} and ${most}`;
}

/** `the threshold 300ms lies between the buckets 0.25 and 0.5`; undefined where the value is no interval. */
export function describeInterval({ reading }: TargetVerdict): string | undefined {
  if (reading.kind === 'unknown' || reading.interval === undefined) return undefined;
  return describePair(reading.interval.thresholdSeconds, reading.interval.buckets);
}

/** `at least 99.9%`. */
export function describeTarget(verdict: TargetVerdict): string {
  const { bound, value } = verdict.target;
  return `${bound === 'atLeast' ? 'at least' : 'at most'} ${formatMeasure(value, verdict)}`;
}

/** Whether the target's numbers are shares of events, 0 to 1, rather than a gauge's own. */
export function isRatio({ target, reading }: TargetVerdict): boolean {
  if (target.unit !== undefined) return target.unit === 'ratio';
  return reading.kind === 'value' && reading.total !== undefined;
}

/** A signal's name as words: `success_rate` → `success rate`. */
export function signalWords(signal: string): string {
  return signal.replaceAll('_', ' ');
}

/** One of a verdict's numbers with its unit, short, but never rounded onto or over what it is held `against`, nor to all or nothing. */
export function formatMeasure(value: number, verdict: TargetVerdict, against?: number): string {
  if (isRatio(verdict)) {
    if (against === undefined) return formatRatio(value);
    for (let decimals = 1; decimals <= 6; decimals += 1) {
      const percent = (value * 100).toFixed(decimals);
      const sides = [against, 0, 1].map((bound) => [
        value - bound,
        Number(percent) - Number((bound * 100).toFixed(10)),
      ]);
      if (sides.every(([real = 0, shown = 0]) => Math.sign(real) === Math.sign(shown))) return `${trimZeros(percent)}%`;
    }
    return formatRatio(value);
  }
  const { unit } = verdict.target;
  return `${formatNumber(value, against)}${unit === undefined ? '' : ` ${unit}`}`;
}

function formatNumber(value: number, against?: number): string {
  return String(against === undefined ? value : roundApart(value, [against], 4));
}

function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
