import { presetTiers, tierOf } from '../../domain/budget/burn-tiers.ts';
import { formatDuration } from '../../domain/duration.ts';
import { budgetRuleName } from '../budget/budget-rule.ts';
import { nominalPeriodMs } from '../budget/build-tiers.ts';
import { dashedName, freeName } from './imported-names.ts';
import type { ImportedAlert, ImportedPeriod } from './imported-slo.ts';
import type { PlacedSlo } from './placed-slo.ts';
import type { BudgetDraft, RuleDraft } from './service-draft.ts';

export interface DraftedRules {
  readonly rules: readonly RuleDraft[];
  /** What one line of the budget can say, by objective. */
  readonly burnRates: ReadonlyMap<PlacedSlo, BudgetDraft['burnRates']>;
}

/** As long as Andon waits for data that stays away, where another tool alerts about that, ms. */
const noDataMs = 600_000;

/** Turns alerts into burn rates of the budget, or into rules of their own where they have labels, a summary or a runbook. */
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
      if (fires.kind === 'tiers' && isPlain(alert)) {
        own.push(...(fires.tiers === 'preset' ? [severity] : fires.tiers.map((tier) => ({ severity, ...tier }))));
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
        forMs: fires.kind === 'burn-rate' ? fires.forMs : 0,
        severity,
        labels: alert.labels,
        ...(alert.summary === undefined ? {} : { summary: alert.summary }),
        ...(alert.runbook === undefined ? {} : { runbook: alert.runbook }),
        ...(fires.kind === 'burn-rate' && fires.onNoData ? { openAfterMs: noDataMs } : {}),
      });
    }
  }
  return { rules, burnRates };
}

/** Whether nothing is said about an alert but when it fires. */
function isPlain({ labels, summary, runbook }: ImportedAlert): boolean {
  return summary === undefined && runbook === undefined && Object.keys(labels).length === 0;
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
