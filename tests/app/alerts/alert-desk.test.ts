import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alertLeadMs, mostAlerts } from '../../../src/domain/incident/alert-evidence.ts';
import { detectedBy } from '../../../src/domain/incident/detected-by.ts';
import { mostKept } from '../../../src/app/alerts/alert-memory.ts';
import type { PostedAlert } from '../../../src/app/alerts/posted-alert.ts';
import type { IncidentEvent, StoredEvent } from '../../../src/domain/incident/event.ts';
import { anAlert, anEnd, anInboundBench, type InboundBench } from '../../support/inbound-bench.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';

const labels = ['service', 'job'];
const lead = alertLeadMs / 1000;

/** The alerts on a timeline: `firing A at 60`. */
function alerted(timeline: readonly StoredEvent[]): readonly string[] {
  return timeline.flatMap((event) =>
    event.type === 'alerted' ? [`${event.status} ${event.alert.name} at ${(event.at - storyStart) / 1000}`] : [],
  );
}

function unstored(event: StoredEvent): IncidentEvent {
  const { seq: _seq, recordedAt: _at, ...rest } = event;
  return rest;
}

function said({ log }: InboundBench, level: 'warn' | 'error'): string {
  return log.lines.flatMap((line) => (line.level === level ? [line.message] : [])).join('; ');
}

async function receive(bench: InboundBench, ...alerts: readonly PostedAlert[]) {
  return await bench.alerts.receive(alerts, labels);
}

test('an alert that ended before it began is no evidence, and is counted', async () => {
  const bench = anInboundBench([anEvent('opened', 1, 100)]);
  const impossible = { ...anEnd(anAlert('A', 130), 120) };
  expect(await receive(bench, impossible)).toEqual({ kind: 'taken', counts: { impossible: 1 } });
  expect(alerted(bench.timeline())).toEqual([]);
  expect(said(bench, 'warn')).toContain('an alert that ended before it began is no evidence');
});

describe('an alert while an incident is open', () => {
  test('is evidence on its timeline, with when it began and when it was heard of', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    expect(await receive(bench, anAlert('HighErrorRate', 130, { labels: { zone: 'a' } }))).toEqual({
      kind: 'taken',
      counts: { evidence: 1 },
    });
    expect(bench.timeline().at(-1)).toMatchObject({
      type: 'alerted',
      at: storyStart + 130_000,
      status: 'firing',
      alert: { name: 'HighErrorRate', fingerprint: 'f-HighErrorRate', labels: { service: 'checkout', zone: 'a' } },
      receivedAt: storyStart + 600_000,
    });
    expect(bench.outcomes).toEqual(['evidence']);
  });

  test('has its end there too, once it is heard of, even when the incident is over by then', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    const alert = anAlert('A', 130);
    await receive(bench, alert);
    await bench.record(unstored(anEvent('resolved', 0, 500)));
    await receive(bench, anEnd(alert, 590));
    expect(alerted(bench.timeline())).toEqual(['firing A at 130', 'resolved A at 590']);
  });

  test.each([
    ['began too long before it was detected', anAlert('A', 100 - lead - 1)],
    ['is of another service', anAlert('A', 130, { labels: { service: 'search' } })],
    ['is about another group', anAlert('A', 130, { labels: { region: 'us' } })],
  ])('is none when it %s', async (_why, alert) => {
    const bench = anInboundBench([anEvent('opened', 1, 100, { group: { region: 'eu' } })]);
    expect(await receive(bench, alert)).toMatchObject({ counts: { kept: 1 } });
    expect(alerted(bench.timeline())).toEqual([]);
  });

  test.each([
    ['just in time', anAlert('A', 100 - lead)],
    ['about its own group', anAlert('A', 130, { labels: { region: 'eu' } })],
    ['about the whole service', anAlert('A', 130)],
  ])('is evidence when it is %s', async (_why, alert) => {
    const bench = anInboundBench([anEvent('opened', 1, 100, { group: { region: 'eu' } })]);
    expect(await receive(bench, alert)).toMatchObject({ counts: { evidence: 1 } });
  });

  test('that has resolved takes what began before, and nothing that began after', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100), anEvent('resolved', 2, 400)]);
    await receive(bench, anAlert('Late', 399), anAlert('After', 400));
    expect(alerted(bench.timeline())).toEqual(['firing Late at 399']);
  });

  test('that is closed takes only the ends of its own alerts', async () => {
    const alert = anAlert('A', 130);
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await receive(bench, alert);
    await bench.record(unstored(anEvent('resolved', 0, 400)), unstored(anEvent('closed', 0, 500)));
    await receive(bench, anEnd(alert, 300), anAlert('B', 140));
    expect(alerted(bench.timeline())).toEqual(['firing A at 130', 'resolved A at 300']);
  });

  test('changes nothing when it is told again', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await receive(bench, anAlert('A', 130));
    bench.clock.at += 4 * 3_600_000;
    expect(await receive(bench, anAlert('A', 130))).toMatchObject({ counts: { repeated: 1 } });
    expect(await receive(bench, anAlert('A', 130), anAlert('A', 130))).toMatchObject({ counts: { repeated: 2 } });
    expect(bench.written).toHaveLength(1);
  });

  test('is one event though two Alertmanagers tell of it at once', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await Promise.all([receive(bench, anAlert('A', 130)), receive(bench, anAlert('A', 130))]);
    expect(alerted(bench.timeline())).toEqual(['firing A at 130']);
  });

  test('is one of so many at most, whose ends are still taken', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    const many = Array.from({ length: mostAlerts + 5 }, (_, index) => anAlert(`A${index}`, 130));
    await receive(bench, ...many);
    expect(alerted(bench.timeline())).toHaveLength(mostAlerts);
    await receive(bench, ...many.map((alert) => anEnd(alert, 200)));
    expect(alerted(bench.timeline())).toHaveLength(2 * mostAlerts);
  });
});

describe('an alert before any incident', () => {
  test('is taken up by the one that opens within half an hour', async () => {
    const bench = anInboundBench();
    bench.clock.at = storyStart + 65_000;
    expect(await receive(bench, anAlert('Early', 60))).toMatchObject({ counts: { kept: 1 } });
    bench.clock.at = storyStart + 100_000;
    await bench.record(unstored(anEvent('opened', 0, 100)));
    await bench.settled();
    expect(alerted(bench.timeline())).toEqual(['firing Early at 60']);
    expect(bench.timeline().at(-1)).toMatchObject({ receivedAt: storyStart + 65_000 });
  });

  test('is kept once, however often it is told', async () => {
    const bench = anInboundBench();
    expect(await receive(bench, anAlert('A', 60), anAlert('A', 60))).toMatchObject({
      counts: { kept: 1, repeated: 1 },
    });
    bench.clock.at += 60_000;
    expect(await receive(bench, anAlert('A', 60))).toMatchObject({ counts: { repeated: 1 } });
    bench.clock.at = storyStart + 700_000;
    await bench.record(unstored(anEvent('opened', 0, 100)));
    await bench.settled();
    // The first message counts.
    expect(bench.timeline().at(-1)).toMatchObject({ type: 'alerted', receivedAt: storyStart + 600_000 });
  });

  test('is forgotten after half an hour', async () => {
    const bench = anInboundBench();
    bench.clock.at = storyStart + 60_000;
    await receive(bench, anAlert('Early', 60));
    bench.clock.at += alertLeadMs + 1;
    await bench.record(unstored(anEvent('opened', 0, 100)));
    await bench.settled();
    expect(alerted(bench.timeline())).toEqual([]);
  });

  test('is forgotten when far too many come in', async () => {
    const bench = anInboundBench();
    await receive(bench, anAlert('First', 60));
    await receive(
      bench,
      ...Array.from({ length: mostKept + 1 }, (_, index) => anAlert('X', 60, { fingerprint: `${index}` })),
    );
    await bench.record(unstored(anEvent('opened', 0, 100)));
    await bench.settled();
    expect(alerted(bench.timeline())).not.toContain('firing First at 60');
  });

  test('is taken up by one that relapses, though it came while nothing was off', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100), anEvent('resolved', 2, 400)]);
    await receive(bench, anAlert('A', 450));
    expect(alerted(bench.timeline())).toEqual([]);
    await bench.record(unstored(anEvent('relapsed', 0, 500)));
    await bench.settled();
    expect(alerted(bench.timeline())).toEqual(['firing A at 450']);
  });
});

describe('who saw an incident first', () => {
  const seen = ({ book }: InboundBench) => {
    const incident = book.get('inc-1')?.incident;
    return incident && detectedBy(incident);
  };

  test('is Andon unless an alert fired before', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await receive(bench, anAlert('AtOnce', 100), anAlert('Later', 130));
    expect(seen(bench)).toEqual({ by: 'andon', at: storyStart + 100_000 });
  });

  test('is the first of the alerts that fired before, whatever the order in which they came', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await receive(bench, anAlert('Second', 70), anAlert('First', 60), anAlert('Third', 80));
    expect(seen(bench)).toEqual({
      by: 'alert',
      at: storyStart + 60_000,
      alert: { name: 'First', fingerprint: 'f-First', startsAt: storyStart + 60_000 },
    });
  });
});

describe('an alert of before', () => {
  const second = (at: number, earliest: number): IncidentEvent => {
    const onset = { at: storyStart + earliest * 1_000 + 500, earliest: storyStart + earliest * 1_000 };
    const bounded = { ...onset, latest: storyStart + at * 1_000, method: 'change-point' as const };
    return { ...unstored(anEvent('opened', 0, at, { onset: bounded })), incidentId: 'inc-2' };
  };
  const firstOf = ({ book }: InboundBench) => book.get('inc-2')?.incident.firstAlert?.name;

  test.each([
    ['was over before the onset can have been', 850, undefined, []],
    ['was over as early as the onset can have been', 900, 'A', ['firing A at 700', 'resolved A at 900']],
  ])('that %s is evidence accordingly', async (_when, endsAt, first, timeline) => {
    const bench = anInboundBench();
    bench.clock.at = storyStart + 900_000;
    await receive(bench, anAlert('A', 700), anEnd(anAlert('A', 700), endsAt));
    await bench.record(second(1_000, 900));
    await bench.settled();
    expect(firstOf(bench)).toBe(first);
    expect(alerted(bench.timeline('inc-2'))).toEqual(timeline);
  });

  test('whose end is told late, and was before the onset, is who saw it first no more', async () => {
    const bench = anInboundBench();
    bench.clock.at = storyStart + 1_000_000;
    await bench.record(second(1_000, 900));
    await receive(bench, anAlert('A', 700), anAlert('B', 800));
    expect(firstOf(bench)).toBe('A');
    await receive(bench, anEnd(anAlert('A', 700), 850));
    expect(firstOf(bench)).toBe('B');
    await receive(bench, anEnd(anAlert('B', 800), 890));
    expect(firstOf(bench)).toBeUndefined();
  });

  test('that was over before the onset as it settled is not who saw it first', async () => {
    const bench = anInboundBench();
    bench.clock.at = storyStart + 1_000_000;
    await bench.record(second(1_000, 900));
    await receive(bench, anAlert('A', 700), anEnd(anAlert('A', 700), 905));
    expect(firstOf(bench)).toBe('A');
    const onset = {
      at: storyStart + 950_000,
      earliest: storyStart + 940_000,
      latest: storyStart + 960_000,
      method: 'change-point' as const,
    };
    await bench.record({ ...unstored(anEvent('onset-settled', 0, 1_010, { onset })), incidentId: 'inc-2' });
    expect(firstOf(bench)).toBeUndefined();
  });

  test('that began in an earlier incident, and fires on, saw nothing of the next', async () => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await receive(bench, anAlert('A', 130));
    await bench.record(unstored(anEvent('resolved', 0, 500)), unstored(anEvent('closed', 0, 550)));
    bench.clock.at = storyStart + 1_000_000;
    await receive(bench, anAlert('Late', 400), anAlert('New', 950));
    await bench.record(second(1_000, 900));
    await bench.settled();
    expect(firstOf(bench)).toBe('New');
    expect(alerted(bench.timeline('inc-2'))).toEqual(['firing New at 950']);
  });
});

describe('whose alert it is', () => {
  test.each([
    ['its service label', { service: 'checkout', job: 'search' }, 'evidence'],
    ['its job where the label names nothing that is watched', { service: 'nobody', job: 'checkout' }, 'evidence'],
    ['nobody', { service: 'nobody', job: 'neither' }, 'unknown-service'],
    ['nobody, without labels', { service: '' }, 'unknown-service'],
    ["Andon's own", { service: 'checkout', incident: 'checkout-20260822T020711Z' }, 'own'],
  ] as const)('is told by %s', async (_by, given, outcome) => {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    expect(await receive(bench, anAlert('A', 130, { labels: given }))).toMatchObject({ counts: { [outcome]: 1 } });
    expect(bench.outcomes).toEqual([outcome]);
  });
});

test('labels are kept within bounds, the same ones whatever their order', async () => {
  const given = Array.from({ length: 60 }, (_, index) => [`l${String(index).padStart(2, '0')}`, 'x'.repeat(5_000)]);
  const kept = [];
  for (const order of [given, given.toReversed()]) {
    const bench = anInboundBench([anEvent('opened', 1, 100)]);
    await receive(bench, anAlert('A\u0000\nB', 130, { labels: Object.fromEntries(order) as Record<string, string> }));
    const event = bench.timeline().at(-1);
    if (event?.type !== 'alerted') throw new Error('it is evidence');
    kept.push(event.alert);
  }
  expect(kept[0]).toEqual(kept[1]);
  expect(kept[0]).toMatchObject({ name: 'A B', furtherLabels: 42 });
  expect(JSON.stringify(kept[0]).length).toBeLessThan(6_000);
});

test('what the store refuses is not lost: the sender is told to try again, and then it is written', async () => {
  const bench = anInboundBench([anEvent('opened', 1, 100)]);
  bench.store.refuses = true;
  expect(await receive(bench, anAlert('A', 130))).toMatchObject({ kind: 'not-stored', reason: 'full' });
  expect(bench.outcomes).toEqual([]);
  bench.store.refuses = false;
  expect(await receive(bench, anAlert('A', 130))).toMatchObject({ counts: { evidence: 1 } });
});

test('what could not be written when an incident opened is written with the next alert', async () => {
  const bench = anInboundBench();
  await receive(bench, anAlert('Early', 60));
  bench.store.takes = 1;
  await bench.record(unstored(anEvent('opened', 0, 100)));
  await bench.settled();
  expect(said(bench, 'error')).toContain('could not be written down');
  bench.store.takes = Infinity;
  await receive(bench, anAlert('Next', 130));
  expect(alerted(bench.timeline())).toEqual(['firing Early at 60', 'firing Next at 130']);
});

test('alerts that the sender cut are counted and said', async () => {
  const bench = anInboundBench();
  await bench.alerts.receive([], labels, 3);
  expect(bench.outcomes).toEqual(['left-out', 'left-out', 'left-out']);
  expect(said(bench, 'warn')).toContain('max_alerts');
});

describe('any order and repetition of messages', () => {
  const alerts = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('A', 'B', 'C'),
      startsAt: fc.integer({ min: 100 - lead - 60, max: 900 }),
      lasts: fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined }),
      region: fc.constantFrom('eu', 'us', undefined),
    }),
    { selector: ({ name, startsAt }) => `${name} ${startsAt}`, maxLength: 6 },
  );
  /** Messages about them: each alert firing, and over where it ends; in some order, each once or more, in groups. */
  const messages = alerts.chain((list) => {
    const posts = list.flatMap(({ name, startsAt, lasts, region }) => {
      const alert = anAlert(name, startsAt, region === undefined ? {} : { labels: { region } });
      return lasts === undefined ? [alert] : [alert, anEnd(alert, startsAt + lasts)];
    });
    const order = fc.shuffledSubarray([...posts, ...posts], { minLength: posts.length, maxLength: 2 * posts.length });
    return fc.tuple(fc.constant(posts), order, fc.integer({ min: 1, max: 4 }));
  });

  async function timelineAfter(posts: readonly PostedAlert[], size: number, opensAfter: number): Promise<unknown> {
    const bench = anInboundBench();
    for (let from = 0; from < posts.length; from += size) {
      if (from >= opensAfter && bench.timeline().length === 0)
        await bench.record(unstored(anEvent('opened', 0, 100, { group: { region: 'eu' } })));
      await receive(bench, ...posts.slice(from, from + size));
      bench.clock.at += 1_000;
    }
    if (bench.timeline().length === 0)
      await bench.record(unstored(anEvent('opened', 0, 100, { group: { region: 'eu' } })));
    await bench.settled();
    const { earliest } = bench.book.get('inc-1')?.incident.onset ?? { earliest: 0 };
    const endOf = (name: string, startsAt: number): number =>
      posts.find((post) => post.labels['alertname'] === name && post.startsAt === startsAt && post.endsAt !== undefined)
        ?.endsAt ?? Infinity;
    const events = bench.timeline().flatMap((event) => {
      if (event.type !== 'alerted') return [];
      // What was over before the onset is there only where its end came late, and counts for nothing.
      if (endOf(event.alert.name, event.alert.startsAt) < earliest) return [];
      const { seq: _seq, recordedAt: _recorded, receivedAt: _received, ...rest } = event;
      return [JSON.stringify(rest)];
    });
    return { events: events.sort(), firstAlert: bench.book.get('inc-1')?.incident.firstAlert };
  }

  test('leaves the same on the timeline, and the same who saw it first', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.nat({ max: 8 }), async ([posts, order, size], opensAfter) => {
        // Nothing may be missing from the other order: what is told at all is told at least once.
        const whole = [...order, ...posts];
        expect(await timelineAfter(whole, size, opensAfter)).toEqual(await timelineAfter(posts, 1, 0));
      }),
      { numRuns: 150 },
    );
  });
});
