import type { GaugeSignal } from './service.ts';

/** In front of and behind a selector whose values are only summed up or picked from. */
const before = /^(?:(?:(?:sum|min|max|avg)\s*(?:(?:by|without)\s*\([^)]*\)\s*)?)?\(\s*)*$/;
const behind = /^\s*(?:\)\s*(?:(?:by|without)\s*\([^)]*\)\s*)?)*$/;

/** The selector whose value a gauge takes as it is, or summed up; undefined when the query calculates with it. */
export function bareSelector({ query, selectors }: Pick<GaugeSignal, 'query' | 'selectors'>): string | undefined {
  const [selector, ...others] = selectors;
  if (selector === undefined || others.length > 0) return undefined;
  const [head = '', tail, ...more] = query.split(selector);
  return tail !== undefined && more.length === 0 && before.test(head) && behind.test(tail) ? selector : undefined;
}

/** The metric that a plain vector selector names in front of its braces. */
export function metricName(selector: string): string | undefined {
  return /^[A-Za-z_:][\w:]*/.exec(selector)?.[0];
}
