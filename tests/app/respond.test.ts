import { describe, expect, test } from '@jest/globals';
import { IncidentBook } from '../../src/app/recording/incident-book.ts';
import { silentTelemetry } from '../../src/app/ports/telemetry.ts';
import { StoreError, type Commit } from '../../src/app/ports/store.ts';
import { Recorder } from '../../src/app/recording/recorder.ts';
import { createRemoteActs } from '../../src/app/remote/remote-acts.ts';
import { createResponder } from '../../src/app/respond.ts';
import type { StoredLogEvent } from '../../src/domain/log/log-event.ts';
import { closingParts } from '../support/closing-parts.ts';
import { anEvent, aWholeStory } from '../support/incident-story.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { memoryLog } from '../support/memory-log.ts';

/** A responder over a log that already holds `events`. */
function setUp(events: readonly StoredLogEvent[], commit?: (commit: Commit) => Promise<readonly StoredLogEvent[]>) {
  const log = [...events];
  const book = new IncidentBook();
  book.apply(events);
  const clock = new ManualClock();
  const append = async ({ events: added = [], recordedAt }: Commit): Promise<readonly StoredLogEvent[]> => {
    const stored = added.map(
      (event, index) => ({ ...event, seq: log.length + index + 1, recordedAt }) as StoredLogEvent,
    );
    await Promise.resolve();
    log.push(...stored);
    return stored;
  };
  const responder = createResponder({
    store: { commit: commit ?? append },
    book,
    clock,
    log: memoryLog(),
    telemetry: silentTelemetry,
    closing: closingParts(book, () => clock.now(), commit ?? append),
  });
  return { log, book, clock, responder, written: () => log.slice(events.length) };
}

const openIncident = [anEvent('opened', 1, 100)];

describe('acknowledging an incident', () => {
  test('that is acknowledged in another system at the same time leaves one acknowledgement', async () => {
    const book = new IncidentBook();
    book.apply(openIncident);
    const clock = new ManualClock();
    const log = memoryLog();
    const written: StoredLogEvent[] = [];
    const commit = async ({ events = [], recordedAt }: Commit): Promise<readonly StoredLogEvent[]> => {
      await Promise.resolve();
      const stored = events.map((event, index) => ({ ...event, seq: written.length + index + 2, recordedAt }));
      written.push(...stored);
      return stored;
    };
    const store = { commit };
    const recorder = new Recorder({ store, book, clock, log, telemetry: silentTelemetry, deliver: () => undefined });
    const { fleet } = closingParts(book, () => clock.now(), commit);
    const closing = { fleet, recorder };
    const responder = createResponder({ store, book, clock, log, telemetry: silentTelemetry, closing });
    const remote = createRemoteActs({ book, recorder, clock, log });

    const [there, here] = await Promise.all([
      remote.take({
        system: 'PagerDuty',
        event: 'e1',
        kind: 'acknowledged',
        at: clock.now(),
        remoteIncident: 'Q1',
        incidentId: 'inc-1',
        who: { kind: 'person', name: 'Grace' },
      }),
      responder.acknowledge('inc-1', 'Ada'),
    ]);

    expect(there.kind).toBe('recorded');
    expect(here).toMatchObject({ kind: 'already-acknowledged', incident: { acknowledgedBy: 'Grace (PagerDuty)' } });
    expect(written).toHaveLength(1);
  });

  test('is recorded with the name, the note and the time on Andon’s clock', async () => {
    const { responder, written, clock, book } = setUp(openIncident);

    const result = await responder.acknowledge('inc-1', ' Ada ', 'looking');

    expect(result).toMatchObject({ kind: 'recorded', incident: { acknowledgedBy: 'Ada' } });
    expect(written()).toEqual([
      {
        type: 'acknowledged',
        service: 'checkout',
        group: {},
        incidentId: 'inc-1',
        at: clock.now(),
        recordedAt: clock.now(),
        by: 'Ada',
        note: 'looking',
        seq: 2,
      },
    ]);
    expect(book.get('inc-1')?.timeline).toHaveLength(2);
  });

  test('two people at once leave one acknowledgement', async () => {
    const { responder, written } = setUp(openIncident);

    const [first, second] = await Promise.all([
      responder.acknowledge('inc-1', 'Ada'),
      responder.acknowledge('inc-1', 'Grace'),
    ]);

    expect(first.kind).toBe('recorded');
    expect(second).toMatchObject({ kind: 'already-acknowledged', incident: { acknowledgedBy: 'Ada' } });
    expect(written()).toHaveLength(1);
  });

  test('is refused for a closed incident that nobody acknowledged', async () => {
    const story = aWholeStory().filter(({ type }) => type !== 'acknowledged');
    const { responder, written } = setUp(story);

    expect(await responder.acknowledge('inc-1', 'Ada')).toEqual({ kind: 'closed-incident', id: 'inc-1' });
    expect(written()).toEqual([]);
  });

  test('is possible while a resolved incident is watched', async () => {
    const { responder } = setUp([anEvent('opened', 1, 100), anEvent('resolved', 2, 900)]);

    expect(await responder.acknowledge('inc-1', 'Ada')).toMatchObject({ kind: 'recorded' });
  });
});

describe('noting', () => {
  test('a closed incident takes notes', async () => {
    const { responder, written } = setUp(aWholeStory());

    expect(await responder.note('inc-1', 'Ada', 'cause: a full disk')).toMatchObject({ kind: 'recorded' });
    expect(written()).toMatchObject([{ type: 'noted', by: 'Ada', note: 'cause: a full disk' }]);
  });

  test.each([
    ['an escape sequence', 'a\u001b[31mred', 'a[31mred'],
    ['a null and a bell', 'a\u0000b\u0007c', 'abc'],
    ['text turned around', 'safe \u202eevil', 'safe evil'],
    ['lines and tabs, which stay', 'one\r\n\ttwo\n', 'one\n\ttwo'],
    ['an emoji with a joiner, which stays', '👩\u200d🚒 here', '👩\u200d🚒 here'],
  ])('cleans %s', async (_, text, kept) => {
    const { responder, written } = setUp(openIncident);

    await responder.note('inc-1', 'Ada', text);

    expect(written()).toMatchObject([{ note: kept }]);
  });
});

describe('what is refused, with nothing written', () => {
  test.each([
    ['an empty name', { by: ' \u0007 ' }, { kind: 'invalid', field: 'by' }],
    ['a name of 201 characters', { by: 'x'.repeat(201) }, { kind: 'invalid', field: 'by' }],
    ['an empty note', { note: '\u0000' }, { kind: 'invalid', field: 'note' }],
    ['a note of 4001 characters', { note: 'x'.repeat(4001) }, { kind: 'invalid', field: 'note' }],
    ['an incident that does not exist', { id: 'inc-9' }, { kind: 'unknown-incident', id: 'inc-9' }],
  ])('%s', async (_, change, expected) => {
    const { responder, written } = setUp(openIncident);
    const { id, by, note } = { id: 'inc-1', by: 'Ada', note: 'text', ...change };

    expect(await responder.note(id, by, note)).toMatchObject(expected);
    expect(await responder.acknowledge(id, by, note)).toMatchObject(expected);
    expect(written()).toEqual([]);
  });

  test.each([
    ['a name of 200 characters', 'x'.repeat(200), 'text'],
    ['a note of 4000 characters', 'Ada', 'x'.repeat(4000)],
  ])('but %s is taken', async (_, by, note) => {
    const { responder } = setUp(openIncident);

    expect(await responder.note('inc-1', by, note)).toMatchObject({ kind: 'recorded' });
  });
});

describe('when the store cannot keep it', () => {
  test('the person is told why, the incident stays as it was, and the next act goes through', async () => {
    let broken = true;
    const { responder, book } = setUp(openIncident, async (commit) => {
      await Promise.resolve();
      if (broken) throw new StoreError('full', 'the disk is full');
      return (commit.events ?? []).map((event) => ({ ...event, seq: 2, recordedAt: commit.recordedAt }));
    });

    expect(await responder.acknowledge('inc-1', 'Ada')).toEqual({
      kind: 'not-stored',
      reason: 'full',
      detail: 'the disk is full',
    });
    expect(book.get('inc-1')?.incident.acknowledgedBy).toBeUndefined();

    broken = false;
    expect(await responder.acknowledge('inc-1', 'Ada')).toMatchObject({ kind: 'recorded' });
  });
});
