import { expect, test } from '@jest/globals';
import { Errands } from '../../../src/app/polling/errands.ts';
import { newWatch } from '../../../src/app/polling/watch.ts';
import { aService } from '../../support/simulation.ts';

const watchOf = (name: string) => newWatch(aService({ name }), undefined);
const untilCancelled = (cancelled: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    cancelled.addEventListener('abort', () => {
      resolve();
    });
  });
const { signal: unending } = new AbortController();

test('errands end when they are cancelled, one service at a time or all, and each end is told', async () => {
  let ended = 0;
  const errands = new Errands(2, () => (ended += 1));
  const [first, second] = [watchOf('first'), watchOf('second')];
  errands.begin(first, unending, untilCancelled);
  expect(errands.free).toBe(1);
  errands.begin(second, unending, untilCancelled);
  expect([errands.isOut(first), errands.isOut(second), errands.free]).toEqual([true, true, 0]);

  errands.cancel('first');
  await new Promise(setImmediate);
  expect([errands.isOut(first), errands.isOut(second), ended]).toEqual([false, true, 1]);
  errands.cancel();
  await errands.ended();
  expect([errands.free, ended]).toEqual([2, 2]);
});

test('errands end when everything stops', async () => {
  const stop = new AbortController();
  const errands = new Errands(2, () => undefined);
  errands.begin(watchOf('first'), stop.signal, untilCancelled);
  stop.abort();
  await errands.ended();
  expect(errands.free).toBe(2);
});

test('what a service is replaced by may set out while the errand of the one before winds up', () => {
  const errands = new Errands(2, () => undefined);
  const [before, after] = [watchOf('same'), watchOf('same')];
  errands.begin(before, unending, untilCancelled);
  expect(errands.isOut(after)).toBe(false);
});

test('changes take turns, and one that fails keeps nobody back', async () => {
  const errands = new Errands(2, () => undefined);
  const order: string[] = [];
  const slow = errands.inTurn(async () => {
    await new Promise(setImmediate);
    order.push('first');
    throw new Error('refused');
  });
  const next = errands.inTurn(() => Promise.resolve(void order.push('second')));
  await expect(slow).rejects.toThrow('refused');
  await next;
  expect(order).toEqual(['first', 'second']);
});
