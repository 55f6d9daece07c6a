import { parser } from '@prometheus-io/lezer-promql';

/** What a PromQL expression names; `faults`: the places that do not parse. */
export interface PromqlWords {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
  readonly faults: readonly string[];
}

/** Grafana's own variables as values that PromQL takes. */
export function filledIn(expr: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .sort(([a], [b]) => b.length - a.length)
    .reduce((text, [name, value]) => text.replaceAll(`$${name}`, value), expr);
}

/** Metrics of selectors, and labels of matchers and of `by`, `on` and `group_left`. */
export function wordsOf(expr: string): PromqlWords {
  const [metrics, labels, faults] = [new Set<string>(), new Set<string>(), new Set<string>()];
  parser.parse(expr).iterate({
    enter({ name, from, to, type, node }) {
      const text = expr.slice(from, to);
      if (type.isError) faults.add(`${text} at ${from}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(text);
      if (name === 'LabelName') labels.add(text);
    },
  });
  return { metrics: [...metrics], labels: [...labels], faults: [...faults] };
}
