import { roundApart } from '../text/round-apart.ts';

/**
 * A burn rate for people, `14.4x`: with three digits, or as many more as it takes to show on which side it lies of the
 * factor that it is held `against`, as `factorSpeed` shows that, and of the `bounds` in a condition.
 */
export function burnSpeed(burn: number, against?: number, bounds: readonly number[] = []): string {
  // What is above a factor by less than the shown factor was rounded by is shown as above it all the same.
  const apart = against === undefined ? 0 : shownFactor(against);
  const isPlain = against === undefined || Math.sign(burn - apart) !== Math.sign(burn - against);
  return `${roundApart(burn, isPlain ? bounds : [...bounds, apart])}x`;
}

/** The factor of a tier for people, `0.933333x`. */
export function factorSpeed(factor: number): string {
  return `${shownFactor(factor)}x`;
}

function shownFactor(factor: number): number {
  return Number(factor.toPrecision(6));
}
