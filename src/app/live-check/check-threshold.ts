import { bucketSelector } from '../../domain/reading/bucket-signal.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { LatencySignal } from '../../domain/service/service.ts';
import {
  bucketRemedy,
  describePlace,
  placeThreshold,
  unknownLayout,
  type BucketPair,
} from '../../domain/reading/threshold-place.ts';
import { sourceFailed, type Finding } from './live-finding.ts';
import type { BucketsAnswer } from '../ports/buckets.ts';
import type { Inspector } from '../ports/inspector.ts';

/** Buckets are looked for among at most so many series, where the histogram has none right now. */
const seriesLimit = 1000;

/**
 * Holds the threshold of a classic histogram against the buckets there are: between two of them, the share of good
 * requests is known as an interval, which is a warning; below all of them, or without any, it is not known at all.
 */
export async function checkThreshold(
  signal: LatencySignal,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const asked = await layoutOf(signal, inspector, abort);
  if (asked.kind === 'failed') return [sourceFailed(['latency', 'histogram'], asked.failure.detail)];
  const place = placeThreshold(signal.thresholdSeconds, asked.layout);
  if (place === undefined && asked.layout.isKnown) return [];
  const isInterval = place?.kind === 'between';
  const hint = place === undefined ? undefined : bucketRemedy(place);
  return [
    {
      path: ['latency', 'threshold'],
      said: {
        severity: isInterval ? 'warning' : 'error',
        code: isInterval ? 'live-between-buckets' : 'live-no-bucket',
        message:
          place === undefined
            ? `the histogram has no bucket at ${formatDuration(Math.round(signal.thresholdSeconds * 1000))}`
            : `${describePlace(signal.thresholdSeconds, place)}${place.kind === 'between' ? judgedEnd(place) : ''}`,
        hint: hint ?? 'no classic buckets were found: for a native histogram, add native: true',
      },
    },
  ];
}

function judgedEnd({ upper }: BucketPair): string {
  return upper === undefined
    ? '; what that one counts is judged, and any slower request may have been fast enough too'
    : '; what the lower one counts is judged, and the share may be as good as what the upper one counts';
}

/** What is there now; of a job that only runs now and then, what was there lately. */
async function layoutOf(signal: LatencySignal, inspector: Inspector, abort: AbortSignal): Promise<BucketsAnswer> {
  const [now] = await inspector.buckets([signal], undefined, abort);
  if (now !== undefined && (now.kind === 'failed' || now.layout.isKnown)) return now;
  const selector = bucketSelector(signal);
  if (selector === undefined) return { kind: 'ok', layout: unknownLayout };
  const lately = await inspector.series(selector, seriesLimit, abort);
  if (lately.kind === 'failed') return lately;
  const bounds = lately.series.flatMap(({ le }) => (le === undefined ? [] : [Number(le.replace('+Inf', 'Infinity'))]));
  if (bounds.length === 0) return { kind: 'ok', layout: unknownLayout };
  const finite = [...new Set(bounds)].filter((bound) => Number.isFinite(bound)).sort((a, b) => a - b);
  return { kind: 'ok', layout: { bounds: finite, ofSome: [], isKnown: true } };
}
