import { expect, test } from '@jest/globals';
import { aGauge, aRatio } from '../../support/signals.ts';
import { aTelemetry, samples } from './telemetry-bench.ts';

const success = aRatio({ good: 'good_total', total: 'all_total' });

test('a service is told with its owner, its runbook and its place on the page of Andon', async () => {
  const telemetry = aTelemetry();
  const runbook = 'https://runbooks.example.com/checkout';
  telemetry.declared({ name: 'checkout', owner: 'team-payments', runbook, signals: [], rules: [] });
  telemetry.declared({ name: 'search', signals: [], rules: [] });
  expect(await samples(telemetry, 'andon_service_info')).toEqual([
    `andon_service_info{service="checkout",owner="team-payments",runbook="${runbook}",page=""} 1`,
    'andon_service_info{service="search",owner="",runbook="",page=""} 1',
  ]);
  telemetry.reachedAt('https://andon.example.com/ops/');
  expect((await samples(telemetry, 'andon_service_info'))[1]).toContain('page="https://andon.example.com/ops/#search"');
});

test('its signals are told with their kind and the unit of a gauge', async () => {
  const telemetry = aTelemetry();
  telemetry.declared({
    name: 'checkout',
    signals: [success, { ...aGauge('max(lag)', ['lag']), unit: 'orders' }],
    rules: [],
  });
  expect(await samples(telemetry, 'andon_signal_info')).toEqual([
    'andon_signal_info{service="checkout",signal="success_rate",kind="ratio",unit=""} 1',
    'andon_signal_info{service="checkout",signal="lag",kind="gauge",unit="orders"} 1',
  ]);
});

test('one that is declared anew is told as it is now, and one that left is not', async () => {
  const telemetry = aTelemetry();
  telemetry.declared({ name: 'checkout', owner: 'team-a', signals: [success], rules: [] });
  telemetry.declared({ name: 'checkout', owner: 'team-b', signals: [], rules: [] });
  expect(await samples(telemetry, 'andon_service_info')).toHaveLength(1);
  expect((await samples(telemetry, 'andon_service_info'))[0]).toContain('owner="team-b"');
  expect(await samples(telemetry, 'andon_signal_info')).toEqual([]);
  telemetry.forgetService('checkout');
  expect(await samples(telemetry, 'andon_service_info')).toEqual([]);
});
