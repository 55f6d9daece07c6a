import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { IncidentBook } from '../../src/app/incident-book.ts';
import { silentTelemetry } from '../../src/app/ports/telemetry.ts';
import { Recorder } from '../../src/app/recorder.ts';
import type { IncidentEvent } from '../../src/domain/event.ts';
import type { Notification } from '../../src/domain/notification.ts';
import { FaultyStore } from '../support/faulty-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { memoryLog } from '../support/memory-log.ts';
import { Simulation, start, stepFault } from '../support/simulation.ts';

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
