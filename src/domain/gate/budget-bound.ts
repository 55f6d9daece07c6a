import { formatRatio } from '../text/ratio.ts';
import { formatShare } from '../text/share.ts';

/** `the error budget availability has 3.1% left, at or below 10%`, never rounded across the bound. */
export function describeBudgetBound(budget: string, remaining: number, bound: number): string {
  if (remaining <= 0) {
    // As what is left is shown beside it: rounded down, so that no more seems to be left than is.
    const over = remaining < 0 ? ` and overspent by ${formatShare(remaining).slice(1)}` : '';
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
