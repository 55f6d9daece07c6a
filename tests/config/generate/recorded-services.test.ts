import { describe, expect, test } from '@jest/globals';
import { recordedRead } from '../../../src/app/budgets/recorded-read.ts';
import { generateRules } from '../../../src/config/generate/generate-rules.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import { recordedMetric } from '../../../src/domain/budget/recorded-series.ts';
import type { Service } from '../../../src/domain/service/service.ts';

function serviceOf(from: string, budgets: readonly string[], when?: string): Service {
  const text = `
apiVersion: andon/v1
kind: Service
metadata: { name: checkout }
spec:
  signals:
    success_rate: { ratio: { good: 'requests{code!~"5.."}', total: requests } }
  endState:
    summary: It works
    hold: 5m
    targets: [{ signal: success_rate, atLeast: 90%, over: 5m }]
${from}
  errorBudgets:
${budgets.map((each) => `    - { signal: success_rate, objective: 99%, ${each} }`).join('\n')}
${when === undefined ? '' : `  stopTheLine: [{ name: burning, when: '${when}' }]`}
`;
  const { services, diagnostics } = loadRules([{ path: 'checkout.yaml', content: new TextEncoder().encode(text) }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [service] = services;
  if (service === undefined) throw new Error('there is no service');
  return service;
}

const recordingRules = '  errorBudgetsFrom: recording-rules';

function rulesOf(service: Service) {
  const { services } = generateRules([service], () => undefined, { version: '1', maxGroupSize: 20 });
  return services.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}

describe('the rules of a service whose budgets come from them', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['of the presets', ['period: 30d, burnRates: [page, ticket]'], undefined],
    [
      'of short and odd tiers',
      ['period: 1h, burnRates: [{ severity: page, budget: 20%, over: 7m, short: 40s }]'],
      undefined,
    ],
    ['of a budget without tiers', ['period: 90d'], undefined],
    ['of the shortest period', ['period: 1h, burnRates: [page]'], undefined],
    [
      'of conditions',
      ['period: 30d'],
      'success_rate.burnRate("45m") > 3.0 || success_rate.burnRate("6h3m") > 2.0 && success_rate.budgetExhaustedIn("90s") < 60.0',
    ],
    [
      'of several budgets',
      ['period: 30d', 'name: weekly, period: 7d, burnRates: [page]'],
      'success_rate.burnRate("2d", "weekly") > 2.0',
    ],
  ])('record every window that Andon reads: those %s', (_name, budgets, when) => {
    const service = serviceOf(recordingRules, budgets, when);
    const recorded = rulesOf(service).flatMap((rule) => ('record' in rule ? [rule] : []));
    const read = recordedRead(service)?.budgets ?? [];
    expect(read.length).toBe(budgets.length);
    for (const { name, windowsMs } of read) {
      const names = new Set(recorded.filter(({ labels }) => labels['sloth_slo'] === name).map(({ record }) => record));
      expect(windowsMs.map(recordedMetric).filter((metric) => !names.has(metric))).toEqual([]);
    }
  });

  test('hold no alerts, since Andon pages itself; those of any other service do', () => {
    const budgets = ['period: 30d, burnRates: [page, ticket]'];
    const alerts = (from: string): number => rulesOf(serviceOf(from, budgets)).filter((rule) => 'alert' in rule).length;
    expect([alerts(recordingRules), alerts('')]).toEqual([0, 2]);
  });
});

test('who counts is part of what is declared', () => {
  const [declared, counted, recorded] = ['', '  errorBudgetsFrom: counters', recordingRules].map((from) =>
    serviceOf(from, ['period: 30d']),
  );
  expect(counted).toEqual(declared);
  expect(recorded?.budgetsFrom).toBe('recording-rules');
  expect(recorded?.revision).not.toBe(counted?.revision);
});
