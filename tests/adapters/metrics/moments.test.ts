import { describe, expect, test } from '@jest/globals';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { aChange } from '../../support/changes.ts';
import { anEvent, aStop, storyStart } from '../../support/incident-story.ts';
import { aTelemetry, samples } from './telemetry-bench.ts';

const hour = 3_600_000;
const from = storyStart / 1000;

/** Telemetry with a clock and a book of incidents that the test sets. */
function aBench() {
  let now = storyStart + 10_000_000;
  const telemetry = aTelemetry(() => now);
  const book = new IncidentBook();
  return {
    telemetry,
    tell: (...events: StoredEvent[]): void => telemetry.eventsCommitted(book.apply(events)),
    set: (at: number): void => {
      now = at;
    },
    /** Value by moment of the only incident or change. */
    moments: async (name: string): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await samples(telemetry, name)).map((line) => {
          const [, moment = '', value = ''] = /moment="(\w+)".*\} (.*)$/.exec(line) ?? [];
          return [moment, value === '+Inf' ? Infinity : Number(value) - from];
        }),
      ),
  };
}

describe('the moments of an incident', () => {
  test('are told from the first event on, +Inf for what has not happened', async () => {
    const { tell, moments } = aBench();
    tell(anEvent('opened', 1, 100));
    const { onset, detected, recovered, closed } = await moments('andon_incident_timestamp_seconds');
    expect({ detected, recovered, closed }).toEqual({ detected: 100, recovered: Infinity, closed: Infinity });
    expect(onset).toBeLessThanOrEqual(100);
  });

  test('a relapse takes the recovery back', async () => {
    const { tell, moments } = aBench();
    tell(anEvent('opened', 1, 100), anEvent('resolved', 2, 900, { recoveredAt: storyStart + 600_000 }));
    expect((await moments('andon_incident_timestamp_seconds'))['recovered']).toBe(600);
    tell(anEvent('relapsed', 3, 1000));
    expect((await moments('andon_incident_timestamp_seconds'))['recovered']).toBe(Infinity);
  });

  test('stay for an hour after it closed, so that no scrape misses them, and then go', async () => {
    const { tell, moments, set } = aBench();
    const closedAt = storyStart + 4_500_000;
    set(closedAt);
    tell(anEvent('opened', 1, 100), anEvent('resolved', 2, 900), anEvent('closed', 3, 4500));
    set(closedAt + hour);
    expect((await moments('andon_incident_timestamp_seconds'))['closed']).toBe(4500);
    set(closedAt + hour + 1);
    expect(await moments('andon_incident_timestamp_seconds')).toEqual({});
  });

  test('of incidents long ago are not told after a restart', async () => {
    const { tell, moments, set } = aBench();
    set(storyStart + 1000 * hour);
    tell(anEvent('opened', 1, 100), anEvent('resolved', 2, 900), anEvent('closed', 3, 4500));
    expect(await moments('andon_incident_timestamp_seconds')).toEqual({});
  });

  test('stand under what never changes about it, also when a worse rule joins', async () => {
    const { telemetry, tell } = aBench();
    const ticket = aStop({ rule: 'slow', severity: 'ticket' });
    tell(anEvent('opened', 1, 100, { stop: ticket }), anEvent('rule-joined', 2, 200, { stop: aStop() }));
    const [line] = await samples(telemetry, 'andon_incident_timestamp_seconds');
    expect(line).toContain('severity="ticket",rule="slow"');
  });
});

describe('what an incident is', () => {
  const info = 'andon_incident_info';

  test('is told with the worst severity that it ever had, also once it relapsed with a milder one', async () => {
    const { telemetry, tell } = aBench();
    const ticket = aStop({ rule: 'slow', severity: 'ticket' });
    tell(anEvent('opened', 1, 100), anEvent('resolved', 2, 1300), anEvent('relapsed', 3, 1500, { stop: ticket }));
    const [line] = await samples(telemetry, info);
    expect(line).toContain('severity="page",rule="payments-failing",phase="open"');
  });

  test('is told with its page, as long as it is not closed', async () => {
    const { telemetry, tell, set } = aBench();
    const closedAt = storyStart + 4_500_000;
    set(closedAt);
    telemetry.reachedAt('https://andon.example.com/');
    tell(anEvent('opened', 1, 100));
    expect(await samples(telemetry, info)).toEqual([
      'andon_incident_info{service="checkout",group="",incident="inc-1",severity="page",rule="payments-failing",phase="open",title="Payments fail",acknowledged="no",runbook="https://runbooks.example.com/checkout",page="https://andon.example.com/incidents/inc-1"} 1',
    ]);
    tell(anEvent('acknowledged', 2, 200), anEvent('resolved', 3, 900));
    const [resolved, ...others] = await samples(telemetry, info);
    expect(others).toEqual([]);
    expect(resolved).toMatch(/phase="watching".*acknowledged="yes"/);
    // Who had it in hands then has not said so of what came after.
    tell(anEvent('relapsed', 4, 1000));
    expect((await samples(telemetry, info))[0]).toMatch(/phase="open".*acknowledged="no"/);
    tell(anEvent('resolved', 5, 1100));
    // Its moments are still told then.
    tell(anEvent('closed', 6, 4500));
    expect(await samples(telemetry, info)).toEqual([]);
    expect(await samples(telemetry, 'andon_incident_timestamp_seconds')).toHaveLength(4);
  });

  test('has no page where nobody said where Andon is', async () => {
    const { telemetry, tell } = aBench();
    tell(anEvent('opened', 1, 100));
    expect((await samples(telemetry, info))[0]).toContain('page=""');
  });
});

describe('incidents that nobody acknowledged', () => {
  const name = 'andon_incidents_unacknowledged_total';

  test.each([
    ['closed without anybody', [anEvent('resolved', 2, 900), anEvent('closed', 3, 4500)], 1],
    ['closed, acknowledged', [anEvent('acknowledged', 2, 200), anEvent('closed', 3, 4500)], 0],
    ['still open', [], 0],
    ['closed by hand', [anEvent('closed-by-hand', 2, 900)], 1],
  ])('are counted when they close: %s', async (_, events, expected) => {
    const { telemetry, tell } = aBench();
    tell(anEvent('opened', 1, 100), ...events);
    expect(await samples(telemetry, name)).toEqual([
      `${name}{service="checkout",severity="page",rule="payments-failing"} ${expected}`,
    ]);
  });

  test('and opened ones begin at zero for each rule that stops the line, so that the first one is an increase', async () => {
    const { telemetry } = aBench();
    const rules = [
      { name: 'failing', severity: 'page' },
      { name: 'on-trial', severity: 'page', shadow: true },
    ] as const;
    telemetry.declared({ name: 'checkout', signals: [], rules });
    for (const metric of ['andon_incidents_total', name])
      expect(await samples(telemetry, metric)).toEqual([
        `${metric}{service="checkout",severity="page",rule="failing"} 0`,
      ]);
  });
});

describe('the moments of a change', () => {
  const name = 'andon_change_timestamp_seconds';

  test('are when it began and ended, +Inf while it is under way', async () => {
    const { telemetry, moments } = aBench();
    const { finishedAt: _, ...underWay } = aChange('d1', storyStart + 9_000_000, { version: 'v1' });
    telemetry.changed(underWay);
    expect(await moments(name)).toEqual({ started: 9000, finished: Infinity });
    telemetry.changed(aChange('d1', storyStart + 9_000_000, { version: 'v1' }));
    expect(await moments(name)).toEqual({ started: 9000, finished: 9060 });
    expect((await samples(telemetry, name))[0]).toContain('change="d1",kind="deployment",version="v1"');
  });

  test('stay for an hour after the last of them', async () => {
    const { telemetry, moments, set } = aBench();
    telemetry.changed(aChange('d1', storyStart + 9_000_000));
    set(storyStart + 9_060_000 + hour);
    expect(Object.keys(await moments(name))).toEqual(['started', 'finished']);
    set(storyStart + 9_060_000 + hour + 1);
    expect(await moments(name)).toEqual({});
  });

  test('are told of the newest 50 of each service', async () => {
    const { telemetry } = aBench();
    for (let each = 0; each < 60; each++) telemetry.changed(aChange(`d${each}`, storyStart + 9_000_000 + each));
    telemetry.changed(aChange('other', storyStart + 9_000_000, { service: 'search' }));
    const lines = await samples(telemetry, name);
    expect(lines.filter((line) => line.includes('service="checkout"'))).toHaveLength(100);
    expect(lines.some((line) => line.includes('"d9"'))).toBe(false);
    expect(lines.some((line) => line.includes('"d10"'))).toBe(true);
    expect(lines.some((line) => line.includes('"other"'))).toBe(true);
  });
});
