import { expect, test } from '@jest/globals';
import type { Onset } from '../../../src/domain/estimate/onset.ts';
import { newestOnset, newestSuspects, offSpells, type Relapse } from '../../../src/domain/incident/relapse.ts';
import { aSuspect } from '../../support/incident-story.ts';

function onsetAt(at: number): Onset {
  return { at, earliest: at, latest: at, method: 'change-point' };
}

const named = (change: string) => [aSuspect({ change })];
const relapses: readonly Relapse[] = [
  { number: 1, at: 510, onset: onsetAt(500), backSince: 300, suspects: named('d2') },
  { number: 2, at: 810, onset: onsetAt(800), backSince: 700, suspects: named('d3') },
];
const twice = { onset: onsetAt(100), suspects: named('d1'), recoveredAt: 900, lastRelapses: relapses };

test('each time that service was off ends where it was back before the next, the last where the incident does', () => {
  expect(offSpells(twice)).toEqual([
    { onset: onsetAt(100), suspects: named('d1'), recoveredAt: 300 },
    { relapse: 1, onset: onsetAt(500), backSince: 300, suspects: named('d2'), recoveredAt: 700 },
    { relapse: 2, onset: onsetAt(800), backSince: 700, suspects: named('d3'), recoveredAt: 900 },
  ]);
  expect(offSpells({ onset: onsetAt(100) })).toEqual([{ onset: onsetAt(100) }]);
});

test('a time that began after the clock of the source was set ends on that clock too', () => {
  const set = twice.lastRelapses.map((relapse) =>
    relapse.number === 1 ? relapse : { ...relapse, onset: onsetAt(1800), backSince: 1700, clockSetMs: 1000 },
  );
  expect(
    offSpells({ ...twice, lastRelapses: set }).map(({ onset, recoveredAt = NaN }) => recoveredAt - onset.at),
  ).toEqual([200, 200, 100]);
});

test('the newest onset and suspects are those of the last relapse, or else of the beginning', () => {
  expect([newestOnset(twice), newestSuspects(twice)]).toEqual([onsetAt(800), named('d3')]);
  const first = { onset: onsetAt(100), suspects: named('d1') };
  expect([newestOnset(first), newestSuspects(first)]).toEqual([onsetAt(100), named('d1')]);
  const nobody = { ...first, lastRelapses: [{ number: 1, at: 510, onset: onsetAt(500) }] };
  expect([newestOnset(nobody), newestSuspects(nobody)]).toEqual([onsetAt(500), named('d1')]);
});
