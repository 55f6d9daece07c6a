import { formatRatio } from '../text/ratio.ts';

/** `the error budget availability has 3.1% left, at or below 10%`, never rounded across the bound. */
export function describeBudgetBound(budget: string, remaining: number, bound: number): string {
  if (remaining <= 0) {
    const over = remaining < 0 ? ` and overspent by ${shareText(-remaining, 0)}` : '';
    return `the error budget ${budget} is spent${over}`;
  }
  return `the error budget ${budget} has ${shareText(remaining, bound)} left, at or below ${formatRatio(bound)}`;
}

/** As few digits as keep it on its side of the bound. */
function shareText(share: number, bound: number): string {
  for (const digits of [1, 2, 3, 4]) {
    const text = (share * 100).toFixed(digits);
    if (Number(text) <= bound * 100 === share <= bound && Number(text) !== 0) return `${Number(text)}%`;
  }
  return formatRatio(share);
}
