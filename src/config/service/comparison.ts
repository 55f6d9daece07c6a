import type { Span } from '../problem.ts';

/** `success_rate.over("5m") < 0.95`, taken apart. */
export interface Comparison {
  readonly within: Span;
  readonly signal: string;
  /** `success_rate.over("5m")`. */
  readonly read: string;
  readonly operator: string;
  readonly number: string;
}

/** The comparison of a condition that has only one. */
export function comparisonIn(text: string): Comparison | undefined {
  const found = [...text.matchAll(/(\b([A-Za-z]\w*)\.\w+\([^()]*\))\s*([<>]=?)\s*(-?\d[\d.]*)/g)];
  const [only] = found;
  if (only === undefined || found.length > 1 || (text.match(/[<>=]=?/g)?.length ?? 0) > 1) return undefined;
  const [whole, read = '', signal = '', operator = '', number = ''] = only;
  return { within: { from: only.index, to: only.index + whole.length }, signal, read, operator, number };
}

/** What its author may have meant by a comparison that holds when it should not. */
export function turnedRound({ read, operator, number }: Comparison, isShare: boolean): string {
  const turned = operator.startsWith('<') ? '>' : '<';
  if (!isShare) return `did you mean ${read} ${turned} ${number}?`;
  const share = Number(number);
  // Whoever writes `> 0.05` has the share of failures in mind.
  const meant = operator.startsWith('>') && share < 0.5 ? String(Number((1 - share).toPrecision(12))) : number;
  return `a share counts what is good: did you mean ${read} ${turned} ${meant}?`;
}
