import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';

async function after(events: readonly StoredEvent[]): Promise<readonly string[]> {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now: () => storyStart });
  telemetry.eventsCommitted(new IncidentBook().apply(events));
  const { body } = await telemetry.scrape();
  return body.split('\n').filter((line) => line.startsWith('andon_incidents_detected_by_total'));
}

const sample = (by: string, count: number) =>
  `andon_incidents_detected_by_total{service="checkout",by="${by}"} ${count}`;
const opened = anEvent('opened', 1, 100);

test('who saw an incident first counts once, when the incident is closed', async () => {
  expect(await after([opened])).toEqual([sample('andon', 0), sample('alert', 0)]);
  const over = [anEvent('resolved', 3, 400), anEvent('closed', 4, 500)];
  expect(await after([opened, ...over])).toEqual([sample('andon', 1), sample('alert', 0)]);
  // An alert that fired 40 seconds before; it was heard of late.
  expect(await after([opened, over[0] as StoredEvent, anEvent('alerted', 3.5, 60), over[1] as StoredEvent])).toEqual([
    sample('andon', 0),
    sample('alert', 1),
  ]);
  expect(await after([opened, anEvent('alerted', 2, 60), anEvent('closed-by-hand', 3, 700)])).toEqual([
    sample('andon', 0),
    sample('alert', 1),
  ]);
});

test('alerts that come in are counted by what became of them', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now: () => storyStart });
  telemetry.alertReceived('evidence');
  telemetry.alertReceived('left-out', 7);
  const { body } = await telemetry.scrape();
  expect(body).toContain('andon_alerts_received_total{outcome="evidence"} 1');
  expect(body).toContain('andon_alerts_received_total{outcome="left-out"} 7');
});
