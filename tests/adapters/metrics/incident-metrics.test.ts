import { describe, expect, test } from '@jest/globals';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, aStop, aWholeStory, storyStart } from '../../support/incident-story.ts';
import { aTelemetry, feed, samples } from './telemetry-bench.ts';

describe('detection and recovery', () => {
  test('are observed from the settled onset, once', async () => {
    const telemetry = aTelemetry();
    feed(telemetry, aWholeStory());

    expect(await samples(telemetry, 'andon_time_to_detect_seconds_sum')).toEqual([
      'andon_time_to_detect_seconds_sum{service="checkout",severity="page"} 90',
    ]);
    expect(await samples(telemetry, 'andon_time_to_detect_seconds_count')).toEqual([
      'andon_time_to_detect_seconds_count{service="checkout",severity="page"} 1',
    ]);
    expect(await samples(telemetry, 'andon_time_to_recover_seconds_sum')).toEqual([
      'andon_time_to_recover_seconds_sum{service="checkout",severity="page"} 690',
    ]);
    expect(await samples(telemetry, 'andon_incident_bad_events_total')).toEqual([
      'andon_incident_bad_events_total{service="checkout"} 4200',
    ]);
  });

  test('a relapse counts no recovery: only the last one does, when the incident closes', async () => {
    const telemetry = aTelemetry();
    const book = new IncidentBook();
    const tell = (...events: StoredEvent[]): void => telemetry.eventsCommitted(book.apply(events));
    tell(anEvent('opened', 1, 100), anEvent('resolved', 2, 900), anEvent('relapsed', 3, 1000));
    expect(await samples(telemetry, 'andon_time_to_recover_seconds_count')).toEqual([
      'andon_time_to_recover_seconds_count{service="checkout",severity="page"} 0',
    ]);

    tell(anEvent('resolved', 4, 3000, { recoveredAt: storyStart + 2400_000 }), anEvent('closed', 5, 6600));

    expect(await samples(telemetry, 'andon_time_to_recover_seconds_sum')).toEqual([
      'andon_time_to_recover_seconds_sum{service="checkout",severity="page"} 2400',
    ]);
    expect(await samples(telemetry, 'andon_relapses_total')).toEqual(['andon_relapses_total{service="checkout"} 1']);
  });

  test('an onset that was not seen is no detection after 0 seconds', async () => {
    const telemetry = aTelemetry();
    const onset = { at: storyStart, earliest: storyStart - 300_000, latest: storyStart, method: 'detection' } as const;
    feed(telemetry, [anEvent('opened', 1, 0, { onset }), anEvent('onset-settled', 2, 45, { onset })]);

    expect(await samples(telemetry, 'andon_time_to_detect_seconds_count')).not.toContain(
      'andon_time_to_detect_seconds_count{service="checkout",severity="page"} 1',
    );
  });

  test('an onset that never settled counts at the close', async () => {
    const telemetry = aTelemetry();
    feed(telemetry, [anEvent('opened', 1, 100), anEvent('resolved', 2, 900), anEvent('closed', 3, 4500)]);

    expect(await samples(telemetry, 'andon_time_to_detect_seconds_sum')).toEqual([
      'andon_time_to_detect_seconds_sum{service="checkout",severity="page"} 100',
    ]);
  });

  test('an onset that settles twice counts once', async () => {
    const telemetry = aTelemetry();
    feed(telemetry, [anEvent('opened', 1, 100), anEvent('onset-settled', 2, 150), anEvent('onset-settled', 3, 200)]);

    expect(await samples(telemetry, 'andon_time_to_detect_seconds_count')).toEqual([
      'andon_time_to_detect_seconds_count{service="checkout",severity="page"} 1',
    ]);
  });

  test('time to the first page and to the acknowledgement are those of Andon’s clock, once', async () => {
    const telemetry = aTelemetry();
    feed(telemetry, [...aWholeStory(), anEvent('notified', 7, 5000), anEvent('acknowledged', 8, 5000)]);

    expect(await samples(telemetry, 'andon_time_to_notify_seconds_sum')).toEqual([
      'andon_time_to_notify_seconds_sum{service="checkout",severity="page"} 3',
    ]);
    expect(await samples(telemetry, 'andon_time_to_acknowledge_seconds_sum')).toEqual([
      'andon_time_to_acknowledge_seconds_sum{service="checkout",severity="page"} 120',
    ]);
  });

  test('all times of one incident stand under the severity it opened with, however it was raised', async () => {
    const telemetry = aTelemetry();
    const [, ...later] = aWholeStory().map((event) => ({ ...event, seq: event.seq + 1 }));
    feed(telemetry, [
      anEvent('opened', 1, 100, { stop: aStop({ severity: 'ticket' }) }),
      anEvent('rule-joined', 2, 101, { stop: aStop({ rule: 'worse', severity: 'page' }) }),
      ...later,
    ]);

    for (const time of ['detect', 'notify', 'acknowledge', 'recover']) {
      expect(await samples(telemetry, `andon_time_to_${time}_seconds_count`)).toEqual([
        `andon_time_to_${time}_seconds_count{service="checkout",severity="ticket"} 1`,
      ]);
    }
  });

  test('a restart rebuilds them from the log, however the log was cut into commits', async () => {
    const story = [...aWholeStory(), anEvent('opened', 7, 9000, { incidentId: 'b' }), anEvent('relapsed', 8, 9100)];
    const atOnce = aTelemetry();
    feed(atOnce, story);
    const oneByOne = aTelemetry();
    const book = new IncidentBook();
    for (const event of story) oneByOne.eventsCommitted(book.apply([event]));

    for (const prefix of ['andon_time_', 'andon_incident', 'andon_relapses']) {
      expect(await samples(atOnce, prefix)).toEqual(await samples(oneByOne, prefix));
    }
  });
});

describe('open incidents', () => {
  test('follow severity and phase, and read 0 for a service without one', async () => {
    const telemetry = aTelemetry();
    const book = new IncidentBook();
    const tell = async (event: StoredEvent): Promise<string[]> => {
      telemetry.eventsCommitted(book.apply([event]));
      return await samples(telemetry, 'andon_incidents_open');
    };
    const open = (page: number, ticket: number): string[] => [
      `andon_incidents_open{service="checkout",severity="page"} ${page}`,
      `andon_incidents_open{service="checkout",severity="ticket"} ${ticket}`,
    ];
    telemetry.pollFinished('checkout', { durationMs: 1, latenessMs: 0, outcome: 'complete' });

    expect(await samples(telemetry, 'andon_incidents_open')).toEqual(open(0, 0));
    expect(await tell(anEvent('opened', 1, 0, { stop: aStop({ severity: 'ticket' }) }))).toEqual(open(0, 1));
    expect(await tell(anEvent('rule-joined', 2, 10))).toEqual(open(1, 0));
    expect(await tell(anEvent('resolved', 3, 900))).toEqual(open(0, 0));
    expect(await samples(telemetry, 'andon_incidents_watched{service="checkout",severity="page"}')).toEqual([
      'andon_incidents_watched{service="checkout",severity="page"} 1',
    ]);
    expect(await tell(anEvent('closed', 4, 4500))).toEqual(open(0, 0));
  });
});
