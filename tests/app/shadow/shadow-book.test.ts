import { expect, test } from '@jest/globals';
import { ShadowBook, shadowStopsKept } from '../../../src/app/shadow/shadow-book.ts';
import type { StoredLogEvent } from '../../../src/domain/log/log-event.ts';
import { anEvent } from '../../support/incident-story.ts';
import { aShadowClearing, aShadowFiring } from '../../support/shadow-events.ts';

function idsOf(book: ShadowBook, service?: string): readonly string[] {
  return book.list({ limit: 5000, ...(service === undefined ? {} : { service }) }).map(({ id }) => id);
}

test('a stop stands until it is cleared, and events of other subjects are none', () => {
  const book = new ShadowBook();
  book.apply([anEvent('opened', 1, 0), aShadowFiring(2, { shadowId: 'a' })]);
  expect(book.list({ limit: 10 })).toMatchObject([{ id: 'a', rule: 'on-trial', severity: 'page' }]);
  expect(book.list({ limit: 10 })[0]).not.toHaveProperty('clearedAt');
  const cleared = aShadowClearing(3, { shadowId: 'a' });
  book.apply([cleared]);
  expect(book.list({ limit: 10 })).toMatchObject([
    { id: 'a', clearedAt: cleared.at, clearedBecause: 'condition-false' },
  ]);
});

test('lists the newest first, of one service where asked, and no more than asked', () => {
  const book = new ShadowBook();
  book.apply(
    ['a', 'b', 'c'].map((shadowId, index) =>
      aShadowFiring(index + 1, { shadowId, service: index === 1 ? 'search' : 'checkout' }),
    ),
  );
  expect(idsOf(book)).toEqual(['c', 'b', 'a']);
  expect(idsOf(book, 'checkout')).toEqual(['c', 'a']);
  expect(book.list({ limit: 1 })).toHaveLength(1);
});

test('tells each stop once, also when events are seen twice, and a clearing of nothing is nothing', () => {
  const told: string[] = [];
  const book = new ShadowBook(({ id }) => told.push(id));
  const events: StoredLogEvent[] = [aShadowClearing(1, { shadowId: 'gone' }), aShadowFiring(2, { shadowId: 'a' })];
  book.apply(events);
  book.apply(events);
  expect(told).toEqual(['a']);
  expect(idsOf(book)).toEqual(['a']);
});

test('keeps the newest and no more', () => {
  const book = new ShadowBook();
  for (let seq = 1; seq <= shadowStopsKept + 2; seq += 1) book.apply([aShadowFiring(seq, { shadowId: `s${seq}` })]);
  const ids = idsOf(book);
  expect(ids).toHaveLength(shadowStopsKept);
  expect(ids.at(-1)).toBe('s3');
});
