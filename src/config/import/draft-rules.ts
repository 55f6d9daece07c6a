import { presetTiers, tierOf } from '../../domain/budget/burn-tiers.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { budgetRuleName } from '../budget/budget-rule.ts';
import { nominalPeriodMs } from '../budget/build-tiers.ts';
import { dashedName, freeName } from './imported-names.ts';
import type { AlertWords, ImportedAlert, ImportedPeriod, ImportedTier } from './imported-slo.ts';
import type { PlacedSlo } from './placed-slo.ts';
import type { BudgetDraft, RuleDraft } from './service-draft.ts';

export interface DraftedRules {
  readonly rules: readonly RuleDraft[];
  /** What one line of the budget can say, by objective. */
  readonly burnRates: ReadonlyMap<PlacedSlo, BudgetDraft['burnRates']>;
}

/** As long as Andon waits for data that stays away, where another tool alerts about that, ms. */
const noDataMs = 600_000;

/** Turns alerts into burn rates of the budget, or into rules of their own where burn rates cannot say what they do. */
export function draftRules(slos: readonly PlacedSlo[]): DraftedRules {
  const rules: RuleDraft[] = [];
  const burnRates = new Map<PlacedSlo, BudgetDraft['burnRates'][number][]>();
  const taken = new Set<string>();
  for (const slo of slos) {
    const own: BudgetDraft['burnRates'][number][] = [];
    burnRates.set(slo, own);
    for (const alert of slo.alerts) {
      const { fires, severity } = alert;
      const budgetRule = budgetRuleName(slo.budgetName ?? slo.signalName, severity);
      if (fires.kind === 'tiers' && fires.forMs === undefined) {
        own.push(...burnRatesOf(alert, fires.tiers));
        taken.add(budgetRule);
        continue;
      }
      const when = conditionOf(slo, alert);
      if (when === undefined) continue;
      const isNamed = fires.kind === 'burn-rate' && alert.name !== undefined;
      const name = isNamed ? dashedName(alert.name) : budgetRule;
      rules.push({
        name: freeName(name, taken, '-'),
        comment: `${slo.origin}${alert.name === undefined ? '' : `; its alert was called ${alert.name}`}`,
        when,
        forMs: fires.kind === 'mean-below' ? 0 : (fires.forMs ?? 0),
        severity,
        ...wordsOf(alert),
        ...(fires.kind === 'burn-rate' && fires.onNoData ? { openAfterMs: noDataMs } : {}),
      });
    }
  }
  return { rules, burnRates };
}

/** The tiers of a severity are one rule, so what the alert says stands at the first of them. */
function burnRatesOf(alert: ImportedAlert, tiers: 'preset' | readonly ImportedTier[]): BudgetDraft['burnRates'] {
  const { severity, labels, summary, runbook } = alert;
  const isPlain = summary === undefined && runbook === undefined && Object.keys(labels).length === 0;
  const words = isPlain ? {} : wordsOf(alert);
  if (tiers === 'preset') return [isPlain ? severity : { severity, ...words }];
  return tiers.map((tier, index) => ({ severity, ...tier, ...(index === 0 ? words : {}) }));
}

function wordsOf({ labels, summary, runbook }: AlertWords): AlertWords {
  return { labels, ...(summary === undefined ? {} : { summary }), ...(runbook === undefined ? {} : { runbook }) };
}

function conditionOf(slo: PlacedSlo, { fires, severity }: ImportedAlert): string | undefined {
  switch (fires.kind) {
    case 'tiers': {
      const { budget } = slo;
      if (budget === undefined) return undefined;
      const periodMs = lengthOf(budget.period);
      const tiers =
        fires.tiers === 'preset'
          ? presetTiers(severity, periodMs)
          : fires.tiers.map((tier) => tierOf(severity, tier, periodMs));
      return anyOf(
        tiers.map(({ longMs, shortMs, factor }) =>
          [longMs, shortMs].map((ms) => `${burnRate(slo, ms)} > ${celDouble(Number(factor.toPrecision(6)))}`),
        ),
      );
    }
    case 'burn-rate':
      return `${burnRate(slo, fires.windowMs)} ${fires.operator} ${celDouble(fires.threshold)}`;
    case 'mean-below':
      return anyOf(
        fires.pairs.map(({ longMs, shortMs, bound }) =>
          [longMs, shortMs].map((ms) => `${slo.signalName}.over("${formatDuration(ms)}") < ${celDouble(bound)}`),
        ),
      );
  }
}

function anyOf(pairs: readonly (readonly string[])[]): string {
  return pairs.map((pair) => (pairs.length === 1 ? pair.join(' && ') : `(${pair.join(' && ')})`)).join(' || ');
}

function burnRate(slo: PlacedSlo, ms: number): string {
  const budget = slo.isOnly || slo.budgetName === undefined ? '' : `, "${slo.budgetName}"`;
  return `${slo.signalName}.burnRate("${formatDuration(ms)}"${budget})`;
}

/** The length that factors follow from. */
function lengthOf(period: ImportedPeriod): number {
  return nominalPeriodMs(period.kind === 'rolling' ? period : { ...period, offsetAt: () => 0 });
}

/** CEL keeps whole numbers apart from others. */
function celDouble(number: number): string {
  return Number.isInteger(number) ? `${number}.0` : String(number);
}
