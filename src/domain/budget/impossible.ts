/**
 * Good may exceed total by so much of a few minutes' total: the targets behind the two counters are scraped at different
 * instants, and the next step evens it out. More is data that cannot be.
 */
const skewShare = 0.05;

/** Rounding of slots, and of the large counters that counts are differences of. */
const roundingShare = 1e-6;
const roundingEvents = 1e-6;

/** Counts this close to nothing are nothing. */
export function roundingOf(total: number): number {
  return roundingEvents + Math.abs(total) * roundingShare;
}

/** Whether the counts of a few minutes cannot be, even with targets scraped at different instants. */
export function isImpossible(bad: number, total: number): boolean {
  const slack = skewShare * Math.abs(total) + roundingOf(total);
  return total < -roundingOf(total) || bad < -slack || bad > total + slack;
}

/** Whether the counts of a whole window cannot be: over a window nothing is left to even out. */
export function isImpossibleWindow(bad: number, total: number): boolean {
  const rounding = roundingOf(total);
  return total < -rounding || bad < -rounding || bad > total + rounding;
}
