import { describe, expect, test } from '@jest/globals';
import { createGateActs, longestOverrideMs } from '../../../src/app/gate/gate-acts.ts';
import { GateBook } from '../../../src/app/gate/gate-book.ts';
import { everyService } from '../../../src/domain/gate/gate-event.ts';
import { aGateBench } from '../../support/gate-bench.ts';

const minute = 60_000;
const words = { by: 'ada', reason: 'the database is being moved' };

function setUp() {
  const bench = aGateBench();
  bench.poll('checkout', 1);
  bench.poll('cart', 1);
  return bench;
}

describe('pulling the cord', () => {
  test('stops the line of that service and no other, and is in the log with who and why', async () => {
    const { acts, desk, written } = setUp();

    const result = await acts.freeze({ service: 'checkout', ...words });

    expect(result).toMatchObject({ kind: 'recorded', value: { id: 'checkout-freeze-20260822T020000Z', by: 'ada' } });
    expect(written).toMatchObject([{ type: 'frozen', service: 'checkout', ...words, liftsWhen: 'by-hand' }]);
    expect(desk.ask('checkout')).toMatchObject({ state: 'stop', reason: 'frozen' });
    expect(desk.ask('cart')).toMatchObject({ state: 'pass' });
  });

  test('stops every line at once where that is meant', async () => {
    const { acts, desk } = setUp();
    await acts.freeze({ service: everyService, ...words, forMs: minute });
    expect(desk.answers().map(({ reason }) => reason)).toEqual(['frozen', 'frozen']);
    expect(desk.ask('cart').words).toBe('ada stopped every line until 02:01:00 UTC: the database is being moved');
  });

  test('twice in a second makes two freezes, and each is lifted by itself', async () => {
    const { acts, desk } = setUp();
    const both = await Promise.all([
      acts.freeze({ service: 'checkout', ...words }),
      acts.freeze({ service: 'checkout', by: 'grace', reason: 'me too' }),
    ]);
    expect(both).toMatchObject([
      { value: { id: 'checkout-freeze-20260822T020000Z' } },
      { value: { id: 'checkout-freeze-20260822T020000Z-2' } },
    ]);

    await acts.lift('checkout-freeze-20260822T020000Z', 'ada', 'moved');
    expect(desk.freezes().map(({ by }) => by)).toEqual(['grace']);
    expect(desk.ask('checkout').state).toBe('stop');
    await acts.lift('checkout-freeze-20260822T020000Z-2', 'ada', 'moved');
    expect(desk.ask('checkout').state).toBe('pass');
  });

  test('gives a freeze no id that one bore which was lifted in the same second, not after a restart either', async () => {
    const bench = setUp();
    const first = 'checkout-freeze-20260822T020000Z';
    await bench.acts.freeze({ service: 'checkout', ...words });
    await bench.acts.lift(first, 'ada', 'moved');
    expect(await bench.acts.freeze({ service: 'checkout', ...words })).toMatchObject({ value: { id: `${first}-2` } });
    // Whoever lifts the first again means that one.
    expect(await bench.acts.lift(first, 'grace', 'moved')).toEqual({ kind: 'unknown-freeze', id: first });
    await bench.acts.lift(`${first}-2`, 'ada', 'moved');

    const book = new GateBook();
    book.apply(bench.written);
    const restarted = createGateActs({ ...bench, book, isWatched: () => true });
    expect(await restarted.freeze({ service: 'checkout', ...words })).toMatchObject({ value: { id: `${first}-3` } });
  });

  test.each([
    [
      'a service that nobody watches',
      { service: 'chekout', ...words },
      { kind: 'unknown-service', service: 'chekout' },
    ],
    ['no name', { service: 'checkout', by: ' \n', reason: 'x' }, { kind: 'invalid', field: 'by' }],
    ['no reason', { service: 'checkout', by: 'ada', reason: '' }, { kind: 'invalid', field: 'reason' }],
    ['no time', { service: 'checkout', ...words, forMs: 0 }, { kind: 'invalid', field: 'for' }],
    [
      'an end state of everything',
      { service: everyService, ...words, liftsWhen: 'end-state-held' as const },
      { kind: 'invalid', field: 'liftsWhen' },
    ],
  ])('for %s is refused, and nothing is written', async (_, request, expected) => {
    const { acts, written } = setUp();
    expect(await acts.freeze(request)).toMatchObject(expected);
    expect(written).toEqual([]);
  });

  test('says so when the store cannot keep it, and the line moves as before', async () => {
    const bench = setUp();
    bench.refuses = true;
    expect(await bench.acts.freeze({ service: 'checkout', ...words })).toEqual({
      kind: 'not-stored',
      reason: 'full',
      detail: 'the disk is full',
    });
    expect(bench.desk.ask('checkout').state).toBe('pass');
  });
});

describe('lifting', () => {
  test('takes a name and a reason, and what is over is not lifted again', async () => {
    const { acts, written, clock } = setUp();
    await acts.freeze({ service: 'checkout', ...words, forMs: minute });
    const id = 'checkout-freeze-20260822T020000Z';
    expect(await acts.lift(id, 'ada', '')).toMatchObject({ kind: 'invalid', field: 'reason' });
    expect(await acts.lift('x', 'ada', 'done')).toEqual({ kind: 'unknown-freeze', id: 'x' });
    await clock.advance(minute);
    expect(await acts.lift(id, 'ada', 'done')).toEqual({ kind: 'unknown-freeze', id });
    expect(written).toHaveLength(1);
  });
});

describe('an override', () => {
  test('lets changes pass while it lasts, until it is ended', async () => {
    const { acts, desk, written } = setUp();
    await acts.freeze({ service: 'checkout', ...words });
    await acts.override({ service: 'checkout', by: 'grace', reason: 'customs deadline', forMs: minute });
    expect(desk.ask('checkout')).toMatchObject({ state: 'pass', reason: 'overridden', passage: { by: 'grace' } });

    await acts.endOverride('checkout-override-20260822T020000Z', 'ada', 'shipped');
    expect(desk.ask('checkout').state).toBe('stop');
    expect(written.map(({ type }) => type)).toEqual(['frozen', 'gate-overridden', 'override-ended']);
  });

  test('that was ended leaves its id to none that is given in the same second', async () => {
    const { acts, desk } = setUp();
    const asked = { service: 'checkout', ...words, forMs: minute };
    await acts.override(asked);
    await acts.endOverride('checkout-override-20260822T020000Z', 'ada', 'shipped');
    await acts.override(asked);
    expect(desk.overrides().map(({ id }) => id)).toEqual(['checkout-override-20260822T020000Z-2']);
  });

  test('lasts a day at most', async () => {
    const { acts } = setUp();
    const forMs = longestOverrideMs + 1;
    expect(await acts.override({ service: 'checkout', ...words, forMs })).toEqual({
      kind: 'invalid',
      field: 'for',
      problem: 'an override lasts from 1s to 1d',
    });
  });
});
