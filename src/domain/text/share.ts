/** A share for people with a tenth of a percent, `0.3%`: rounded down, so that it reaches no bound, and never to all or nothing. */
export function formatShare(share: number): string {
  // 0.29 × 100 is a little less than 29.
  const percent = Number((share * 100).toPrecision(12));
  const rounded = Math.floor(percent * 10) / 10;
  if (rounded === 0 && percent > 0) return '<0.1%';
  return percent > 99.9 && percent < 100 ? '>99.9%' : `${rounded}%`;
}
