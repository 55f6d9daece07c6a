import { errorSelector, objectivePercent, totalSelector } from './wide-fleet.ts';

const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];
const budget = (100 - objectivePercent) / 100;

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The rules that Sloth makes of one objective each over 30 days: 17, in its three groups, in its names and shapes. */
export function slothRules(services: readonly string[], interval: string): string {
  const groups = services.flatMap((service) => {
    const id = `${service}-requests`;
    const labels = { sloth_id: id, sloth_service: service, sloth_slo: 'requests' };
    const kinds = { 'sli-recordings': indicators, 'meta-recordings': meta, alerts };
    return Object.entries(kinds).map(([kind, rulesOf]) => ({
      name: `sloth-slo-${kind}-${id}`,
      interval,
      rules: rulesOf(service, labels),
    }));
  });
  // JSON is YAML.
  return JSON.stringify({ groups });
}

export const recordedRatio = 'slo:sli_error:ratio_rate5m';

function selector(labels: Readonly<Record<string, string>>): string {
  return `{sloth_id="${labels['sloth_id']}", sloth_service="${labels['sloth_service']}", sloth_slo="${labels['sloth_slo']}"}`;
}

function indicators(service: string, labels: Readonly<Record<string, string>>): readonly Rule[] {
  const rate = (of: string, window: string): string => `(sum(rate(${of}[${window}])))`;
  const raw = windows.map((window) => ({
    record: `slo:sli_error:ratio_rate${window}`,
    expr: `${rate(errorSelector(service), window)}\n/\n${rate(totalSelector(service), window)}`,
    labels: { ...labels, sloth_window: window },
  }));
  const recorded = `${recordedRatio}${selector(labels)}[30d]`;
  const period = {
    record: 'slo:sli_error:ratio_rate30d',
    expr: `sum_over_time(${recorded})\n/ ignoring (sloth_window)\ncount_over_time(${recorded})`,
    labels: { ...labels, sloth_window: '30d' },
  };
  return [...raw, period];
}

function meta(_service: string, labels: Readonly<Record<string, string>>): readonly Rule[] {
  const own = selector(labels);
  const burn = (window: string): string =>
    `slo:sli_error:ratio_rate${window}${own}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\nslo:error_budget:ratio${own}`;
  const rules = {
    'slo:objective:ratio': `vector(${1 - budget})`,
    'slo:error_budget:ratio': `vector(1-${1 - budget})`,
    'slo:time_period:days': 'vector(30)',
    'slo:current_burn_rate:ratio': burn('5m'),
    'slo:period_burn_rate:ratio': burn('30d'),
    'slo:period_error_budget_remaining:ratio': `1 - slo:period_burn_rate:ratio${own}`,
    sloth_slo_info: 'vector(1)',
  };
  return Object.entries(rules).map(([record, expr]) => ({ record, expr, labels }));
}

function alerts(service: string, labels: Readonly<Record<string, string>>): readonly Rule[] {
  const own = selector(labels);
  const above = (window: string, factor: number): string =>
    `max(slo:sli_error:ratio_rate${window}${own} > (${factor} * ${budget})) without (sloth_window)`;
  const pair = (short: string, long: string, factor: number): string =>
    `(\n    ${above(short, factor)}\n    and\n    ${above(long, factor)}\n)`;
  const alert = (severity: string, pairs: readonly string[]): Rule => ({
    alert: `${service}ErrorBudgetBurn`,
    expr: pairs.join('\nor\n'),
    labels: { sloth_severity: severity },
  });
  return [
    alert('page', [pair('5m', '1h', 14.4), pair('30m', '6h', 6)]),
    alert('ticket', [pair('2h', '1d', 3), pair('6h', '3d', 1)]),
  ];
}
