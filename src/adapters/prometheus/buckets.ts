import type { BucketsAnswer } from '../../app/ports/buckets.ts';
import { bucketSelector } from '../../domain/reading/bucket-signal.ts';
import type { LatencySignal } from '../../domain/service/service.ts';
import { unknownLayout, type BucketLayout } from '../../domain/reading/threshold-place.ts';
import type { Answer, Ask, Question } from './batch.ts';
import { readNumber } from './decode.ts';
import { failed } from './failure.ts';

/** Learns the buckets of classic histograms: how many series have each. One query for many signals, of as many rows as there are buckets. */
export async function readBuckets(signals: readonly LatencySignal[], ask: Ask): Promise<readonly BucketsAnswer[]> {
  const selectors = signals.map(bucketSelector);
  const questions = selectors.flatMap((selector) => (selector === undefined ? [] : [questionOf(selector)]));
  const answers = questions.length === 0 ? new Map<string, Answer>() : await ask(questions);
  return selectors.map((selector) => {
    if (selector === undefined) return { kind: 'ok', layout: unknownLayout };
    const answer = answers.get(questionOf(selector).expr);
    if (answer === undefined) return failed('bad-response', 'a part of the question was lost');
    return answer.kind === 'failed'
      ? { kind: 'failed', failure: answer.failure }
      : { kind: 'ok', layout: layoutOf(answer) };
  });
}

function questionOf(selector: string): Question {
  return { expr: `count by (le) (${selector})`, about: selector, origin: 'made' };
}

function layoutOf({ series }: Extract<Answer, { readonly kind: 'ok' }>): BucketLayout {
  // One bucket is written as `1` by one series and as `1.0` by another.
  const counts = new Map<number, number>();
  for (const { labels, points } of series) {
    const bound = readNumber(labels['le'] ?? '');
    if (bound === undefined || Number.isNaN(bound)) continue;
    counts.set(bound, (counts.get(bound) ?? 0) + (points[0]?.value ?? 0));
  }
  const histograms = counts.get(Infinity) ?? Math.max(0, ...counts.values());
  const finite = [...counts].filter(([bound]) => Number.isFinite(bound)).sort(([a], [b]) => a - b);
  const bounds = (isOfAll: boolean): readonly number[] =>
    finite.filter(([, count]) => count >= histograms === isOfAll).map(([bound]) => bound);
  return { bounds: bounds(true), ofSome: bounds(false), isKnown: counts.size > 0 };
}
