import { expect, test } from '@jest/globals';
import { GateBook } from '../../../src/app/gate/gate-book.ts';
import { mostHeldADay } from '../../../src/app/gate/gate-desk.ts';

test('remembers as many changes that were held as are written in a day, each of them once', () => {
  const told: string[] = [];
  const book = new GateBook(({ change }) => void told.push(change));
  const held = (number: number) => ({ service: 'checkout', change: `deploy-${number}` });
  const event = (number: number, seq: number) =>
    ({
      type: 'change-held',
      ...held(number),
      at: seq,
      state: 'stop',
      because: 'frozen',
      seq,
      recordedAt: seq,
    }) as const;
  for (let number = 1; number <= mostHeldADay; number += 1) book.apply([event(number, number)]);
  book.apply([event(1, mostHeldADay + 1)]);
  expect(told).toHaveLength(mostHeldADay);
  expect(book.hasHeld(held(1))).toBe(true);
  book.apply([event(0, mostHeldADay + 2)]);
  expect([book.hasHeld(held(0)), book.hasHeld(held(1)), book.hasHeld(held(2))]).toEqual([true, false, true]);
});
