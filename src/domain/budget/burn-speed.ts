/**
 * A burn rate for people, `14.4x`: with three digits, or as many more as it takes to show that it is above the factor that
 * it is held `against`, as `factorSpeed` shows that.
 */
export function burnSpeed(burn: number, against?: number): string {
  for (let digits = 3; digits <= 12; digits += 1) {
    const rounded = Number(burn.toPrecision(digits));
    if (against === undefined || burn <= against || rounded > shownFactor(against)) return `${rounded}x`;
  }
  return `${burn}x`;
}

/** The factor of a tier for people, `0.933333x`. */
export function factorSpeed(factor: number): string {
  return `${shownFactor(factor)}x`;
}

function shownFactor(factor: number): number {
  return Number(factor.toPrecision(6));
}
