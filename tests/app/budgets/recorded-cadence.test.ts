import { describe, expect, test } from '@jest/globals';
import { RecordedCadence } from '../../../src/app/budgets/recorded-cadence.ts';
import type { RecordedGroup } from '../../../src/domain/budget/recorded-counts.ts';
import { minute, monday, second } from '../../domain/budget/budgets.ts';

/** When rules had counted last by an instant; undefined where there are none. */
type Ruler = (at: number) => number | undefined;

const every =
  (intervalMs: number, offsetMs = 0): Ruler =>
  (at) =>
    Math.floor((at - offsetMs) / intervalMs) * intervalMs + offsetMs;

interface Polls {
  readonly reads: number;
  readonly polls: number;
  /** How much later than by reading at each poll a count was seen at worst, ms. */
  readonly latestMs: number;
}

/** Polls for so long, and holds when each count was seen against when a poll could first have seen it. */
function poll(
  rulers: Readonly<Record<string, Ruler>>,
  pollMs: number,
  lastsMs: number,
  from = monday,
  judgedFrom = from,
): Polls {
  const cadence = new RecordedCadence();
  const known = new Map<string, number>();
  const shownAt = new Map<string, number>();
  let reads = 0;
  let polls = 0;
  let latestMs = 0;
  for (let at = from; at < from + lastsMs; at += pollMs) {
    polls += 1;
    const now = Object.entries(rulers).flatMap(([budget, ruler]) => {
      const countedAt = ruler(at);
      return countedAt === undefined ? [] : [{ budget, countedAt, group: {}, windows: [] } satisfies RecordedGroup];
    });
    for (const { budget, countedAt } of now) {
      const id = `${budget} ${countedAt}`;
      if (!shownAt.has(id)) shownAt.set(id, at);
    }
    if (cadence.isDue(at, Object.keys(rulers))) {
      reads += 1;
      cadence.took(now, at);
      for (const { budget, countedAt } of now) known.set(budget, countedAt);
    }
    for (const { budget, countedAt } of now)
      if (at >= judgedFrom && known.get(budget) !== countedAt)
        latestMs = Math.max(latestMs, at + pollMs - (shownAt.get(`${budget} ${countedAt}`) ?? at));
  }
  return { reads, polls, latestMs };
}

describe('counts of rules', () => {
  test('that are made once a minute are read little more often than that, and no poll later than they could be', () => {
    const { reads, polls, latestMs } = poll({ a: every(minute, 3_217) }, 5 * second, 60 * minute);
    expect(polls).toBe(720);
    // 60 counts, and every poll of one minute in ten, to learn how often they come.
    expect(reads).toBeLessThan(60 + 7 * 12 + 24);
    expect(latestMs).toBe(0);
  });

  test('of several budgets are read when any of them is made', () => {
    const { reads, latestMs } = poll(
      { a: every(minute, 3 * second), b: every(minute, 31 * second) },
      5 * second,
      60 * minute,
    );
    expect(reads).toBeLessThan(2 * 60 + 7 * 12 + 24);
    expect(latestMs).toBe(0);
  });

  test.each([
    ['as often as polls', 15 * second, 15 * second],
    ['more often than polls', 5 * second, 15 * second],
    ['at odd times', 20 * second, 15 * second],
    ['a little more seldom than polls', 17 * second, 15 * second],
  ])('that are made %s are seen within one evaluation and one poll', (_, intervalMs, pollMs) => {
    expect(poll({ a: every(intervalMs, 1_117) }, pollMs, 60 * minute).latestMs).toBeLessThanOrEqual(
      Math.max(intervalMs, pollMs),
    );
  });

  test('that come late, once or from then on, are seen as soon as they are there', () => {
    const halting: Ruler = (at) => {
      const countedAt = every(minute)(at) ?? NaN;
      return (countedAt / minute) % 7 === 3 ? countedAt - minute : countedAt;
    };
    expect(poll({ a: halting }, 5 * second, 60 * minute).latestMs).toBe(0);
    const slower: Ruler = (at) => every(at < monday + 30 * minute ? 30 * second : minute)(at);
    expect(poll({ a: slower }, 5 * second, 60 * minute).latestMs).toBe(0);
  });

  test('that come more often from some time on are seen late by no more than before, and after ten more not at all', () => {
    const faster: Ruler = (at) => every(at < monday + 30 * minute ? minute : 15 * second)(at);
    expect(poll({ a: faster }, 5 * second, 60 * minute).latestMs).toBeLessThanOrEqual(minute);
    expect(poll({ a: faster }, 5 * second, 90 * minute, monday, monday + 45 * minute).latestMs).toBe(0);
  });

  test('that are not there, or not any more, are looked for at every poll', () => {
    const none: Ruler = () => undefined;
    expect(poll({ a: none }, 5 * second, 10 * minute).reads).toBe(120);
    expect(poll({ a: every(minute), b: none }, 5 * second, 10 * minute).reads).toBe(120);
    const back: Ruler = (at) =>
      at > monday + 20 * minute && at < monday + 30 * minute ? undefined : every(minute)(at);
    const { latestMs } = poll({ a: back }, 5 * second, 60 * minute);
    expect(latestMs).toBe(0);
  });

  test('of the past teach nothing', () => {
    const cadence = new RecordedCadence();
    for (let at = monday; at < monday + 10 * minute; at += minute)
      cadence.took([{ budget: 'a', countedAt: at, group: {}, windows: [] }], at);
    expect(cadence.intervalMs('a')).toBeUndefined();
    expect(cadence.isDue(monday + 10 * minute, ['a'])).toBe(true);
  });
});
