import { burnSpeed, factorSpeed } from '../budget/burn-speed.ts';
import { neverSeconds } from '../budget/budget-readings.ts';
import type { BudgetSpent } from '../budget/budget-spent.ts';
import type { ValueReading } from '../reading/reading.ts';
import type { TargetVerdict } from '../reading/verdict.ts';
import { describeVerdict, signalWords } from '../reading/verdict-text.ts';
import { isBudgetUse, type BudgetUse } from '../service/condition.ts';
import { formatDuration, formatSpan } from '../text/duration.ts';
import { formatRatio } from '../text/ratio.ts';
import { boundsIn, roundApart } from '../text/round-apart.ts';
import { describeShare } from './budget-words.ts';
import type { FiringTier, KeepingRule, KeptOpen, RuleRead } from './kept-open.ts';

/** Why an incident is still open, a sentence for each rule and target that keeps it so, or how far its hold has come. */
export function describeKeptOpen(kept: KeptOpen, targets: readonly TargetVerdict[]): readonly string[] {
  const off = (['missed', 'unknown'] as const).flatMap((verdict) =>
    targets.filter((each) => each.verdict === verdict).map((each) => `Target ${verdict}: ${describeVerdict(each)}`),
  );
  return [...kept.rules.map(describeKeepingRule), ...off, ...describeHold(kept)];
}

/** `Rule payments-failing is true: success rate 91.2% over 1m; its condition is success_rate.over("1m") < 0.97`. */
export function describeKeepingRule({ rule, condition, truth, reads, tiers = [] }: KeepingRule): string {
  if (truth.kind === 'unknown') return `Rule ${rule} cannot be decided (${truth.reason}): ${truth.detail}`;
  if (tiers.length > 0) return `Rule ${rule} is true: ${tiers.map(describeTier).join('; ')}`;
  return `Rule ${rule} is true: ${reads.map((read) => describeRead(read, boundsIn(condition))).join(', ')}; its condition is ${condition}`;
}

function describeTier({ budget, longMs, long, shortMs, short, factor }: FiringTier): string {
  const burns = `${burnSpeed(long, factor)} over ${formatDuration(longMs)} and ${burnSpeed(short, factor)} over ${formatDuration(shortMs)}`;
  return `error budget ${signalWords(budget)} burns at ${burns} (fires above ${factorSpeed(factor)})`;
}

function describeRead(read: RuleRead, bounds: readonly number[]): string {
  const { use, reading } = read;
  const over = use.windowMs === undefined ? '' : ` over ${formatDuration(use.windowMs)}`;
  const name = isBudgetUse(use) ? `error budget ${signalWords(use.budget)}` : signalWords(use.signal);
  if (reading.kind === 'unknown') return `${name}${over} unknown (${reading.reason})`;
  if (isBudgetUse(use)) return describeBudget(use, name, reading, bounds);
  const value = describeNumber(reading, read.unit);
  const fold = use.fold === 'max' ? 'highest ' : use.fold === 'min' ? 'lowest ' : '';
  return `${fold}${name} ${value}${over}`;
}

function describeBudget(
  { fold, windowMs = 0 }: BudgetUse,
  name: string,
  { value }: ValueReading,
  bounds: readonly number[],
): string {
  switch (fold) {
    case 'burn-rate':
      return `${name} burns at ${burnSpeed(value, undefined, bounds)} over ${formatDuration(windowMs)}`;
    case 'budget-remaining':
      return describeLeft(roundApart(value, [0, ...bounds]), name);
    case 'budget-exhausted-in': {
      const lasts = value >= neverSeconds ? 'for ever' : formatSpan(Math.max(0, value * 1000));
      return `${name} lasts ${lasts} at its rate over ${formatDuration(windowMs)}`;
    }
  }
}

function describeLeft(share: number, name: string): string {
  return share < 0 ? `${name} is overspent by ${formatRatio(-share)}` : `${formatRatio(share)} of ${name} is left`;
}

function describeNumber({ value }: ValueReading, unit: string | undefined): string {
  if (unit === 'ratio') return formatRatio(value > 0.5 ? Number((1 - rounded(1 - value)).toFixed(12)) : rounded(value));
  const number = Number(value.toPrecision(6));
  return unit === undefined ? String(number) : `${number} ${unit}`;
}

/** Three digits: of a share that is nearly all, those of what is missing. */
function rounded(share: number): number {
  return Number(share.toPrecision(3));
}

function describeHold({ heldSince, heldMs, holdMs }: KeptOpen): readonly string[] {
  if (heldSince === undefined) return [];
  const left = formatSpan(Math.ceil(Math.max(0, holdMs - heldMs) / 1000) * 1000);
  return [
    `The end state has held for ${formatSpan(heldMs)}; once it has for ${formatDuration(holdMs)}, the incident resolves (${left} to go)`,
  ];
}

/** `Error budget success rate: this incident has spent 2.78% of it so far; 87.2% is left`. */
export function describeSpentSoFar({
  budget,
  spent,
  remaining,
  about,
}: Omit<BudgetSpent, 'about'> & { readonly about?: boolean | undefined }): string {
  const share = `${about === true ? 'about ' : ''}${describeShare(spent)}`;
  const left =
    remaining < 0 ? `it is overspent by ${describeShare(-remaining)}` : `${describeShare(remaining)} is left`;
  return `Error budget ${signalWords(budget)}: this incident has spent ${share} of it so far; ${left}`;
}

/** `Error budget success rate: what this incident has spent of it is not known (short-history): counts cover 40 % of it`. */
export function describeSpentUnknown({ budget, reason, detail }: NotKnown): string {
  const why = detail.startsWith(`${budget}: `) ? detail.slice(budget.length + 2) : detail;
  return `Error budget ${signalWords(budget)}: what this incident has spent of it is not known (${reason}): ${why}`;
}

/** The reason is any word, since a newer daemon may have others. */
interface NotKnown {
  readonly budget: string;
  readonly reason: string;
  readonly detail: string;
}
