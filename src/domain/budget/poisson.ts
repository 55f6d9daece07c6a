/** Terms this much smaller than the sum so far add nothing to it. */
const negligible = 1e-17;

/** Probability of exactly `count` events where `mean` are expected. */
export function poissonOf(count: number, mean: number): number {
  if (count < 0) return 0;
  if (mean <= 0) return count === 0 ? 1 : 0;
  return Math.exp(count * Math.log(mean) - mean - logFactorial(count));
}

/** Probability of at least `count` events (a whole number) where `mean` are expected. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  // Sum the side of the mean that falls away from it, so that the terms only shrink.
  return count > mean ? sumUp(count, mean) : 1 - sumDown(count - 1, mean);
}

function sumUp(from: number, mean: number): number {
  let term = poissonOf(from, mean);
  let sum = 0;
  for (let count = from; term > sum * negligible; count += 1) {
    sum += term;
    term *= mean / (count + 1);
  }
  return sum;
}

function sumDown(from: number, mean: number): number {
  let term = poissonOf(from, mean);
  let sum = 0;
  for (let count = from; count >= 0 && term > sum * negligible; count -= 1) {
    sum += term;
    term *= count / mean;
  }
  return sum;
}

/** Stirling's series beyond the small ones: right to 1 in 10^12 there. */
function logFactorial(count: number): number {
  if (count < 32) {
    let product = 1;
    for (let factor = 2; factor <= count; factor += 1) product *= factor;
    return Math.log(product);
  }
  const x = count + 1;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
