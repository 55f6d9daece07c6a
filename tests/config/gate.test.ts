import { describe, expect, test } from '@jest/globals';
import { loadRules } from '../../src/config/load-rules.ts';
import { defaultGatePolicy } from '../../src/domain/service/gate-policy.ts';

function load(gate: string) {
  const content = `
apiVersion: andon/v1
kind: Service
metadata: { name: shop }
spec:
  signals:
    success: { ratio: { good: 'ok_total{job="shop"}', total: 'all_total{job="shop"}' } }
  errorBudgets: [{ signal: success, objective: 99.9%, period: 30d }]
  endState:
    summary: Customers can pay
    hold: 5m
    targets: [{ signal: success, atLeast: 99%, over: 5m }]
${gate}`;
  const { services, diagnostics } = loadRules([{ path: 'shop.yaml', content: Buffer.from(content) }]);
  return { service: services[0], said: diagnostics.map(({ severity, code }) => `${severity} ${code}`) };
}

describe('spec.gate', () => {
  test.each<[string, object]>([
    ['', defaultGatePolicy],
    ['  gate: {}', defaultGatePolicy],
    ['  gate: { onUnknown: warn }', { ...defaultGatePolicy, onUnknown: 'warn' }],
    ['  gate: { onUnknown: stop }', { ...defaultGatePolicy, onUnknown: 'stop' }],
    [
      '  gate: { errorBudgets: { warnBelow: 50%, holdBelow: 0.1, stopBelow: 0% } }',
      { ...defaultGatePolicy, budgets: { warnBelow: 0.5, holdBelow: 0.1, stopBelow: 0 } },
    ],
    // Whoever says something of budgets says all of it.
    ['  gate: { errorBudgets: { holdBelow: 20% } }', { ...defaultGatePolicy, budgets: { holdBelow: 0.2 } }],
  ])('%j is the policy of the service', (written, policy) => {
    const { service, said } = load(written);
    expect(service?.gate).toEqual(policy);
    expect(said.filter((each) => each.startsWith('error'))).toEqual([]);
  });

  test.each([
    ['  gate: { onUnknown: pass }', 'error invalid-value'],
    ['  gate: { onMissing: hold }', 'error unknown-key'],
    ['  gate: { errorBudgets: { holdBelow: lots } }', 'error'],
    ['  gate: { errorBudgets: { holdBelow: 120% } }', 'error'],
    ['  gate: { dependsOn: [{ service: shop }] }', 'error gate-depends-on-itself'],
    ['  gate: { dependsOn: [{ service: db }, { service: db, whenStopped: stop }] }', 'error duplicate-dependency'],
    ['  gate: { dependsOn: [{ service: db, whenStopped: pass }] }', 'error'],
    ['  gate: { errorBudgets: { warnBelow: 10%, holdBelow: 20% } }', 'warning gate-bounds-out-of-order'],
  ])('%j is told: %s', (written, problem) => {
    expect(load(written).said.filter((each) => each.startsWith(problem))).not.toEqual([]);
  });

  test('is no part of what is measured and judged: it does not change the goalposts of an open incident', () => {
    expect(load('  gate: { onUnknown: stop }').service?.revision).toBe(load('').service?.revision);
  });
});
