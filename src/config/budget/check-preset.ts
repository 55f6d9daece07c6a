import type { BurnTier } from '../../domain/budget/objective.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { Report } from '../problem.ts';

/** A page that asks for less is sent for what budgets bear on a normal day. */
const leastPageFactor = 2;
/** What a hint asks for instead, as the preset does over a week. */
const advisedFactor = 3;

/** Says when the windows of the page preset can shrink no further, so that it fires at about the rate that is allowed. */
export function checkPreset(tiers: readonly BurnTier[], periodMs: number, path: DeclarationPath, report: Report): void {
  const [first] = [...tiers].sort((a, b) => b.factor - a.factor);
  if (first?.severity !== 'page' || first.factor >= leastPageFactor) return;
  const factors = new Set(
    tiers.map(({ factor, longMs }) => `${Number(factor.toPrecision(3))} over ${formatDuration(longMs)}`),
  );
  const share = formatRatio(Number(((advisedFactor * first.longMs) / periodMs).toPrecision(2)));
  report({
    path,
    severity: 'warning',
    code: 'preset-fires-when-good',
    message:
      `over a period of ${formatDuration(periodMs)} the page preset fires at a burn rate above ${[...factors].join(' and ')}: ` +
      'hardly more than the budget can bear for ever',
    hint: `take a period of a day or more, or a tier of your own: { severity: page, budget: ${share}, over: ${formatDuration(first.longMs)} } fires at about ${advisedFactor}`,
  });
}
