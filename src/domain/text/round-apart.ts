/**
 * A number with so few digits for people, or as many more as it takes to lie on the same side of each of the `bounds` as the
 * number itself, so that nothing is shown as a bound that it has not reached, or has left behind.
 */
export function roundApart(value: number, bounds: readonly number[], fewestDigits = 3): number {
  for (let digits = fewestDigits; digits <= 15; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (bounds.every((bound) => Math.sign(rounded - bound) === Math.sign(value - bound))) return rounded;
  }
  return value;
}

/** The numbers that stand in the text of a condition. */
export function boundsIn(condition: string): readonly number[] {
  return [...condition.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)/g)].map(([text]) => Number(text));
}
