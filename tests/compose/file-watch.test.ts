import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWatch } from '../../src/compose/file-watch.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A clock whose sleeper a test wakes. */
class WokenClock extends ManualClock {
  #asleep = Promise.withResolvers<undefined>();
  #wake = Promise.withResolvers<undefined>();

  override async sleep(): Promise<void> {
    this.#asleep.resolve(undefined);
    await this.#wake.promise;
  }

  /** Resolves when whoever slept is asleep again. */
  async wake(): Promise<void> {
    await this.#asleep.promise;
    this.#asleep = Promise.withResolvers();
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve(undefined);
    await this.#asleep.promise;
  }
}

test('a change is told of once, and not while somebody who was asked to is about to read it', async () => {
  await using folder = await temporaryDirectory();
  const path = join(folder.path, 'rules.yaml');
  await writeFile(path, 'a');
  const clock = new WokenClock();
  const watch = new FileWatch(clock);
  await watch.note([path]);
  const stop = new AbortController();
  let told = 0;
  const running = watch.run(() => {
    told += 1;
  }, stop.signal);
  await writeFile(path, 'changed');
  await clock.wake();
  expect(told).toBe(1);
  await writeFile(path, 'changed again');
  // Of many paths, so that the look falls into the noting of them.
  const noting = watch.note([...Array.from({ length: 100 }, () => folder.path), path]);
  await clock.wake();
  await noting;
  await clock.wake();
  expect(told).toBe(1);
  await writeFile(path, 'changed once more');
  await clock.wake();
  expect(told).toBe(2);
  stop.abort();
  void clock.wake();
  await running;
});
