import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { BudgetView } from './budget-view.ts';

/** An error budget in people's words, for tables. */
export function budgetText({ objective, period, reading, burnRates, exhaustion, known }: BudgetView) {
  return {
    objective: `${formatRatio(objective)} over ${period}`,
    left: reading.kind === 'value' ? formatShare(reading.remaining) : reading.reason,
    why: reading.kind === 'value' ? '' : reading.detail,
    success: reading.kind === 'value' ? formatRatio(Math.floor(reading.ratio * 1e6) / 1e6) : '-',
    burn: burnText(burnRates),
    lasts: exhaustionText(exhaustion.in),
    coverage: formatShare(reading.coverage),
    known: known >= 1 ? '' : `${Math.floor(known * 100)}% of the period is read so far`,
  };
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

/** A share with a tenth of a percent, never rounded to all or nothing. */
function formatShare(share: number): string {
  const percent = share * 100;
  const rounded = Number(percent.toFixed(1));
  const isHidden = (rounded === 100 && percent < 100) || (rounded === 0 && percent > 0);
  return `${isHidden ? (percent > 50 ? '>99.9' : '<0.1') : rounded}%`;
}
