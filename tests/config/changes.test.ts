import { describe, expect, test } from '@jest/globals';
import { loadRules } from '../../src/config/load-rules.ts';

function load(changes: string) {
  const content = `
apiVersion: andon/v1
kind: Service
metadata: { name: shop }
spec:
  signals:
    success: { ratio: { good: 'ok_total{job="shop"}', total: 'all_total{job="shop"}' } }
  endState:
    summary: Customers can pay
    hold: 5m
    targets: [{ signal: success, atLeast: 99%, over: 5m }]
${changes}`;
  const { services, diagnostics } = loadRules([{ path: 'shop.yaml', content: Buffer.from(content) }]);
  return { service: services[0], errors: diagnostics.filter(({ severity }) => severity === 'error') };
}

describe('spec.changes', () => {
  test.each([
    ['', undefined],
    ['  changes: {}', 7_200_000],
    ['  changes: { bake: 5m }', 300_000],
    ['  changes: { bake: 7d }', 604_800_000],
  ])('says how long changes are watched: %j', (written, bakeMs) => {
    expect(load(written).service?.changes?.bakeMs).toBe(bakeMs);
  });

  test.each([
    '  changes: { bake: 4m59s }',
    '  changes: { bake: 8d }',
    '  changes: { bake: 2 }',
    '  changes: { bakes: 2h }',
  ])('is refused where it cannot be meant: %j', (written) => {
    const { service, errors } = load(written);
    expect(service).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  test('is no part of what is measured and judged: it does not change the goalposts of an open incident', () => {
    expect(load('  changes: { bake: 5m }').service?.revision).toBe(load('').service?.revision);
  });
});
