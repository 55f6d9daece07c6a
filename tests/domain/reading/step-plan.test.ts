import { describe, expect, test } from '@jest/globals';
import type { CountedGroup } from '../../../src/domain/reading/observation.ts';
import { emptyLedger, record, type SignalLedger } from '../../../src/domain/reading/signal-ledger.ts';
import { stepsToRead } from '../../../src/domain/reading/step-plan.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aRatio } from '../../support/simulation.ts';

const second = 1_000;
const minute = 60 * second;
const intervalMs = 15 * second;
const timing = timingFor(intervalMs);
const retention = { intervalMs, forgetBefore: -Infinity, held: new Set<string>() };

/** A ledger that was read at some instants; each read tells of its newest sample, and of the newest one of the series that waits longest. */
function readAt(...reads: readonly { at: number; newest: number; oldest: number }[]): SignalLedger {
  return reads.reduce<SignalLedger>((ledger, { at, newest, oldest }) => {
    const steps = stepsToRead(ledger, at, timing).map((step) => ({ ...step, good: 1, total: 1 }));
    const group: CountedGroup = {
      group: {},
      newestSampleAt: newest,
      oldestSampleAt: oldest,
      steps,
      numeratorSeen: true,
    };
    const observation = { kind: 'counted' as const, signal: aRatio.name, groups: [group] };
    return record(ledger, aRatio, observation, at, -Infinity, retention);
  }, emptyLedger);
}

/** A read that finds the newest sample of every series some seconds old. */
const punctual = (at: number) => ({ at, newest: at - 2 * second, oldest: at - 3 * second });

describe('the steps to read', () => {
  test('are the newest one alone when every series has shown its samples', () => {
    const ledger = readAt(punctual(minute), punctual(minute + intervalMs));
    const now = minute + 2 * intervalMs;
    expect(stepsToRead(ledger, now, timing)).toEqual([{ from: minute + intervalMs, to: now }]);
  });

  test('begin where they began before when they are read again, however long they are', () => {
    const back = 20 * minute;
    const ledger = readAt(punctual(minute), { at: back, newest: back - second, oldest: back - 14 * second });
    expect(stepsToRead(ledger, back + 8 * second, timing)).toEqual([
      { from: back - 5 * minute, to: back },
      { from: back, to: back + 8 * second },
    ]);
  });

  test('are read again after a silence if they were not settled before it', () => {
    const late = (at: number) => ({ at, newest: at - 2 * second, oldest: at - 25 * second });
    const ledger = readAt(late(minute), late(minute + 10 * second), late(minute + 20 * second));
    const now = 3 * minute;
    expect(stepsToRead(ledger, now, timing)).toEqual([
      { from: minute, to: minute + 10 * second },
      { from: minute + 10 * second, to: minute + 20 * second },
      { from: minute + 20 * second, to: now },
    ]);
  });

  test('are read again as long as a series that has just gone out of sight may have a sample on its way', () => {
    const lost = 6 * minute;
    const before = { at: lost - 10 * second, newest: lost - 12 * second, oldest: lost - 5 * minute - second };
    const ledger = readAt(punctual(minute), before, punctual(lost));
    expect(stepsToRead(ledger, lost + 10 * second, timing)).toContainEqual({ from: lost - 10 * second, to: lost });

    const later = [10, 20, 30, 40].map((seconds) => punctual(lost + seconds * second));
    const settled = readAt(punctual(minute), before, punctual(lost), ...later);
    expect(stepsToRead(settled, lost + 50 * second, timing)).toHaveLength(1);
  });
});
