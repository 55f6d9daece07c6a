import type { CounterTerm, GaugeSignal, LatencySignal, RatioSignal } from '../../src/domain/service/service.ts';

/** A plain counter selector as a term, added or taken away. */
export function aTerm(selector: string, sign: 1 | -1 = 1): CounterTerm {
  return { sign, selector, at: [selector, ''] };
}

export function aRatio(
  sides: { readonly total: string | readonly CounterTerm[] } & (
    { readonly good: string | readonly CounterTerm[] } | { readonly bad: string | readonly CounterTerm[] }
  ),
  by: readonly string[] = [],
): RatioSignal {
  return {
    kind: 'ratio',
    name: 'success_rate',
    by,
    maxGroups: 100,
    numerator: 'good' in sides ? 'good' : 'bad',
    numeratorTerms: termsOf('good' in sides ? sides.good : sides.bad),
    totalTerms: termsOf(sides.total),
  };
}

function termsOf(side: string | readonly CounterTerm[]): readonly CounterTerm[] {
  return typeof side === 'string' ? [aTerm(side)] : side;
}

/** `le` is written as the histogram writes it. */
export function aClassicLatency(histogram: string, le: string): LatencySignal {
  return {
    kind: 'latency',
    name: 'latency',
    by: [],
    maxGroups: 100,
    histogram,
    native: false,
    thresholdSeconds: Number(le),
    numerator: 'good',
    numeratorTerms: [aTerm(`${histogram}_bucket{le="${le}"}`)],
    totalTerms: [aTerm(`${histogram}_count`)],
  };
}

export function aNativeLatency(histogram: string, thresholdSeconds: number): LatencySignal {
  return {
    kind: 'latency',
    name: 'latency',
    by: [],
    maxGroups: 100,
    histogram,
    native: true,
    thresholdSeconds,
    numerator: 'good',
    numeratorTerms: [
      {
        sign: 1,
        selector: histogram,
        at: [
          `((histogram_fraction(-Inf, ${thresholdSeconds}, ${histogram}`,
          `) * histogram_count(${histogram}`,
          ')) >= 0)',
        ],
      },
    ],
    totalTerms: [{ sign: 1, selector: histogram, at: [`histogram_count(${histogram}`, ')'] }],
  };
}

export function aGauge(query: string, selectors: readonly string[], by: readonly string[] = []): GaugeSignal {
  return { kind: 'gauge', name: 'lag', by, maxGroups: 100, query, selectors };
}
