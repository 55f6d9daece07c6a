import { arrivalsLimit } from '../../app/ports/source.ts';
import type { Arrivals, Asked } from '../../app/ports/source.ts';
import type { Signal } from '../../domain/service/service.ts';
import type { Answers, Ask, Question } from './batch.ts';
import { readNumber } from './decode.ts';
import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { medianInterval, sampleTimeLabel, sampleTimes } from './promql.ts';
import { sampledSelectors } from './selectors.ts';

/** Learns when the samples of signals land. */
export async function readArrivals(
  signals: readonly Signal[],
  ask: Ask,
): Promise<readonly Asked<{ readonly arrivals: Arrivals }>[]> {
  const answers = await ask(signals.flatMap(questionsOf));
  return signals.map((signal) => {
    const arrivals = arrivalsOf(sampledSelectors(signal), answers);
    return 'kind' in arrivals ? { kind: 'failed', failure: arrivals.failure } : { kind: 'ok', arrivals };
  });
}

function questionsOf(signal: Signal): readonly Question[] {
  const selectors = sampledSelectors(signal);
  const [first] = selectors;
  if (first === undefined) return [];
  return [
    { expr: medianInterval(selectors), about: first, origin: 'made' },
    ...selectors.map((selector): Question => ({ expr: sampleTimes(selector), about: selector, origin: 'made' })),
  ];
}

function arrivalsOf(selectors: readonly string[], answers: Answers): Arrivals | Failed {
  if (selectors.length === 0) return { sampleTimes: [] };
  const median = answers.get(medianInterval(selectors));
  if (median === undefined) return failed('bad-response', 'a part of the question was lost');
  if (median.kind === 'failed') return median;
  const times = new Set<number>();
  for (const selector of selectors) {
    const answer = answers.get(sampleTimes(selector));
    if (answer?.kind === 'failed') return answer;
    for (const { labels } of answer?.series ?? []) {
      // Sources differ in how they write large numbers into a label: 1732000000.5, or 1.7320000005e+09.
      const seconds = readNumber(labels[sampleTimeLabel] ?? '');
      if (seconds === undefined || !Number.isFinite(seconds)) {
        return failed('bad-response', 'a sample time in the result is not a number');
      }
      times.add(Math.round(seconds * 1_000));
    }
  }
  const seconds = median.series[0]?.points[0]?.value ?? Number.NaN;
  const isKnown = Number.isFinite(seconds) && seconds > 0;
  return {
    ...(isKnown ? { intervalMs: Math.round(seconds * 1_000) } : {}),
    sampleTimes: [...times].sort((a, b) => a - b).slice(-arrivalsLimit),
  };
}
