/** Bad events, and all. */
export interface ShareCount {
  readonly bad: number;
  readonly total: number;
}

/** Terms this much smaller than the sum so far add nothing to it. */
const negligible = 1e-17;

export function shareOf({ bad, total }: ShareCount): number {
  return total > 0 ? bad / total : 0;
}

/**
 * How likely it is that `after` holds so many bad events, or more, if both have the same share of them: the one-sided p of
 * Fisher's exact test, which holds for few events as for many. 1 where either is empty.
 */
export function worseByChance(before: ShareCount, after: ShareCount): number {
  const first = whole(before);
  const second = whole(after);
  if (first.total === 0 || second.total === 0) return 1;
  const all = first.total + second.total;
  const bad = first.bad + second.bad;
  const mean = (bad * second.total) / all;
  // Sum the side of the mean that falls away from it, so that the terms only shrink.
  if (second.bad > mean) return Math.min(1, sumUp(second.bad, bad, second.total, all));
  return Math.max(0, Math.min(1, 1 - sumDown(second.bad - 1, bad, second.total, all)));
}

/** Steps that a window cuts count by a share: events are whole ones here. */
function whole({ bad, total }: ShareCount): ShareCount {
  const events = Math.max(0, Math.round(total));
  return { bad: Math.min(events, Math.max(0, Math.round(bad))), total: events };
}

function sumUp(from: number, bad: number, drawn: number, all: number): number {
  let term = exactly(from, bad, drawn, all);
  let sum = 0;
  for (let count = from; count <= Math.min(bad, drawn) && term > sum * negligible; count += 1) {
    sum += term;
    term *= ((bad - count) * (drawn - count)) / ((count + 1) * (all - bad - drawn + count + 1));
  }
  return sum;
}

function sumDown(from: number, bad: number, drawn: number, all: number): number {
  const least = Math.max(0, drawn - (all - bad));
  if (from < least) return 0;
  let term = exactly(from, bad, drawn, all);
  let sum = 0;
  for (let count = from; count >= least && term > sum * negligible; count -= 1) {
    sum += term;
    term *= (count * (all - bad - drawn + count)) / ((bad - count + 1) * (drawn - count + 1));
  }
  return sum;
}

/** Probability that of `drawn` events out of `all`, of which `bad` are bad, exactly `count` are bad. */
function exactly(count: number, bad: number, drawn: number, all: number): number {
  return Math.exp(logChoose(bad, count) + logChoose(all - bad, drawn - count) - logChoose(all, drawn));
}

function logChoose(from: number, count: number): number {
  return logFactorial(from) - logFactorial(count) - logFactorial(from - count);
}

/** Stirling's series beyond the small ones. */
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
