import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  countWindow,
  noRows,
  rowAt,
  rowCount,
  withRows,
  type CountRow,
  type CountRows,
} from '../../../src/domain/reading/count-rows.ts';

const row = (index: number, good = index): CountRow => ({
  from: index * 10,
  to: index * 10 + 10,
  sampleAt: index * 10 + 9,
  good,
  total: good + 1,
});

function all(rows: CountRows): readonly CountRow[] {
  return Array.from({ length: rowCount(rows) }, (_, index) => rowAt(rows, index));
}

describe('adding rows', () => {
  test('leaves the rows it was given as they were, whichever of their descendants is written first', () => {
    const base = withRows(noRows, [row(0), row(1)], -Infinity);
    const one = withRows(base, [row(2, 7)], -Infinity);
    const other = withRows(base, [row(2, 8)], -Infinity);

    expect(all(base)).toEqual([row(0), row(1)]);
    expect(all(one)).toEqual([row(0), row(1), row(2, 7)]);
    expect(all(other)).toEqual([row(0), row(1), row(2, 8)]);
  });

  test('replaces steps that late samples changed', () => {
    const before = withRows(noRows, [row(0), row(1)], -Infinity);
    const after = withRows(before, [row(1, 99), row(2)], -Infinity);

    expect(all(after)).toEqual([row(0), row(1, 99), row(2)]);
    expect(all(before)).toEqual([row(0), row(1)]);
  });

  test('of nothing new gives the same rows back', () => {
    const rows = withRows(noRows, [row(0), row(1)], -Infinity);

    expect(withRows(rows, [row(1)], -Infinity)).toBe(rows);
  });

  test('behaves as a plain list does, in any family of descendants', () => {
    const step = fc.record({ parent: fc.nat(), good: fc.nat(3), again: fc.nat(2), keep: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const family: { rows: CountRows; list: readonly CountRow[] }[] = [{ rows: noRows, list: [] }];
        for (const { parent, good, again, keep } of steps) {
          const from = family[parent % family.length] ?? { rows: noRows, list: [] };
          const next = (from.list.at(-1)?.to ?? 0) / 10;
          const first = Math.max(0, next - again);
          const added = Array.from({ length: next - first + 1 }, (_, index) => row(first + index, good));
          const keepAfter = (next - keep) * 10;
          const kept = from.list.filter((each) => each.to > keepAfter && each.to <= first * 10);
          family.push({ rows: withRows(from.rows, added, keepAfter), list: [...kept, ...added] });
        }
        for (const { rows, list } of family) expect(all(rows)).toEqual(list);
      }),
    );
  });
});

test('a step that the window cuts counts by its share', () => {
  const rows = withRows(noRows, [row(0, 9), row(1, 19)], -Infinity);

  expect(countWindow(rows, 5, 20)).toEqual({ good: 9 / 2 + 19, total: 10 / 2 + 20, coverage: 1 });
});
