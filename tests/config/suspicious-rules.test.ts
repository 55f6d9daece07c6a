import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadRules } from '../../src/config/load-rules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Parts {
  readonly signals?: string;
  readonly targets?: string;
  readonly when?: string;
}

const share = 'ratio: { good: ok_total, total: all_total }';

/** A service with a share `s` (target 99% over 5m), a gauge `q` (target at most 100), a gauge `free` and a share `other` without one. */
function codesOf({ signals = '', targets = '', when = 's.over("1m") < 0.9' }: Parts): readonly string[] {
  const text = `apiVersion: andon/v1
kind: Service
metadata: { name: shop }
spec:
  signals:
    s: { ${share} }
    q: { gauge: { query: max(q) } }
    free: { gauge: { query: max(free) } }
    other: { ratio: { bad: failed_total, total: all_total } }
${signals}
  endState:
    summary: It works
    hold: 5m
    targets:
      - { signal: s, atLeast: 99%, over: 5m }
      - { signal: q, atMost: 100 }
${targets}
  errorBudgets:
    - { signal: s, objective: 99%, period: 30d }
    - { signal: other, objective: 99%, period: 30d }
  stopTheLine:
    - { name: one, when: '${when}' }
`;
  return loadRules([{ path: 'shop.yaml', content: new TextEncoder().encode(text) }])
    .diagnostics.filter(({ code }) => code !== 'unused-signal')
    .map(({ severity, code }) => `${severity} ${code}`);
}

const error = ['error condition-true-when-good'];
const warning = ['warning condition-true-when-good'];
const inside = ['warning condition-inside-target'];

describe('a rule', () => {
  test.each<[string, readonly string[]]>([
    ['s.over("5m") > 0.95', error],
    ['0.95 < s.over("5m")', error],
    ['!(s.over("5m") < 0.95)', error],
    ['s.over("5m") >= 0.99', error],
    ['s.over("1m") > 0.5 || free.latest() > 3.0', error],
    ['q.latest() <= 100.0', error],
    ['q.max("5m") < 1000.0', error],
    ['s.burnRate("1h") < 14.4', error],
    ['s.budgetRemaining() > 0.1', error],
    ['other.budgetExhaustedIn("1h") > 86400.0', error],
    ['s.budgetRemaining() > 0.1 && s.over("5m") > 0.5', error],
    ['other.over("5m") > 0.05', warning],
    ['other.over("5m") > 0.05 || s.over("5m") < 0.5', warning],
  ])('%s stops the line of a service that is good', (when, expected) => {
    expect(codesOf({ when })).toEqual(expected);
  });

  test.each<[string, readonly string[]]>([
    ['s.over("5m") < 0.95', []],
    ['s.over("5m") < 0.99', []],
    // An empty queue may be what is wrong.
    ['q.latest() < 1.0', []],
    ['q.latest() > 100.0', []],
    // Nobody said what is good of these.
    ['free.latest() > 0.0', []],
    ['free.latest() < 5.0 || free.latest() >= 5.0', []],
    ['s.over("5m") > 0.95 && free.latest() > 3.0', []],
    ['s.over("5m") > 0.95 && q.latest() > 500.0', []],
    ['other.over("5m") < 0.9', []],
    ['s.burnRate("1h") > 14.4', []],
    ['s.burnRate("1h") >= 1.0 || s.budgetRemaining() <= 0.5', []],
    ['s.budgetExhaustedIn("1h") < 86400.0', []],
    ['other.burnRate("1h") < 14.4 && free.latest() > 3.0', []],
    // What a budget reads is not what its signal reads.
    ['s.burnRate("5m") > 0.995', []],
    ['s.over("5m") < 0.995 && s.burnRate("5m") > 1.0', []],
    // Over another window the target says nothing.
    ['s.over("1m") < 0.995', []],
    ['q.over("5m") > 50.0', []],
    ['s.over("5m") < 0.995', inside],
    ['q.latest() > 50.0', inside],
    ['q.latest() >= 100.0', inside],
    ['s.over("5m") < 0.9 || q.latest() > 99.0', inside],
    ['s.over("5m") < 0.9 && q.latest() > 99.0', []],
  ])('%s is %j', (when, expected) => {
    expect(codesOf({ when })).toEqual(expected);
  });

  test('on a gauge with two bounds is tried at both of them', () => {
    const targets = '      - { signal: q, atLeast: 10 }';
    expect(codesOf({ targets, when: 'q.latest() < 20.0' })).toEqual(inside);
    expect(codesOf({ targets, when: 'q.latest() > 90.0' })).toEqual(inside);
    expect(codesOf({ targets, when: 'q.latest() > 1.0' })).toEqual(error);
    expect(codesOf({ targets, when: 'q.latest() < 10.0 || q.latest() > 100.0' })).toEqual([]);
  });
});

describe('targets on one signal', () => {
  const never = ['error targets-exclude-each-other'];
  const hardly = ['warning targets-exclude-each-other'];
  const implied = ['warning target-implied'];
  test.each<[string, readonly string[]]>([
    ['{ signal: q, atLeast: 101 }', never],
    ['{ signal: q, atLeast: 100 }', []],
    ['{ signal: q, atLeast: 101, over: 5m }', never],
    ['{ signal: q, atLeast: 101, over: 6m }', hardly],
    ['{ signal: q, atMost: 50 }', implied],
    ['{ signal: q, atMost: 100 }', implied],
    ['{ signal: q, atMost: 50, over: 5m }', []],
    ['{ signal: s, atLeast: 99.9%, over: 5m }', implied],
    ['{ signal: s, atLeast: 99.9%, over: 1h }', []],
  ])('with %s are %j', (target, expected) => {
    expect(codesOf({ targets: `      - ${target}` })).toEqual(expected);
  });
});

describe('a ratio', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['good', 'a{job="x",code!~"5.."}', 'a{job="x"}', []],
    ['good', 'a{code!~"5..", job=~"x|y"}', 'a{job=~"x|y|z"}', []],
    [
      'good',
      'a{job="x"} + a{job="y"}',
      'a{job=~"x|y",code!=""}',
      ['warning ratio-not-a-part', 'warning ratio-not-a-part'],
    ],
    ['good', 'a{job="y",code!~"5.."}', 'a{job="x"} + a{job="y"}', []],
    ['good', 'a{job=~"x|y"}', 'a{job="x"} + a{job="y"}', []],
    ['good', 'a{job="z"}', 'a{job="x"} + a{job="y"}', ['error ratio-disjoint']],
    ['good', 'a{job="x"}', 'a{job!="x"}', ['error ratio-disjoint']],
    ['good', 'a{job="x"}', 'a{job!~"x|y"}', ['error ratio-disjoint']],
    ['good', 'a{job=~"shop-.+"}', 'a{job="shop"}', ['error ratio-disjoint']],
    ['good', 'a{job=~"shop-(?:a|b)"}', 'a{job="shop"}', []],
    ['good', 'a{job="x"}', 'b{job="y"}', []],
    ['good', 'a{job="x"}', '{__name__=~"a|b",job="y"}', []],
    ['good', 'a{event="done"}', 'a{event="begun"}', ['warning ratio-disjoint']],
    ['good', 'a - a{env="dev"}', 'a{env!="dev"}', []],
    ['good', 'a{code!~"5.."}', 'a{env="prod"}', ['warning ratio-not-a-part']],
    ['bad', 'a{code=~"5.."}', 'a{env="prod"}', ['warning ratio-not-a-part']],
    ['bad', 'a{code=~"5.."}', 'a', []],
    ['bad', 'a{code=~"4.."}', 'a', []],
    ['bad', 'a{code="429"}', 'a', []],
    ['bad', 'a{code!~"5.."}', 'a', ['warning ratio-turned-round']],
    ['bad', 'a{status="ok"}', 'a', ['warning ratio-turned-round']],
    ['bad', 'a{grpc_code!="OK"}', 'a', []],
    ['good', 'a{grpc_code!="OK"}', 'a', ['warning ratio-turned-round']],
    ['good', 'a{code=~"5.."}', 'a', ['warning ratio-turned-round']],
    ['good', 'a{code=~"2..|5.."}', 'a', []],
    ['good', 'a{code="404"}', 'a', []],
    ['good', 'a{status="up"}', 'a', []],
    ['good', 'a - a{code=~"5.."}', 'a', []],
    ['good', 'a_bucket{le="0.3"}', 'a_bucket{le="+Inf"}', []],
    ['good', 'a_bucket{le="0.3",job="x"}', 'a_bucket{le="1",job="x"}', []],
    ['good', 'a_bucket{le="1"}', 'a_bucket{le="0.3"}', ['warning ratio-disjoint']],
    ['good', 'a_bucket{le="0.3",job="x"}', 'a_bucket{le="+Inf",job="y"}', ['error ratio-disjoint']],
    ['good', 'a_bucket{le="0.3"}', 'a_bucket{le="+Inf",job="y"}', ['warning ratio-not-a-part']],
    ['bad', 'a_bucket{le="0.3"}', 'a_count', ['warning ratio-turned-round']],
    ['bad', 'a_bucket{le=~"1(\\.0)?"}', 'a_count', ['warning ratio-turned-round']],
    ['bad', 'a_bucket{le="0.3"}', 'a_bucket{le="+Inf"}', ['warning ratio-turned-round']],
    ['bad', 'a_bucket{le="0.3"} + b_total', 'a_count + b_total', ['warning ratio-turned-round']],
    ['bad', 'a_count - a_bucket{le="0.3"}', 'a_count', []],
    ['bad', 'a_bucket{le="+Inf"} - a_bucket{le="0.3"}', 'a_count', []],
    // What took between the two may be either.
    ['bad', 'a_bucket{le="1"} - a_bucket{le="0.3"}', 'a_count', []],
    ['good', 'a_count - a_bucket{le="0.3"}', 'a_count', ['warning ratio-turned-round']],
    ['good', 'a_bucket{le="+Inf"} - a_bucket{le="0.3"}', 'a_count', ['warning ratio-turned-round']],
    ['good', 'a_bucket{le="1"} - a_bucket{le="0.3"}', 'a_count', []],
    ['good', 'a_count - b_bucket{le="0.3"}', 'a_count', []],
    ['bad', 'a_bucket{le="0.3"}', 'b_count', []],
    ['good', 'a_bucket{le="0.3"}', 'a_count', []],
    ['good', 'a_bucket{le=~"1(\\\\.0)?"}', 'a_bucket{le!="1"}', ['error counts-every-bucket']],
    ['good', 'probe_success', 'b', ['warning ratio-of-a-gauge']],
    ['good', 'a_seconds_count{x="1"}', 'a_seconds_count', []],
  ])('of %s: %s of total: %s is told %j', (side, numerator, total, expected) => {
    const signals = `    tried: { ratio: { ${side}: '${numerator}', total: '${total}' } }`;
    expect(codesOf({ signals })).toEqual(expected);
  });

  test('with patterns that take forever to match is read soon', () => {
    const evil = [`${'.*'.repeat(200)}x`, `(a+)+b`, `${'(a|b)?'.repeat(100)}c`, `${'a?'.repeat(60)}${'a'.repeat(60)}`];
    const before = performance.now();
    for (const pattern of evil) {
      codesOf({
        signals: `    tried: { ratio: { good: 'a{job="${'a'.repeat(60)}"}', total: 'a{job=~"${pattern}"}' } }`,
      });
    }
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('a gauge', () => {
  test.each<[string, boolean]>([
    ['orders_total', true],
    ['sum(orders_total{job="x"})', true],
    ['max by (job) (orders_total)', true],
    ['(sum(orders_total) by (job))', true],
    ['sum(rate(orders_total[5m]))', false],
    ['count(orders_total)', false],
    ['time() - max(orders_total)', false],
    ['orders_total - orders_total offset 5m', false],
    ['max(memory_total_bytes)', false],
    ['topk(1, orders_total)', false],
  ])('%s is a bare counter: %j', (query, expected) => {
    const signals = `    tried: { gauge: { query: '${query}' } }`;
    expect(codesOf({ signals })).toEqual(expected ? ['warning gauge-of-a-counter'] : []);
  });
});

describe('a threshold', () => {
  test.each<[string, string, boolean]>([
    ['a_ms', '300ms', true],
    ['a_milliseconds{job="x"}', '300ms', true],
    ['a_ms', '5m', false],
    ['a_seconds', '300ms', false],
    ['requests_forms', '300ms', false],
  ])('of %s of %s is in another unit than its histogram: %j', (histogram, threshold, expected) => {
    const signals = `    tried: { latency: { histogram: '${histogram}', threshold: ${threshold} } }`;
    expect(codesOf({ signals })).toEqual(expected ? ['warning threshold-unit'] : []);
  });
});

test('what is shipped and shown earns no warning', () => {
  for (const path of ['rules/checkout.yaml', 'rules/regions.yaml']) {
    expect(loadRules([{ path, content: readFileSync(join(root, path)) }]).diagnostics).toEqual([]);
  }
});
