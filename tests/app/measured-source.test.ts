import { expect, test } from '@jest/globals';
import { measuredSource } from '../../src/app/measured-source.ts';
import type { Source } from '../../src/app/ports/source.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('tells how long every answer took, and passes answers and errors through', async () => {
  const clock = new ManualClock();
  const told: unknown[][] = [];
  const slow =
    <T>(answer: T, ms: number) =>
    async (): Promise<T> => {
      await clock.advance(ms);
      return answer;
    };
  const error = new Error('a bug');
  const source: Source = {
    name: 'main',
    clock: slow({ kind: 'ok', now: 7, roundTripMs: 1 }, 10),
    read: slow([], 20),
    history: slow([], 30),
    arrivals: async () => {
      await clock.advance(40);
      throw error;
    },
  };
  const measured = measuredSource(source, { sourceAnswered: (...facts) => told.push(facts) }, clock);
  const { signal } = new AbortController();

  expect(await measured.clock(signal)).toEqual({ kind: 'ok', now: 7, roundTripMs: 1 });
  expect(await measured.read([], 0, signal)).toEqual([]);
  expect(await measured.history([], { from: 0, to: 1 }, 1, signal)).toEqual([]);
  await expect(measured.arrivals([], 0, signal)).rejects.toBe(error);

  expect(told).toEqual([
    ['main', 'clock', 10],
    ['main', 'read', 20],
    ['main', 'history', 30],
    ['main', 'arrivals', 40],
  ]);
});
