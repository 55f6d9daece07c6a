import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { silentTelemetry } from '../../../src/app/ports/telemetry.ts';
import { Recorder } from '../../../src/app/recording/recorder.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { LogEvent } from '../../../src/domain/log/log-event.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { FaultyStore } from '../../support/faulty-store.ts';
import { aStop } from '../../support/incident-story.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { Simulation, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const story = new Simulation({ traffic: stepFault(10 * minute, 12 * minute, 0.5) }).runUntil(30 * minute).events;
const [opened, settled, resolved, closed] = story as [IncidentEvent, IncidentEvent, IncidentEvent, IncidentEvent];
const checkpoint = { service: 'checkout', evaluatedAt: start, scopes: [] };

function setUp() {
  const store = new FaultyStore(new MemoryStore());
  const book = new IncidentBook();
  const clock = new ManualClock(start + 11 * minute);
  const log = memoryLog();
  const delivered: Notification[] = [];
  const told: string[] = [];
  const recorder = new Recorder({
    store,
    book,
    clock,
    log,
    telemetry: {
      ...silentTelemetry,
      eventsCommitted: (applied) => told.push(...applied.map(({ event }) => event.type)),
    },
    deliver: (notifications) => {
      // What is sent was written before.
      expect(store.written.length).toBeGreaterThan(0);
      delivered.push(...notifications);
    },
  });
  const record = async (...events: IncidentEvent[]) =>
    await recorder.record({ events, checkpoints: [checkpoint], channels: ['on-call', 'chat'] });
  return { store, book, clock, log, delivered, told, recorder, record };
}

describe('what is recorded at once', () => {
  const reminded: IncidentEvent = {
    type: 'reminded',
    service: opened.service,
    group: opened.group,
    incidentId: opened.incidentId,
    at: opened.at + minute,
    reminder: 'repeat',
  };

  test('takes turns: each notification has a place of its own, and none is lost', async () => {
    const { delivered, record, recorder, store } = setUp();
    await record(opened);
    await Promise.all([
      recorder.record({ events: [reminded], checkpoints: [], channels: ['on-call'] }),
      record(resolved),
      recorder.recordNow(() => undefined),
    ]);
    const mine = delivered.filter(({ channel }) => channel === 'on-call');
    expect(mine.map(({ kind, sequence }) => [kind, sequence])).toEqual([
      ['firing', 1],
      ['repeated', 2],
      ['resolved', 3],
    ]);
    expect(await store.outbox(opened.incidentId)).toHaveLength(delivered.length);
  });

  test('is decided when its turn comes, with all before it in the book', async () => {
    const { book, record, recorder } = setUp();
    const seen: (string | undefined)[] = [];
    await Promise.all([
      record(opened),
      recorder.recordNow(() => {
        seen.push(book.get(opened.incidentId)?.incident.phase);
        return undefined;
      }),
    ]);
    expect(seen).toEqual(['open']);
  });

  test('one that fails keeps nobody back', async () => {
    const { recorder, record, book } = setUp();
    const failing = recorder.recordNow(() => {
      throw new Error('not decided');
    });
    await expect(failing).rejects.toThrow('not decided');
    await record(opened);
    expect(book.list({ limit: 1 })).toHaveLength(1);
  });

  test('a reminder that reaches nobody is not written: it stays due', async () => {
    const { recorder, record, store } = setUp();
    await record(opened);
    const before = store.written.length;
    await recorder.record({ events: [reminded], checkpoints: [], channels: [] });
    expect(store.written).toHaveLength(before);
  });
});

describe('recording', () => {
  test('writes events, checkpoint and notifications in one commit, then lets everybody know', async () => {
    const { store, book, delivered, told, record } = setUp();
    await record(opened);

    expect(store.written).toHaveLength(1);
    expect(store.written[0]).toMatchObject({ events: [opened], checkpoints: [checkpoint] });
    expect(store.written[0]?.notifications).toEqual(delivered);
    expect(delivered.map(({ channel, kind }) => [channel, kind])).toEqual([
      ['on-call', 'firing'],
      ['chat', 'firing'],
    ]);
    expect(told).toEqual(['opened']);
    expect(book.get(opened.incidentId)?.incident.phase).toBe('open');
  });

  test('says in the event whom it is told to, and goes on telling them when the service pages others', async () => {
    const { store, book, delivered, recorder } = setUp();
    const { service, group, incidentId } = opened;
    const at = resolved.at + minute;
    const relapsed: IncidentEvent = { service, group, incidentId, at, type: 'relapsed', stop: aStop() };
    const record = async (events: readonly IncidentEvent[], ...channels: string[]) =>
      await recorder.record({ events, checkpoints: [], channels });
    await record([opened], 'on-call');
    // Together, as when they are caught up with: what the first one tells counts for the second.
    await record([settled, resolved, relapsed], 'chat');
    await record([{ ...resolved, at: relapsed.at + minute }], 'mail');

    const toldOf = (events: readonly LogEvent[] = []) => events.map((event) => 'told' in event && event.told);
    expect(store.written.map(({ events }) => toldOf(events))).toEqual([
      [['on-call']],
      [false, ['on-call'], ['chat', 'on-call']],
      [['on-call', 'chat']],
    ]);
    expect(delivered.map(({ sequence, kind, channel }) => [sequence, kind, channel])).toEqual([
      [1, 'firing', 'on-call'],
      [2, 'resolved', 'on-call'],
      [3, 'relapsed', 'chat'],
      [3, 'relapsed', 'on-call'],
      [4, 'resolved', 'on-call'],
      [4, 'resolved', 'chat'],
    ]);
    expect(book.get(opened.incidentId)?.incident.told).toEqual(['on-call', 'chat']);
  });

  test('that the store refuses tells nobody anything, and the same again later is the same', async () => {
    const { store, book, delivered, told, record, log } = setUp();
    store.writeFault = () => 'full';
    await expect(record(opened)).rejects.toThrow('cannot write');
    expect([delivered, told, log.lines, book.list({ limit: 9 })]).toEqual([[], [], [], []]);

    store.writeFault = () => undefined;
    await record(opened);
    expect(delivered).toHaveLength(2);
    expect(told).toEqual(['opened']);
  });

  test('gives the notifications of an incident places that follow one another, however the events were split', async () => {
    const together = setUp();
    await together.record(opened, settled, resolved, closed);
    const apart = setUp();
    for (const event of [opened, settled, resolved, closed]) await apart.record(event);

    const ids = ({ delivered }: typeof apart) => delivered.map(({ id, sequence }) => [id, sequence]);
    expect(ids(together)).toEqual(ids(apart));
    expect(new Set(together.delivered.map(({ id }) => id)).size).toBe(together.delivered.length);
  });

  test('of nothing writes nothing', async () => {
    const { store, recorder } = setUp();
    await recorder.record({ events: [], checkpoints: [], channels: ['on-call'] });
    expect(store.written).toEqual([]);
  });

  test('of a checkpoint alone tells nobody', async () => {
    const { store, told, delivered, record } = setUp();
    await record();
    expect(store.written).toHaveLength(1);
    expect([told, delivered]).toEqual([[], []]);
  });

  test('of what was caught up with makes pages as old as what they tell', async () => {
    const { clock, delivered, recorder } = setUp();
    await recorder.record({
      events: [opened],
      checkpoints: [],
      channels: ['on-call'],
      sourceNow: opened.at + 40 * minute,
    });
    expect(delivered[0]?.createdAt).toBe(clock.now() - 40 * minute);
  });

  test('says in the log what happened to the line', async () => {
    const { log, record } = setUp();
    await record(opened, resolved);
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'line stopped: incident opened'],
      ['info', 'line moves: the end state has held'],
    ]);
  });
});
