import type { CountingSignal } from '../../domain/service/service.ts';
import type { Answers, Question } from './batch.ts';
import { valueAt } from './group-points.ts';
import { seriesOf } from './promql.ts';
import { pointsOf } from './tally.ts';

/** Asks at each point how many series have the bucket of a classic latency signal, and how many histograms there are. */
export function presenceQuestions(signal: CountingSignal): readonly Question[] {
  return selectorsOf(signal).map((selector) => ({
    expr: seriesOf(selector, signal.by),
    about: selector,
    origin: 'made',
  }));
}

/**
 * Says of a step, by the key of its group and its end in ms, whether every series had the bucket at both ends: where one
 * had not, its events count among all and cannot count among the good ones. Undefined where that is not known.
 */
export function bucketPresence(
  signal: CountingSignal,
  stepMs: number,
  answers: Answers,
): (key: string, at: number) => boolean | undefined {
  const [bucket, histogram] = selectorsOf(signal).map((selector) =>
    pointsOf(seriesOf(selector, signal.by), signal.by, answers),
  );
  if (bucket?.kind !== 'ok' || histogram?.kind !== 'ok') return () => undefined;
  return (key, at) => {
    const [has, of] = [bucket.groups.get(key)?.points ?? [], histogram.groups.get(key)?.points ?? []];
    return [at - Math.round(stepMs), at].every((end) => (valueAt(has, end) ?? 0) >= (valueAt(of, end) ?? 0));
  };
}

/** The bucket, and the count that each histogram has once; none for another kind of signal. */
function selectorsOf(signal: CountingSignal): readonly string[] {
  const [bucket, histogram] = [signal.numeratorTerms[0], signal.totalTerms[0]];
  if (signal.kind !== 'latency' || signal.native || bucket === undefined || histogram === undefined) return [];
  return [bucket.selector, histogram.selector];
}
