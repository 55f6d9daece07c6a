import { expect, test } from '@jest/globals';
import { measuredSource } from '../../../src/app/sources/measured-source.ts';
import type { Source } from '../../../src/app/ports/source.ts';
import { ManualClock } from '../../support/manual-clock.ts';

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
    recorded: slow([], 25),
    recordedPast: slow({ kind: 'recorded-past', looks: [] }, 28),
    history: slow([], 30),
    buckets: slow([], 35),
    arrivals: async () => {
      await clock.advance(40);
      throw error;
    },
  };
  const measured = measuredSource(source, { sourceAnswered: (...facts) => told.push(facts) }, clock);
  const { signal } = new AbortController();

  expect(await measured.clock(signal)).toEqual({ kind: 'ok', now: 7, roundTripMs: 1 });
  expect(await measured.read([], 0, signal)).toEqual([]);
  expect(await measured.recorded([], 0, signal)).toEqual([]);
  expect(await measured.history([], { from: 0, to: 1 }, 1, signal)).toEqual([]);
  expect(await measured.buckets([], 0, signal)).toEqual([]);
  await expect(measured.arrivals([], 0, signal)).rejects.toBe(error);

  expect(told).toEqual([
    ['main', 'clock', 10],
    ['main', 'read', 20],
    ['main', 'read', 25],
    ['main', 'history', 30],
    ['main', 'buckets', 35],
    ['main', 'arrivals', 40],
  ]);
});
