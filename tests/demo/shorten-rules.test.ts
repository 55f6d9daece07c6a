import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { shortenRules } from '../../demo/shorten-rules.ts';
import { loadRules } from '../../src/config/load-rules.ts';

const spec = (lines: readonly string[]): string => `${['spec:', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;

describe('rules for the demo', () => {
  test.each([
    { name: 'a long window of a target', from: '- { signal: s, over: 5m }', to: '- { signal: s, over: 10s }' },
    { name: 'the wait of a rule', from: 'for: 30s', to: 'for: 3s' },
    { name: 'a long window in a condition', from: 'when: s.over("1m") < 0.97', to: 'when: s.over("10s") < 0.97' },
    {
      name: 'every window in a condition, whatever the quotes',
      from: `when: s.max('5m') > 1.0 || t.min( "2m" ) < 5.0`,
      to: `when: s.max('10s') > 1.0 || t.min( "10s" ) < 5.0`,
    },
    {
      name: 'the patience with missing data',
      from: 'onUnknown: { openAfter: 5m }',
      to: 'onUnknown: { openAfter: 15s }',
    },
  ])('shortens $name', ({ from, to }) => {
    expect(shortenRules(spec([from]))).toBe(spec([to]));
  });

  test.each([
    { name: 'what is short enough', line: 'for: 2s' },
    { name: 'texts in a condition that are no windows', line: 'when: s.over("5s") < 0.9 && name == "1m"' },
    { name: 'the long window of a rule for slow leaks', line: 'when: s.over("30m") < 0.99' },
    { name: 'PromQL', line: 'query: max_over_time(lag{job="x"}[5m])' },
    { name: 'comments', line: 'threshold: 300ms # as promised' },
  ])('leaves $name alone', ({ line }) => {
    expect(shortenRules(spec([line]))).toBe(spec([line]));
  });

  test('holds and watches for a short time, also where watch was left out', () => {
    expect(shortenRules(spec(['endState:', '  hold: 10m']))).toBe(spec(['endState:', '  hold: 15s', '  watch: 1m']));
    expect(shortenRules(spec(['endState:', '  hold: 10m', '  watch: 1h']))).toBe(
      spec(['endState:', '  hold: 15s', '  watch: 1m']),
    );
  });

  test('does every document of a file', () => {
    expect(shortenRules('spec:\n  for: 1m\n---\nspec:\n  for: 2m\n')).toBe('spec:\n  for: 3s\n---\nspec:\n  for: 3s\n');
  });

  test('refuses a file that is no YAML', () => {
    expect(() => shortenRules('a: [')).toThrow(/line 1/);
  });

  test('leave the shipped rules valid', async () => {
    const text = shortenRules(await readFile(join(import.meta.dirname, '../../rules/checkout.yaml'), 'utf8'));
    const { services, diagnostics } = loadRules([{ path: 'checkout.yaml', content: new TextEncoder().encode(text) }]);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [checkout] = services;
    expect(checkout).toMatchObject({ name: 'checkout', endState: { holdMs: 15_000, watchMs: 60_000 } });
    expect(checkout?.endState.targets.map(({ overMs }) => overMs)).toEqual([10_000, 10_000, 10_000]);
    expect(checkout?.rules[0]).toMatchObject({
      forMs: 3000,
      when: { text: 'success_rate.over("10s") < 0.97 || latency.over("10s") < 0.80' },
    });
  });
});
