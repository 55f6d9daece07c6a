/** The share of values for which something is so; NaN for none. */
export function share<T>(values: readonly T[], isSo: (value: T) => boolean): number {
  return values.filter(isSo).length / values.length;
}

/** Median and greatest of some numbers. */
export function tally(numbers: readonly number[]): { readonly median: number; readonly max: number } {
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? NaN, max: sorted.at(-1) ?? NaN };
}
