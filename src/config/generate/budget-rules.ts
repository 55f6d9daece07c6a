import { allowedShare } from '../../domain/budget/burn-rate.ts';
import { askedWindows } from '../../domain/budget/asked-windows.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { eventsMetric } from '../../domain/budget/recorded-series.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { CountingSignal, Service } from '../../domain/service/service.ts';
import { burnAlerts } from './burn-alerts.ts';
import { countCovered, countEvents, grouping, sumOf } from './count-events.ts';
import { indent } from './rule-text.ts';
import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';
import type { RecordingRule, RuleGroup } from './rule-group.ts';
import { ratioMetric, sloLabels, type Slo } from './slo.ts';
import { planWindows, type RecordedWindow } from './window-plan.ts';

/** What makes out one budget: the groups and labels are those of Sloth, so that dashboards for it work. */
export function budgetGroups(
  service: Service,
  budget: ErrorBudget,
  signal: CountingSignal,
  periodMs: number,
  version: string,
): readonly RuleGroup[] {
  const slo: Slo = { service, budget, signal, id: `${service.name}-${budget.name}`, periodMs };
  const windows = planWindows(askedWindows(service, budget), periodMs);
  // Andon pages for what it reads of the recorded series itself.
  const alerts = service.budgetsFrom === 'recording-rules' ? [] : burnAlerts(slo);
  const groups = [
    { name: `sloth-slo-sli-recordings-${slo.id}`, rules: [...eventRules(slo, windows), ...ratioRules(slo, windows)] },
    { name: `sloth-slo-meta-recordings-${slo.id}`, rules: metaRules(slo, windows, version) },
    { name: `sloth-slo-alerts-${slo.id}`, rules: alerts },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

/** Events by window. Of longer windows each count is a sum of shorter ones: one rule for all of them. */
function eventRules(slo: Slo, windows: readonly RecordedWindow[]): readonly RecordingRule[] {
  const { signal } = slo;
  return windows.flatMap(({ ms, name, parts }): readonly RecordingRule[] => {
    const record = eventsMetric(name);
    const labels = { ...sloLabels(slo), sloth_window: name };
    if (parts === undefined) {
      const rule = (events: string, expr: string): RecordingRule => ({
        record,
        expr,
        labels: { ...labels, slo_events: events },
      });
      return [
        rule('total', countEvents(signal, 'total', ms)),
        rule(signal.numerator, countEvents(signal, signal.numerator, ms)),
        rule('covered', countCovered(signal, ms)),
      ];
    }
    const by = ['slo_events', ...signal.by];
    const each = parts.map(({ name: part, offsetMs }) => {
      const offset = offsetMs === 0 ? '' : ` offset ${prometheusDuration(offsetMs)}`;
      // The greatest: rulers that run in pairs, and labels that were just changed, would count twice.
      return `max${grouping(by)} (${eventsMetric(part)}{sloth_id="${slo.id}"}${offset})`;
    });
    return [{ record, expr: sumOf(each, by, 'slo_part'), labels }];
  });
}

/** The share of bad events by window: nothing where there were no events, or more good ones than events. */
function ratioRules(slo: Slo, windows: readonly RecordedWindow[]): readonly RecordingRule[] {
  const { signal, id } = slo;
  return windows.map(({ name }) => {
    const count = (kind: string): string =>
      `max${grouping(signal.by)} (${eventsMetric(name)}{sloth_id="${id}",slo_events="${kind}"})`;
    const total = count('total');
    const share = `(${count(signal.numerator)} or ${total} * 0) / (${total} > 0)`;
    const bad = signal.numerator === 'bad' ? share : `1 - ${share}`;
    return {
      record: ratioMetric(name),
      expr: `clamp(\n${indent(`(${bad}) >= -0.000001 <= 1.000001`)},\n  0, 1\n)`,
      labels: { ...sloLabels(slo), sloth_window: name },
    };
  });
}

function metaRules(slo: Slo, windows: readonly RecordedWindow[], version: string): readonly RecordingRule[] {
  const { id, budget, periodMs } = slo;
  const labels = sloLabels(slo);
  const allowed = allowedShare(budget.objective);
  const period = windows.find(({ ms }) => ms === periodMs)?.name ?? '';
  const burn = (window: string): string => `${ratioMetric(window)}{sloth_id="${id}"} / ${allowed}`;
  return [
    { record: 'slo:objective:ratio', expr: `vector(${budget.objective})`, labels },
    { record: 'slo:error_budget:ratio', expr: `vector(${allowed})`, labels },
    { record: 'slo:time_period:days', expr: `vector(${periodMs / 86_400_000})`, labels },
    { record: 'slo:current_burn_rate:ratio', expr: burn('5m'), labels },
    { record: 'slo:period_burn_rate:ratio', expr: burn(period), labels },
    {
      record: 'slo:period_error_budget_remaining:ratio',
      expr: `1 - ${burn(period)}`,
      labels,
    },
    {
      record: 'sloth_slo_info',
      expr: 'vector(1)',
      labels: {
        ...labels,
        sloth_version: `andon-${version}`,
        sloth_mode: 'cli-gen-prom',
        sloth_spec: 'andon/v1',
        sloth_objective: formatRatio(budget.objective).slice(0, -1),
      },
    },
  ];
}
