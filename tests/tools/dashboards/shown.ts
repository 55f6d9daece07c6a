import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Series, Values } from './ask.ts';
import { leadsTo, lookOf, textOf } from './look.ts';
import { targetsOf } from './shipped.ts';
import { tableOf, type Answers } from './shown-table.ts';

/**
 * What a person reads off a panel at the end of the time that is shown, `now` in ms: a line for each number, with its name, its unit,
 * its colour where that says good or bad, and where a click leads; of a table the headings, then the rows.
 */
export function shownBy(panel: Panel, answers: Answers, now: number): readonly string[] {
  if (panel.type === 'table') return tableOf(panel, answers, now);
  return targetsOf(panel)
    .flatMap(({ refId, legendFormat = '', format }) => {
      const series = answers[refId] ?? [];
      return (format === 'heatmap' ? eachBucket(series) : series).map((each) => ({ legendFormat, each }));
    })
    .map(({ legendFormat, each }) => {
      const called = filled(legendFormat, each.metric);
      const look = lookOf(panel.fieldConfig, called);
      const name = look.displayName ?? called;
      const text = textOf(Number(each.points.at(-1)?.[1]), look, now);
      return `${name === '' ? '' : `${name}: `}${text}${leadsTo(look, (of) => each.metric[of] ?? '')}`;
    })
    .toSorted();
}

/** Words with the labels of a series in them. */
export function filled(words: string, labels: Values): string {
  return words
    .replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Prometheus counts all up to a bound; Grafana draws what is between two. */
function eachBucket(series: readonly Series[]): readonly Series[] {
  const bound = ({ metric }: Series): number => Number(metric['le']?.replace('+Inf', 'Infinity'));
  const count = (of: Series | undefined): number => Number(of?.points.at(-1)?.[1] ?? 0);
  const inOrder = series.toSorted((a, b) => bound(a) - bound(b));
  return inOrder.map((each, index) => ({
    metric: each.metric,
    points: [[0, String(count(each) - count(inOrder[index - 1]))]],
  }));
}
