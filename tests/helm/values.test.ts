import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chartValues } from '../../tools/helm-values.ts';
import { chartsForTests } from './charts.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();

/** Values that are what they are by default in each scenario, and why. */
const alwaysUsual: Readonly<Record<string, string>> = {};

/** What Helm computes from the defaults and from what a scenario says, for the chart andon. */
async function computed(args: readonly string[]): Promise<unknown> {
  const known = args.filter((word, index) => word !== '--kube-version' && args[index - 1] !== '--kube-version');
  const { code, stdout, stderr } = await charts.helm('install', ...known, '--dry-run=client', '--debug');
  if (code !== 0) throw new Error(stderr);
  const [, text = ''] = /^COMPUTED VALUES:\n([\s\S]*?)\n^HOOKS:/m.exec(stdout) ?? [];
  const values = parse(text) as { readonly andon?: unknown };
  return values.andon ?? values;
}

function at(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown> | null | undefined)?.[key], values);
}

const marks = /\bm-[\w-]+|\b77\d\d\w*/g;

/** Texts and numbers that nobody would set, as they are to be found in what is rendered. */
function marksIn(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => [...(key.startsWith('m-') ? [key] : []), ...marksIn(inner)]);
  }
  return String(value).match(marks) ?? [];
}

describe('every value of the chart', () => {
  test('is something else than usual in one of the scenarios', async () => {
    const all = await Promise.all(Object.values(scenarios).map(computed));
    const leaves = chartValues().filter(({ isGroup }) => !isGroup);
    const usual = leaves.filter(({ path, standard }) =>
      all.every((values) => isDeepStrictEqual(at(values, path) ?? null, standard ?? null)),
    );
    expect(usual.map(({ path }) => path.join('.')).toSorted()).toEqual(Object.keys(alwaysUsual).toSorted());
  }, 60_000);

  test('that is marked leaves its mark on what is rendered', async () => {
    const values: unknown = parse(readFileSync(join(import.meta.dirname, 'unusual-values.yaml'), 'utf8'));
    const all = [...marksIn(values), ...marksIn(scenarios['unusual-pods'])];
    const text = (await charts.template(...scenarios.unusual)) + (await charts.template(...scenarios['unusual-pods']));
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((mark) => !text.includes(mark))).toEqual([]);
  }, 30_000);
});
