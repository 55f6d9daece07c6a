import { describe, expect, test } from '@jest/globals';
import { ChangeBook } from '../../../src/app/changes/change-book.ts';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';

const noon = Date.UTC(2026, 7, 22, 12);
const minute = 60_000;

/** A book that is told of changes of checkout, one event a report. */
function aBook(kept?: number) {
  const book = new ChangeBook(kept);
  let seq = 0;
  return {
    book,
    report: (change: string, facts: Partial<ChangeReport> = {}) => {
      seq += 1;
      const at = noon + seq * minute;
      const report = { change, service: 'checkout', saidAt: at, ...facts };
      book.apply([{ type: 'change-reported', service: 'checkout', at, origin: 'api', report, seq, recordedAt: at }]);
    },
    finish: (change: string) => {
      seq += 1;
      const at = noon + seq * minute;
      const found = { verdict: 'unharmed', lookedUntil: at, comparisons: [] } as const;
      book.apply([{ type: 'bake-finished', service: 'checkout', change, at, ...found, seq, recordedAt: at }]);
    },
  };
}

const ids = (changes: readonly { readonly id: string }[]) => changes.map(({ id }) => id);

describe('changes of a service', () => {
  test('stand newest first by when they began, whatever is told of them later', () => {
    const { book, report } = aBook();
    report('one');
    report('two');
    expect(ids(book.of('checkout'))).toEqual(['two', 'one']);
    report('two', { startedAt: noon - minute });
    expect(ids(book.of('checkout'))).toEqual(['one', 'two']);
    expect(book.of('checkout')[1]?.startedAt).toBe(noon - minute);
    expect(book.of('cart')).toEqual([]);
  });

  test('are forgotten beyond so many', () => {
    const { book, report } = aBook(2);
    for (const change of ['one', 'two', 'three']) report(change);
    expect(ids(book.of('checkout'))).toEqual(['three', 'two']);
    expect(ids(book.baking())).toEqual(['two', 'three']);
  });
});

describe('changes that are watched', () => {
  test('are those whose watch is not over, and none that is neither a deployment nor configuration', () => {
    const { book, report, finish } = aBook();
    report('deploy');
    report('flag', { kind: 'configuration' });
    report('game day', { kind: 'other' });
    expect(ids(book.baking())).toEqual(['deploy', 'flag']);
    finish('deploy');
    report('deploy', { summary: 'told late' });
    report('flag', { kind: 'other' });
    report('game day', { kind: 'deployment' });
    expect(ids(book.baking())).toEqual(['game day']);
  });
});

test('the newest changes of all services stand newest first, and no more of them than are asked for', () => {
  const { book, report } = aBook();
  for (const [change, service] of [
    ['one', 'checkout'],
    ['two', 'cart'],
    ['three', 'search'],
    ['four', 'cart'],
  ] as const)
    report(change, { service });
  expect(ids(book.newest(3))).toEqual(['four', 'three', 'two']);
  expect(ids(book.newest(10))).toEqual(['four', 'three', 'two', 'one']);
});
