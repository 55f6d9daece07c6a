import { describe, expect, test } from '@jest/globals';
import { storyStart } from '../../support/incident-story.ts';
import { aTelemetry, samples } from './telemetry-bench.ts';

describe('deliveries and reloads', () => {
  test('every outcome of a channel has a series from the first attempt on, so that rates see the first failure', async () => {
    const telemetry = aTelemetry();
    telemetry.deliveryFinished('pager', 'retry', 1000);
    telemetry.resendFinished('pager', false);

    expect(await samples(telemetry, 'andon_notification_resends_total')).toEqual([
      'andon_notification_resends_total{channel="pager",outcome="accepted"} 0',
      'andon_notification_resends_total{channel="pager",outcome="failed"} 1',
    ]);
    expect(await samples(telemetry, 'andon_notifications_total')).toEqual([
      'andon_notifications_total{channel="pager",outcome="delivered"} 0',
      'andon_notifications_total{channel="pager",outcome="retry"} 1',
      'andon_notifications_total{channel="pager",outcome="refused"} 0',
      'andon_notifications_total{channel="pager",outcome="gone"} 0',
      'andon_notifications_total{channel="pager",outcome="collapsed"} 0',
    ]);
  });

  test('a refused reload leaves the time of the last good one', async () => {
    const telemetry = aTelemetry();
    telemetry.reloadFinished(true, storyStart);
    telemetry.reloadFinished(false, storyStart + 60_000);

    expect(await samples(telemetry, 'andon_rules_')).toEqual([
      'andon_rules_reload_success 0',
      `andon_rules_last_reload_success_timestamp_seconds ${storyStart / 1000}`,
    ]);
  });
});
