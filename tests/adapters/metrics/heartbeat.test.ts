import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';

const aTelemetry = () => createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now: () => 0 });

test('a heartbeat is told as it is, with the reason for each beat that failed', async () => {
  const telemetry = aTelemetry();
  telemetry.heartbeat(true);
  expect((await telemetry.scrape()).body).toMatch(/^andon_heartbeat_beating 1$/m);
  expect((await telemetry.scrape()).body).toMatch(/^andon_heartbeat_failures_total\{reason="blind"\} 0$/m);
  telemetry.heartbeat(false);
  telemetry.heartbeatFailed('blind');
  const { body } = await telemetry.scrape();
  expect(body).toMatch(/^andon_heartbeat_beating 0$/m);
  expect(body).toMatch(/^andon_heartbeat_failures_total\{reason="blind"\} 1$/m);
});
