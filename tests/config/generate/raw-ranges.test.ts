import { expect, test } from '@jest/globals';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import { aBudget, aService, dayMs, hourMs, minuteMs, rulesOf, successRate } from './rule-bench.ts';

const unitMs = { s: 1_000, m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs } as const;
const latency = `success_rate:\n  latency: { histogram: 'latency_seconds{job="a"}', threshold: 300ms }\n`;

/** Ranges that raw series are read over, ms; those of recorded ones hold a sample for each evaluation, whatever was counted. */
function rawRanges(rules: string): readonly number[] {
  return [...rules.matchAll(/([\w:]+)(?:\{[^}]*\})?\[(\d+)([smhdw])\]/g)].flatMap(([, metric = '', count, unit]) =>
    metric.includes(':') ? [] : [Number(count) * unitMs[unit as keyof typeof unitMs]],
  );
}

test.each(
  [dayMs, 30 * dayMs, 90 * dayMs, 365 * dayMs].flatMap((ms) => [[ms, successRate] as const, [ms, latency] as const]),
)(
  'rules of a period of %d ms read no raw counter over more than an hour, and none for what is absent',
  (ms, signal) => {
    const tiers = [...presetTiers('page', ms), ...presetTiers('ticket', ms)];
    const rules = rulesOf([aService(signal, [aBudget({ period: { kind: 'rolling', ms }, tiers })])]);
    const ranges = rawRanges(rules);
    expect(ranges.length).toBeGreaterThan(0);
    expect(Math.max(...ranges)).toBeLessThanOrEqual(hourMs);
    // An alert for absent series fires for each idle service and each deploy.
    expect(rules).not.toMatch(/absent/);
  },
);
