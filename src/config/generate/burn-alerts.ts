import { allowedShare } from '../../domain/budget/burn-rate.ts';
import { factorRounding } from '../../domain/budget/burn-tiers.ts';
import type { BurnTier } from '../../domain/budget/objective.ts';
import { enoughCoverage } from '../../domain/budget/read-window.ts';
import { eventsMetric } from '../../domain/budget/recorded-series.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { Severity } from '../../domain/service/severity.ts';
import { indent } from './rule-text.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';
import type { AlertingRule } from './rule-group.ts';
import { ratioMetric, sloLabels, type Slo } from './slo.ts';

/** One alert for each severity, which fires while any of its pairs of windows does; pairs that only record make none. */
export function burnAlerts(slo: Slo): readonly AlertingRule[] {
  const severities = (['page', 'ticket'] as const).filter((severity) =>
    slo.budget.tiers.some((tier) => alerts(tier, severity)),
  );
  return severities.map((severity) => {
    const tiers = slo.budget.tiers.filter((tier) => alerts(tier, severity));
    return {
      alert: `${pascal(slo.service.name)}${pascal(slo.budget.name)}ErrorBudgetBurn`,
      expr: tiers.map((tier) => `(\n${indent(tierExpression(slo, tier))}\n)`).join('\nor\n'),
      labels: { ...sloLabels(slo, severity), sloth_severity: severity },
      annotations: annotations(slo, severity, tiers),
    };
  });
}

function alerts(tier: BurnTier, severity: Severity): boolean {
  return tier.severity === severity && tier.shadow !== true;
}

/** As judgeTier judges: strictly above the factor over both windows, enough known of both, enough bad events in the long one. */
function tierExpression({ id, budget }: Slo, tier: BurnTier): string {
  const limit = `(${tier.factor} * ${allowedShare(budget.objective)} * ${1 + factorRounding})`;
  const [short, long] = [prometheusDuration(tier.shortMs), prometheusDuration(tier.longMs)];
  const above = (window: string): string =>
    `max(${ratioMetric(window)}{sloth_id="${id}"} > ${limit}) without (sloth_window)`;
  const covered = (window: string, ms: number): string =>
    `max(${eventsMetric(window)}{sloth_id="${id}",slo_events="covered"} >= ${enoughOf(ms)}) without (sloth_window, slo_events)`;
  const parts = [above(short), above(long), covered(short, tier.shortMs), covered(long, tier.longMs)];
  if (budget.minimumBad > 1) {
    const bad = `${ratioMetric(long)}{sloth_id="${id}"} * ignoring (slo_events) ${eventsMetric(long)}{sloth_id="${id}",slo_events="total"}`;
    parts.push(`max(${bad} >= ${budget.minimumBad * (1 - factorRounding)}) without (sloth_window)`);
  }
  return parts.join('\nand\n');
}

/** Seconds of a window that have to be known, without the noise of the product. */
function enoughOf(ms: number): number {
  return Number(((ms / 1000) * enoughCoverage).toPrecision(12));
}

function annotations(slo: Slo, severity: Severity, tiers: readonly BurnTier[]): Readonly<Record<string, string>> {
  const { budget, service, signal, periodMs } = slo;
  const words = budget.ruleWords?.[severity];
  const runbook = words?.runbook ?? service.runbook;
  const group = signal.by.map((label) => `, ${label} {{$labels.${label}}}`).join('');
  const pairs = tiers.map(
    ({ share, longMs, shortMs, factor }) =>
      `${formatRatio(share)} of it in ${prometheusDuration(longMs)} (burn rate over ${factor}, in the last ${prometheusDuration(shortMs)} too)`,
  );
  return {
    title: `(${severity}) {{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is too fast.`,
    summary:
      words?.summary === undefined
        ? `{{$labels.sloth_service}} {{$labels.sloth_slo}}${group} burns the error budget that ${formatRatio(budget.objective)} ` +
          `over ${prometheusDuration(periodMs)} leaves: ${pairs.join(', or ')}.`
        : literal(words.summary),
    ...(service.owner === undefined ? {} : { owner: literal(service.owner) }),
    ...(runbook === undefined ? {} : { runbook_url: literal(runbook) }),
  };
}

/** Annotations of alerts are templates. */
function literal(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}

/** `success_rate` as `SuccessRate`. */
function pascal(name: string): string {
  return name
    .split(/[-_]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
