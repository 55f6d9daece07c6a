/** What helm/andon/values.yaml says: each value with its comment and its default. */
import { readFileSync } from 'node:fs';
import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';

/** A value of the chart. A group is a mapping whose keys have comments of their own. */
export interface ChartValue {
  readonly path: readonly string[];
  readonly comment: string;
  readonly isGroup: boolean;
  readonly standard: unknown;
}

export const chartFolder = new URL('../helm/andon/', import.meta.url);

/** Every value and group in the order of the file. */
export function chartValues(): readonly ChartValue[] {
  const document = parseDocument(readFileSync(new URL('values.yaml', chartFolder), 'utf8'));
  return isMap(document.contents) ? valuesIn(document.contents, [], document.commentBefore ?? '') : [];
}

/** The names of the chart's own alerts. Their file is a template, so it is read by its lines. */
export function chartAlerts(): readonly string[] {
  const alerts = readFileSync(new URL('files/alerts.yaml', chartFolder), 'utf8');
  return [...alerts.matchAll(/^ {2}- alert: (\w+)$/gm)].map(([, name = '']) => name);
}

function valuesIn(map: YAMLMap, above: readonly string[], first: string): readonly ChartValue[] {
  return map.items.flatMap((pair, index) => {
    const path = [...above, keyOf(pair)];
    const comment = textOf((isScalar(pair.key) ? pair.key.commentBefore : undefined) ?? (index === 0 ? first : ''));
    const inner = isMap(pair.value) && hasComments(pair.value) ? pair.value : undefined;
    const value: ChartValue = { path, comment, isGroup: inner !== undefined, standard: plain(pair.value) };
    return [value, ...(inner === undefined ? [] : valuesIn(inner, path, inner.commentBefore ?? ''))];
  });
}

function hasComments(map: YAMLMap): boolean {
  return (
    typeof map.commentBefore === 'string' ||
    map.items.some(
      ({ key, value }) =>
        (isScalar(key) && typeof key.commentBefore === 'string') || (isMap(value) && hasComments(value)),
    )
  );
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function textOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
}

function plain(node: unknown): unknown {
  return (node as { toJSON?: () => unknown } | null)?.toJSON?.();
}
