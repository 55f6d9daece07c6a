import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Calling, Moment } from '../../../src/domain/incident/calling.ts';
import { dueReminders, type Reachable } from '../../../src/domain/notification/reminder-plan.ts';
import type { Routed } from '../../../src/domain/notification/route.ts';

const minute = 60_000;
const all: Reachable = { exists: () => true, repeats: () => true, waits: () => false };
const calling: Calling = { since: { seq: 1, at: 0 }, heard: { 'on-call': { seq: 1, at: 0 } }, escalated: {} };
const routed: Routed = {
  routes: [0],
  channels: ['on-call'],
  repeatEveryMs: new Map([['on-call', 10 * minute]]),
  steps: [
    { afterMs: 15 * minute, channels: ['boss'] },
    { afterMs: 30 * minute, channels: ['boss', 'director'] },
  ],
};

/** What is due at a time, ms after the incident opened. */
function dueAt(
  now: number,
  over: Partial<Calling> = {},
  plan: Partial<Routed> = {},
  reachable: Partial<Reachable> = {},
) {
  const ageMs = ({ at }: Moment): number => now - at;
  return dueReminders({ ...calling, ...over }, { ...routed, ...plan }, ageMs, { ...all, ...reachable });
}

const repeat = { reminder: 'repeat', channels: ['on-call'] };
const first = { reminder: 'escalation', step: 1, afterMs: 15 * minute, channels: ['boss'] };

describe('what is due', () => {
  test.each([
    { name: 'nothing before its time', due: dueAt(10 * minute - 1), expected: [] },
    { name: 'a repeat at its time', due: dueAt(10 * minute), expected: [repeat] },
    {
      name: 'no repeat so soon after the last one',
      due: dueAt(19 * minute, { heard: { 'on-call': { seq: 2, at: 10 * minute } }, escalated: { boss: 15 * minute } }),
      expected: [],
    },
    { name: 'steps before repeats', due: dueAt(15 * minute), expected: [first, repeat] },
    {
      name: 'every step whose time has come, each once for each channel',
      due: dueAt(31 * minute, { heard: { 'on-call': { seq: 2, at: 30 * minute } }, escalated: { boss: 15 * minute } }),
      expected: [{ reminder: 'escalation', step: 2, afterMs: 30 * minute, channels: ['boss', 'director'] }],
    },
    { name: 'nothing once acknowledged', due: dueAt(60 * minute, { acknowledgedBy: 'Ada' }), expected: [] },
    {
      name: 'nothing without a route',
      due: dueAt(60 * minute, {}, { repeatEveryMs: new Map(), steps: [] }),
      expected: [],
    },
    {
      name: 'no repeat to who is just handed the incident',
      due: dueAt(15 * minute, {}, { repeatEveryMs: new Map([['boss', 10 * minute]]) }),
      expected: [first],
    },
    {
      name: 'no step to a channel that is not there, and the next one all the same',
      due: dueAt(
        30 * minute,
        { heard: { 'on-call': { seq: 3, at: 29 * minute } } },
        {},
        { exists: (name) => name === 'director' },
      ),
      expected: [{ reminder: 'escalation', step: 2, afterMs: 30 * minute, channels: ['director'] }],
    },
    { name: 'no repeat where one still waits', due: dueAt(12 * minute, {}, {}, { waits: () => true }), expected: [] },
    { name: 'no repeat where none is wanted', due: dueAt(12 * minute, {}, {}, { repeats: () => false }), expected: [] },
    {
      name: 'channels that are due almost at once together',
      due: dueAt(
        10 * minute,
        { heard: { a: { seq: 1, at: 0 }, b: { seq: 2, at: 9_000 }, c: { seq: 3, at: minute } } },
        {
          repeatEveryMs: new Map([
            ['a', 10 * minute],
            ['b', 10 * minute],
            ['c', 10 * minute],
          ]),
        },
      ),
      expected: [{ reminder: 'repeat', channels: ['a', 'b'] }],
    },
    {
      name: 'a channel that a changed route adds, so long after the incident opened',
      due: dueAt(10 * minute, {}, { repeatEveryMs: new Map([['chat', 10 * minute]]) }),
      expected: [{ reminder: 'repeat', channels: ['chat'] }],
    },
  ])('$name', ({ due, expected }) => {
    expect(due).toEqual(expected);
  });

  test('law: looked at again and again, each step is told once to each channel, and none twice within its interval', () => {
    const steps = fc
      .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 })
      .map((times) => times.sort((a, b) => a - b).map((after) => ({ afterMs: after * minute, channels: ['boss'] })));
    const looks = fc.array(fc.integer({ min: 1, max: 20 * minute }), { maxLength: 40 });
    fc.assert(
      fc.property(steps, looks, (planned, gaps) => {
        let now = 0;
        let state: Calling = { since: { seq: 0, at: 0 }, heard: {}, escalated: {} };
        const told: { channel: string; at: number; after: number | undefined }[] = [];
        for (const [seq, gap] of gaps.entries()) {
          now += gap;
          const plan = { ...routed, repeatEveryMs: new Map([['on-call', 10 * minute]]), steps: planned };
          for (const due of dueReminders(state, plan, ({ at }) => now - at, all)) {
            for (const channel of due.channels) {
              const after = due.reminder === 'escalation' ? due.afterMs : undefined;
              told.push({ channel, at: now, after });
              state = {
                ...state,
                heard: { ...state.heard, [channel]: { seq, at: now } },
                escalated: after === undefined ? state.escalated : { ...state.escalated, [channel]: after },
              };
            }
          }
        }
        const handed = told.flatMap(({ after }) => after ?? []);
        expect(handed).toEqual(planned.map(({ afterMs }) => afterMs).filter((afterMs) => afterMs <= now));
        const repeats = told.filter(({ channel }) => channel === 'on-call').map(({ at }) => at);
        for (const [index, at] of repeats.entries())
          expect(at - (repeats[index - 1] ?? 0)).toBeGreaterThanOrEqual(10 * minute);
      }),
    );
  });
});
