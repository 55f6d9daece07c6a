import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IncidentBook, type AppliedEvent } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, aWholeStory } from '../../support/incident-story.ts';

function storeOf(log: readonly StoredEvent[]) {
  const reads: number[] = [];
  return {
    reads,
    events: async (afterSeq: number, limit: number) => {
      reads.push(afterSeq);
      return await Promise.resolve(log.filter(({ seq }) => seq > afterSeq).slice(0, limit));
    },
  };
}

function bookOf(...events: StoredEvent[]): IncidentBook {
  const book = new IncidentBook();
  book.apply(events);
  return book;
}

describe('loading the book from the log', () => {
  test('folds the whole log, however many reads it takes, and tells each event once, in order', async () => {
    const log = Array.from({ length: 2500 }, (_, index) =>
      anEvent('opened', index + 1, index, { incidentId: `inc-${index}` }),
    );
    const store = storeOf(log);
    const seen: AppliedEvent[] = [];

    const book = await IncidentBook.load(store, (applied) => seen.push(...applied));

    expect(book.list({ limit: 5000 })).toHaveLength(2500);
    expect(seen.map(({ event }) => event.seq)).toEqual(log.map(({ seq }) => seq));
    expect(store.reads).toEqual([0, 1000, 2000, 2500]);
  });

  test('an empty log is an empty book', async () => {
    const book = await IncidentBook.load(storeOf([]));

    expect(book.list({ limit: 10 })).toEqual([]);
  });
});

describe('applying events', () => {
  test('an incident carries its whole story', () => {
    const record = bookOf(...aWholeStory()).get('inc-1');

    expect(record?.incident).toMatchObject({ phase: 'closed', acknowledgedBy: 'Ada', timeToNotifyMs: 3000 });
    expect(record?.timeline.map(({ type }) => type)).toEqual([
      'opened',
      'notified',
      'onset-settled',
      'acknowledged',
      'resolved',
      'closed',
    ]);
  });

  test('tells what the incident was before each event and is after it', () => {
    const [opened, , settled] = new IncidentBook().apply(aWholeStory());

    expect(opened?.before).toBeUndefined();
    expect(settled).toMatchObject({ before: { onsetSettled: false }, after: { onsetSettled: true } });
  });

  test('an event that comes twice counts once', () => {
    const book = bookOf(...aWholeStory());

    expect(book.apply(aWholeStory())).toEqual([]);
    expect(book.get('inc-1')?.timeline).toHaveLength(6);
  });

  test('an event of an incident whose beginning is lost is ignored', () => {
    const book = new IncidentBook();

    expect(book.apply([anEvent('noted', 7, 10)])).toEqual([]);
    expect(book.get('inc-1')).toBeUndefined();
  });

  test('two writers may hand their events over in any order: the fold follows the log', () => {
    const [opened, ...later] = aWholeStory();
    if (opened === undefined) throw new Error('the story has no beginning');
    const expected = bookOf(opened, ...later).get('inc-1');
    fc.assert(
      fc.property(fc.shuffledSubarray(later, { minLength: later.length }), (shuffled) => {
        expect(bookOf(opened, ...shuffled).get('inc-1')).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

describe('finding incidents', () => {
  const opened = (id: string, seq: number, service: string, group = {}): StoredEvent =>
    anEvent('opened', seq, seq, { incidentId: id, service, group });
  const events = [
    opened('a', 1, 'checkout'),
    opened('b', 2, 'search', { region: 'eu' }),
    opened('c', 3, 'checkout'),
    anEvent('resolved', 4, 50, { incidentId: 'a' }),
    anEvent('closed', 5, 60, { incidentId: 'a' }),
    anEvent('resolved', 6, 70, { incidentId: 'c' }),
  ];

  test.each([
    ['newest first', { limit: 10 }, ['c', 'b', 'a']],
    ['at most the limit', { limit: 2 }, ['c', 'b']],
    ['of one service', { limit: 10, service: 'checkout' }, ['c', 'a']],
    ['in one phase', { limit: 10, phase: 'watching' as const }, ['c']],
    ['opened before another', { limit: 10, before: 'b' }, ['a']],
    ['before the oldest there is none', { limit: 10, before: 'a' }, []],
    ['before one that is not kept there is none', { limit: 10, before: 'zzz' }, []],
  ])('lists %s', (_, query, ids) => {
    expect(
      bookOf(...events)
        .list(query)
        .map(({ id }) => id),
    ).toEqual(ids);
  });

  test.each([
    ['the whole service', 'checkout', {}, 'c'],
    ['a group', 'search', { region: 'eu' }, 'b'],
    ['another group', 'search', { region: 'us' }, undefined],
    ['an unknown service', 'nothing', {}, undefined],
  ])('finds the incident that %s is in', (_, service, group, id) => {
    expect(bookOf(...events).open(service, group)?.id).toBe(id);
  });

  test('a closed incident is not one that a scope is in', () => {
    expect(bookOf(...aWholeStory()).open('checkout', {})).toBeUndefined();
  });
});

describe('memory', () => {
  test('keeps the newest closed incidents, and every one that is not closed', () => {
    const book = new IncidentBook(2);
    book.apply([anEvent('opened', 1, 0, { incidentId: 'open-for-long' })]);
    for (let index = 0; index < 5; index += 1) {
      const incidentId = `inc-${index}`;
      const seq = 2 + index * 3;
      book.apply([
        anEvent('opened', seq, 0, { incidentId }),
        anEvent('resolved', seq + 1, 1, { incidentId }),
        anEvent('closed', seq + 2, 2, { incidentId }),
      ]);
    }

    expect(book.list({ limit: 10 }).map(({ id }) => id)).toEqual(['inc-4', 'inc-3', 'open-for-long']);
  });
});
