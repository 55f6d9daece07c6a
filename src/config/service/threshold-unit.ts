import { metricName } from '../../domain/service/bare-selector.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Problem } from '../problem.ts';

/** Units that a histogram's name may end in, and how many of them make a second. */
const perSecond: readonly (readonly [RegExp, string, number])[] = [
  [/_(?:ms|millis|milliseconds)$/, 'milliseconds', 1e3],
  [/_(?:us|micros|microseconds)$/, 'microseconds', 1e6],
  [/_(?:ns|nanos|nanoseconds)$/, 'nanoseconds', 1e9],
];
const dayMs = 86_400_000;

/**
 * Says when a threshold is looked up in a histogram of another unit: buckets are plain numbers, which Andon takes for
 * seconds. Only below a second, where no bucket of a smaller unit can be meant.
 */
export function thresholdUnit(histogram: string, thresholdMs: number): Omit<Problem, 'path'> | undefined {
  const name = metricName(histogram.trim());
  const [, unit, count = 0] = perSecond.find(([suffix]) => name !== undefined && suffix.test(name)) ?? [];
  if (unit === undefined || thresholdMs >= 1000) return undefined;
  const bound = Number(((thresholdMs / 1000) * count).toPrecision(12));
  const written = bound * 1000 <= dayMs ? formatDuration(bound * 1000) : undefined;
  return {
    severity: 'warning',
    code: 'threshold-unit',
    message: `\`${name}\` counts ${unit} by its name, and ${formatDuration(thresholdMs)} is looked up as its bucket le="${thresholdMs / 1000}"`,
    hint:
      written === undefined
        ? 'record the histogram in seconds'
        : `record the histogram in seconds, or name the bucket le="${bound}" as if it were seconds: threshold: ${written}`,
  };
}
