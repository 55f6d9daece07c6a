import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RemoteAct } from '../../../src/app/remote/remote-acts.ts';
import { anInboundBench, type InboundBench } from '../../support/inbound-bench.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';

function anAct(kind: RemoteAct['kind'], seconds: number, changes: Partial<RemoteAct> = {}): RemoteAct {
  return {
    system: 'PagerDuty',
    event: `${kind}-${seconds}`,
    kind,
    at: storyStart + seconds * 1000,
    remoteIncident: 'Q1',
    incidentId: 'inc-1',
    who: { kind: 'person', name: 'Grace Hopper' },
    ...changes,
  };
}

/** What people did, as the timeline tells it. */
function acts(bench: InboundBench): readonly string[] {
  return bench.timeline().flatMap((event) => {
    if (event.type === 'acknowledged') return [`${event.by} acknowledged at ${(event.at - storyStart) / 1000}`];
    return event.type === 'noted' ? [`${event.by}: ${event.note}`] : [];
  });
}

const opened = anEvent('opened', 1, 100);

describe('an acknowledgement elsewhere', () => {
  test('acknowledges the incident, in the name of who gave it and with the time at which', async () => {
    const bench = anInboundBench([opened]);
    expect(await bench.remoteActs.take(anAct('acknowledged', 200))).toEqual({ kind: 'recorded', incidentId: 'inc-1' });
    expect(acts(bench)).toEqual(['Grace Hopper (PagerDuty) acknowledged at 200']);
    expect(bench.book.get('inc-1')?.incident).toMatchObject({
      acknowledgedBy: 'Grace Hopper (PagerDuty)',
      // Opened at 100 s and recorded at 102 s; that the message came minutes later does not count.
      timeToAcknowledgeMs: 98_000,
    });
  });

  test.each([
    ['it is told again', anAct('acknowledged', 200)],
    ['somebody else acknowledges later', anAct('acknowledged', 300, { who: { kind: 'person', name: 'Ada' } })],
  ])('stays when %s', async (_when, act) => {
    const bench = anInboundBench([opened]);
    await bench.remoteActs.take(anAct('acknowledged', 200));
    expect(await bench.remoteActs.take(act)).toEqual({ kind: 'unchanged', incidentId: 'inc-1' });
    expect(acts(bench)).toHaveLength(1);
  });

  test('leaves one that was given here as it is', async () => {
    const bench = anInboundBench([opened, anEvent('acknowledged', 2, 150, { by: 'Ada' })]);
    expect(await bench.remoteActs.take(anAct('acknowledged', 120))).toMatchObject({ kind: 'unchanged' });
    expect(acts(bench)).toEqual(['Ada acknowledged at 150']);
  });

  test('of the spell before does not answer a relapse, nor does the same message once more', async () => {
    const bench = anInboundBench([opened]);
    await bench.remoteActs.take(anAct('acknowledged', 200));
    bench.book.apply([anEvent('resolved', 2_000_001, 400), anEvent('relapsed', 2_000_002, 500)]);
    expect(await bench.remoteActs.take(anAct('acknowledged', 200))).toMatchObject({ kind: 'unchanged' });
    expect(await bench.remoteActs.take(anAct('acknowledged', 300))).toEqual({ kind: 'ignored', because: 'outdated' });
    expect(await bench.remoteActs.take(anAct('acknowledged', 590))).toMatchObject({ kind: 'recorded' });
  });

  test('counts though the clocks differ, and is never in the future', async () => {
    const early = anInboundBench([opened]);
    expect(await early.remoteActs.take(anAct('acknowledged', 40))).toMatchObject({ kind: 'recorded' });
    expect(early.book.get('inc-1')?.incident.timeToAcknowledgeMs).toBe(0);
    const late = anInboundBench([opened]);
    await late.remoteActs.take(anAct('acknowledged', 90_000));
    expect(acts(late)).toEqual(['Grace Hopper (PagerDuty) acknowledged at 600']);
  });

  test('does not open what is closed', async () => {
    const bench = anInboundBench([opened, anEvent('resolved', 2, 300), anEvent('closed', 3, 400)]);
    expect(await bench.remoteActs.take(anAct('acknowledged', 350))).toEqual({
      kind: 'ignored',
      because: 'closed-incident',
    });
  });
});

describe('other acts', () => {
  test('a resolution is a note, and the incident stays open', async () => {
    const bench = anInboundBench([opened]);
    await bench.remoteActs.take(anAct('resolved', 300));
    expect(acts(bench)).toEqual([
      'Grace Hopper (PagerDuty): resolved it in PagerDuty; here it is over once its end state has held',
    ]);
    expect(bench.book.get('inc-1')?.incident.phase).toBe('open');
  });

  test.each([
    ['what Andon did itself', anAct('resolved', 300, { who: { kind: 'andon' } }), 'own-act'],
    ['an acknowledgement of its own', anAct('acknowledged', 300, { who: { kind: 'andon' } }), 'own-act'],
    ['an incident that it does not know', anAct('resolved', 300, { incidentId: 'inc-2' }), 'unknown-incident'],
    ['what has no text', anAct('annotated', 300, { text: ' \u0000 ' }), 'nothing-to-record'],
    ['what only happened', anAct('seen', 300), 'nothing-to-record'],
  ])('%s leaves no trace', async (_what, act, because) => {
    const bench = anInboundBench([opened]);
    expect(await bench.remoteActs.take(act)).toEqual({ kind: 'ignored', because });
    expect(bench.written).toEqual([]);
  });

  test('what ended by itself is told of what is still off', async () => {
    const who = { kind: 'system', name: '' } as const;
    const bench = anInboundBench([opened]);
    await bench.remoteActs.take(anAct('unacknowledged', 300, { who }));
    expect(acts(bench)).toEqual(['somebody (PagerDuty): the acknowledgement ended in PagerDuty']);
    const over = anInboundBench([opened, anEvent('resolved', 2, 200)]);
    expect(await over.remoteActs.take(anAct('resolved', 300, { who }))).toMatchObject({ kind: 'ignored' });
  });

  test('names and notes are cut and cleaned', async () => {
    const bench = anInboundBench([opened]);
    const who = { kind: 'person', name: `\u202eEve\n${'😀'.repeat(300)}` } as const;
    await bench.remoteActs.take(anAct('annotated', 300, { who, text: `a\u0007b${'x'.repeat(9_000)}` }));
    const event = bench.timeline().at(-1);
    if (event?.type !== 'noted') throw new Error('it is a note');
    expect(event.by).toMatch(/^Eve 😀+… \(PagerDuty\)$/u);
    expect(event.by.length).toBeLessThanOrEqual(200);
    expect(event.note).toMatch(/^abx+…$/);
    expect(event.note.length).toBeLessThanOrEqual(4_000);
  });
});

describe('a note that names only the other system’s incident', () => {
  const note = anAct('annotated', 300, { text: 'rolled back' });
  const { incidentId: _id, ...nameless } = note;

  test('is found by what was seen of that incident before', async () => {
    const bench = anInboundBench([opened]);
    expect(await bench.remoteActs.take(nameless)).toEqual({ kind: 'ignored', because: 'unknown-incident' });
    await bench.remoteActs.take(anAct('seen', 110));
    expect(await bench.remoteActs.take(nameless)).toMatchObject({ kind: 'recorded' });
    expect(acts(bench)).toEqual(['Grace Hopper (PagerDuty): rolled back']);
  });

  test('is found after a restart by what stands in the log', async () => {
    const before = anInboundBench([opened]);
    await before.remoteActs.take(anAct('acknowledged', 200));
    const bench = anInboundBench([...before.timeline()]);
    expect(await bench.remoteActs.take(nameless)).toMatchObject({ kind: 'recorded' });
    expect(await bench.remoteActs.take(anAct('acknowledged', 200))).toMatchObject({ kind: 'unchanged' });
  });
});

test('what the store refuses is not lost: the sender is told to try again', async () => {
  const bench = anInboundBench([opened]);
  bench.store.refuses = true;
  expect(await bench.remoteActs.take(anAct('acknowledged', 200))).toMatchObject({ kind: 'not-stored', reason: 'full' });
  bench.store.refuses = false;
  expect(await bench.remoteActs.take(anAct('acknowledged', 200))).toMatchObject({ kind: 'recorded' });
});

test('any order and repetition of messages leaves the same', async () => {
  const posts = [
    anAct('seen', 105),
    anAct('acknowledged', 200),
    anAct('unacknowledged', 260),
    anAct('resolved', 400),
    anAct('annotated', 300, { text: 'rolled back', event: 'N1' }),
  ];
  const after = async (order: readonly RemoteAct[]): Promise<readonly string[]> => {
    const bench = anInboundBench([opened]);
    for (const act of order) await bench.remoteActs.take(act);
    return [...acts(bench)].sort();
  };
  const expected = await after(posts);
  expect(expected).toHaveLength(4);
  const shuffled = fc.shuffledSubarray([...posts, ...posts, ...posts], { minLength: posts.length });
  await fc.assert(
    fc.asyncProperty(shuffled, async (order) => {
      expect(await after([...order, ...posts])).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});
