import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import { formatShare } from '../../domain/text/share.ts';
import type { BudgetView } from './budget-view.ts';
import { excludedNowText } from './exclusion-text.ts';

/** An error budget in people's words, for tables. */
export function budgetText(view: BudgetView) {
  const { objective, period, reading, burnRates, exhaustion, known, excludedNow } = view;
  return {
    objective: `${formatRatio(objective)} over ${period}`,
    left: reading.kind === 'value' ? formatShare(reading.remaining) : reading.reason,
    why: reading.kind === 'value' ? '' : reading.detail,
    success: reading.kind === 'value' ? formatRatio(Math.floor(reading.ratio * 1e6) / 1e6) : '-',
    burn: burnText(burnRates),
    lasts: exhaustionText(exhaustion.in),
    coverage: formatShare(reading.coverage),
    known: known >= 1 ? '' : `${formatShare(known)} of the period is read so far`,
    excludedNow: excludedNow === undefined ? '' : excludedNowText(excludedNow),
    estimated: estimatedText(reading),
  };
}

/** Less than this of a budget is no matter to anybody. */
const worthTelling = 0.0005;

function estimatedText(reading: BudgetView['reading']): string {
  if (reading.kind === 'unknown' || !((reading.estimated ?? 0) >= worthTelling)) return '';
  return `of ${formatShare(reading.estimated ?? 0)} of the budget it is not known whether it was spent in what is left out: shared out by time`;
}

function burnText(burnRates: BudgetView['burnRates']): string {
  const rates = burnRates.map(({ windowMs, reading: burn }) => ({
    window: formatDuration(windowMs),
    rate: burn.kind === 'value' ? `${Number(burn.value.toPrecision(3))}x` : burn.reason,
    isKnown: burn.kind === 'value',
  }));
  // Windows that are unknown for one and the same reason need not say so one by one.
  const [first] = rates;
  if (first !== undefined && rates.every(({ rate, isKnown }) => !isKnown && rate === first.rate)) return first.rate;
  return rates.map(({ window, rate }) => `${window} ${rate}`).join(', ');
}

function exhaustionText(exhaustion: BudgetView['exhaustion']['in']): string {
  if (exhaustion.kind === 'never') return 'for ever';
  if (exhaustion.kind === 'unknown') return '-';
  if (exhaustion.ms <= 0) return 'gone';
  return formatDuration(Math.max(60_000, Math.round(exhaustion.ms / 60_000) * 60_000));
}
