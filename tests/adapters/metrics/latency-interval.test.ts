import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { intervalRow } from '../../support/interval-verdict.ts';

test('a reading that is known as an interval has its upper end beside it, for as long as it is one', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now: () => 0 });
  const samples = async (): Promise<readonly string[]> => {
    const { body } = await telemetry.scrape();
    return body.split('\n').filter((line) => /^andon_reading_(?:value|upper)/.test(line));
  };
  const labels = '{service="checkout",group="",signal="latency",fold="over",window="1m"}';

  telemetry.readings('checkout', 'main', [intervalRow]);
  expect(await samples()).toEqual([
    `andon_reading_value${labels} 0.982`,
    `andon_reading_upper_bound_ratio${labels} 0.997`,
  ]);

  telemetry.readings('checkout', 'main', [{ ...intervalRow, reading: { kind: 'value', value: 1, sampleAt: 0 } }]);
  expect(await samples()).toEqual([`andon_reading_value${labels} 1`]);
});
