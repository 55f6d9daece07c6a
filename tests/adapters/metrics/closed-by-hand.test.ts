import { expect, test } from '@jest/globals';
import {
  createPrometheusTelemetry,
  type PrometheusTelemetry,
} from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';

function aTelemetry(): PrometheusTelemetry {
  return createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now: () => storyStart + 130_000 });
}

async function samples(telemetry: PrometheusTelemetry, prefix: string): Promise<string[]> {
  const { body } = await telemetry.scrape();
  return body.split('\n').filter((line) => line.startsWith(prefix));
}

function feed(telemetry: PrometheusTelemetry, events: readonly StoredEvent[]): void {
  telemetry.eventsCommitted(new IncidentBook().apply(events));
}

test('an incident closed by hand counts apart, and counts a recovery only if one was seen', async () => {
  const telemetry = aTelemetry();
  feed(telemetry, [anEvent('opened', 1, 100), anEvent('onset-settled', 2, 150)]);
  expect(await samples(telemetry, 'andon_incidents_closed_by_hand_total')).toEqual([
    'andon_incidents_closed_by_hand_total{service="checkout",severity="page"} 0',
  ]);
  const other = { incidentId: 'inc-2' };
  const story = [anEvent('opened', 1, 100), anEvent('closed-by-hand', 2, 900)];
  const resolved = [
    anEvent('opened', 3, 100, other),
    anEvent('resolved', 4, 900, other),
    anEvent('closed-by-hand', 5, 950, other),
  ];
  const closed = aTelemetry();
  feed(closed, story);
  expect(await samples(closed, 'andon_time_to_recover_seconds_count')).toEqual([
    'andon_time_to_recover_seconds_count{service="checkout",severity="page"} 0',
  ]);
  expect(await samples(closed, 'andon_incidents_open')).toEqual([]);
  feed(closed, resolved);
  expect(await samples(closed, 'andon_time_to_recover_seconds_count')).toHaveLength(1);
  expect(await samples(closed, 'andon_incidents_closed_by_hand_total')).toEqual([
    'andon_incidents_closed_by_hand_total{service="checkout",severity="page"} 2',
  ]);
});
