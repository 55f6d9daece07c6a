import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import type { SettledDeployment } from '../../../src/domain/change/delivery-metrics.ts';

const settled: SettledDeployment = {
  service: 'checkout',
  change: 'd1',
  startedAt: 0,
  result: 'unharmed',
  recoveriesMs: [],
  isRework: false,
};

test('deployments are counted by what became of them, and every result has a series from the first on', async () => {
  const telemetry = createPrometheusTelemetry({ version: '1', nodeVersion: 'v24', now: () => 0 });
  telemetry.deploymentSettled(settled);
  telemetry.deploymentSettled({ ...settled, change: 'd2', result: 'failed', recoveriesMs: [90_000, 4_000_000] });
  const { body } = await telemetry.scrape();
  expect(body.split('\n').filter((line) => line.startsWith('andon_deployments_total'))).toEqual([
    'andon_deployments_total{service="checkout",result="unharmed"} 1',
    'andon_deployments_total{service="checkout",result="failed"} 1',
    'andon_deployments_total{service="checkout",result="unknown"} 0',
  ]);
  expect(body).toContain('andon_failed_deployment_recovery_seconds_bucket{le="120",service="checkout"} 1');
  expect(body).toContain('andon_failed_deployment_recovery_seconds_count{service="checkout"} 2');
});
