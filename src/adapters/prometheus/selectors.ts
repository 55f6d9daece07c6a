import type { CountingSignal, Signal } from '../../domain/service/service.ts';

/** Selectors whose sample times tell how old a signal is; each once. */
export function sampledSelectors(signal: Signal): readonly string[] {
  return signal.kind === 'gauge' ? [...new Set(signal.selectors)] : totalSelectors(signal);
}

export function totalSelectors(signal: CountingSignal): readonly string[] {
  return [...new Set(signal.totalTerms.map(({ selector }) => selector))];
}

/**
 * Selectors of which the oldest newest sample tells whether late ones may still change what was counted. None when the
 * two sides of the signal are different metrics: what holds for one may not hold for the other.
 */
export function awaitedSelectors(signal: CountingSignal): readonly string[] {
  const totals = new Set(signal.totalTerms.map(({ selector }) => metricOf(selector)));
  const isOne = totals.size === 1 && !totals.has(undefined);
  const isSame = isOne && signal.numeratorTerms.every(({ selector }) => totals.has(metricOf(selector)));
  return isSame ? totalSelectors(signal) : [];
}

/** The metric of a selector; the series of one histogram are scraped together. */
function metricOf(selector: string): string | undefined {
  return /^[a-zA-Z_:][\w:]*/.exec(selector)?.[0].replace(/_(bucket|count|sum)$/, '');
}
