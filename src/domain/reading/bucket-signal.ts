import { bucketBoundMatcher } from './bucket-bound.ts';
import type { LatencySignal } from '../service/service.ts';

/** Selector of all buckets of a classic histogram; undefined for a native one. */
export function bucketSelector({ native, numeratorTerms, thresholdSeconds }: LatencySignal): string | undefined {
  const [term] = numeratorTerms;
  if (native || term === undefined) return undefined;
  return term.selector.replace(bucketBoundMatcher(thresholdSeconds), () => 'le!=""');
}

/** The signal with its good events counted at another bucket, by its bound in seconds. */
export function countedAt(signal: LatencySignal, bound: number): LatencySignal {
  const [declared, other] = [bucketBoundMatcher(signal.thresholdSeconds), bucketBoundMatcher(bound)];
  const moved = (text: string): string => text.replace(declared, () => other);
  return {
    ...signal,
    numeratorTerms: signal.numeratorTerms.map((term) => ({
      ...term,
      selector: moved(term.selector),
      at: term.at.map(moved),
    })),
  };
}
