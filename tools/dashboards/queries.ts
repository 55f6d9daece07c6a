import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { datasource } from './variables.ts';

/** A line for each series over the time that is shown. */
export function lines(expr: string, legend: string): DataqueryBuilder {
  return query(expr, legend).range();
}

/** What stands at the end of the time that is shown. */
export function latest(expr: string, legend = ''): DataqueryBuilder {
  return query(expr, legend).instant();
}

/** The same as rows of a table, a column for each label. */
export function rows(expr: string): DataqueryBuilder {
  return latest(expr).format(PromQueryFormat.Table);
}

/** The buckets of a histogram, each with its own count. Grafana sorts them by their names, which have to be numbers. */
export function buckets(expr: string): DataqueryBuilder {
  return latest(expr, '{{le}}').format(PromQueryFormat.Heatmap);
}

/** A gauge that is 1 for one of several states, as one number: the one beside the state that it is in. */
export function coded(metric: string, filter: string, codes: Readonly<Record<string, number>>, by: string): string {
  const parts = Object.entries(codes).map(([state, code]) => `${code} * (${metric}{${filter},state="${state}"} == 1)`);
  return `max by (${by}) (${parts.join(' or ')})`;
}

/** 0 where there is nothing to count of services that are watched; nothing where none is, since nobody can tell then. */
export function orNone(count: string, filter: string): string {
  return `${count} or 0 * count(andon_service_info{${filter}})`;
}

/** How much a counter grew over the time that is shown; Andon's counters of incidents survive restarts. */
export function grown(metric: string, filter: string, by?: string): string {
  const sum = by === undefined ? 'sum' : `sum by (${by})`;
  return `${sum} (increase(${metric}{${filter}}[$__range]))`;
}

/** A quantile of a histogram over the time that is shown; nothing, rather than NaN, of no observation. */
export function quantile(share: number, metric: string, filter: string): string {
  return `histogram_quantile(${share}, ${grown(`${metric}_bucket`, filter, 'le')}) >= 0`;
}

/** The mean of a histogram over the time that is shown; nothing of no observation. */
export function mean(metric: string, filter: string): string {
  return `${grown(`${metric}_sum`, filter)} / (${grown(`${metric}_count`, filter)} > 0)`;
}

/** A quantile of a histogram as it goes along, one line for each combination of labels. */
export function quantileLine(share: number, metric: string, filter: string, by: string): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${metric}_bucket{${filter}}[$__rate_interval]))) >= 0`;
}

/** Half and nearly all of what a histogram saw, as it goes along. */
export function typicalAndWorst(metric: string, filter: string): readonly DataqueryBuilder[] {
  return [
    lines(quantileLine(0.5, metric, filter, ''), 'median'),
    lines(quantileLine(0.99, metric, filter, ''), '99 %'),
  ];
}

/** A counter per second, as it goes along. */
export function perSecond(metric: string, filter: string, by: string): string {
  return `sum by (${by}) (rate(${metric}{${filter}}[$__rate_interval]))`;
}

/** How much a counter grows from point to point; nothing while it stands. */
export function growth(metric: string, filter: string, by: string): string {
  return `sum by (${by}) (increase(${metric}{${filter}}[$__rate_interval])) > 0`;
}

/**
 * The instant that a gauge last told in the time that is shown, at any point of it: also of what has vanished since. A pod
 * that was replaced leaves series behind which say for ever that nothing has happened (+Inf), or an instant that was taken
 * back; so what is told now goes first, then what did happen.
 */
export function lastSaid(metric: string, filter: string, by: string): string {
  const series = `${metric}{${filter}}`;
  const last = `last_over_time(${series}[$__range] @ end())`;
  const [now, happened, any] = [`${series} @ end()`, `${last} < Inf`, last].map((said) => `max by (${by}) (${said})`);
  return `(${now} or ${happened} or ${any})`;
}

/** Those services of `expr` for which `condition` has an answer. */
export function ofServices(expr: string, condition: string): string {
  return `(${expr}) and on (service) (${condition})`;
}

function query(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(datasource).editorMode(QueryEditorMode.Code).expr(expr).legendFormat(legend);
}
