import type { CountingSignal, Signal } from '../../domain/service.ts';

/** Selectors whose sample times tell how old a signal is; each once. */
export function sampledSelectors(signal: Signal): readonly string[] {
  return signal.kind === 'gauge' ? [...new Set(signal.selectors)] : totalSelectors(signal);
}

export function totalSelectors(signal: CountingSignal): readonly string[] {
  return [...new Set(signal.totalTerms.map(({ selector }) => selector))];
}
