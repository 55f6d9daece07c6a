import { expect, test } from '@jest/globals';
import { SuspectReview } from '../../../src/app/changes/suspect-review.ts';
import { StoreError } from '../../../src/app/ports/store.ts';
import type { Record as Written } from '../../../src/app/recording/recorder.ts';
import { anEvent } from '../../support/incident-story.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';

test('what could not be written is reviewed again, and of one service once however often something is told', async () => {
  const clock = new ManualClock();
  const log = memoryLog();
  const written: string[] = [];
  const kept: string[] = [];
  const reviewed: string[] = [];
  let refuses = true;
  const recordNow = async (make: () => Written | undefined): Promise<void> => {
    const record = make();
    await Promise.resolve();
    if (refuses) throw new StoreError('full', 'the disk is full');
    written.push(...(record?.events ?? []).map(({ service }) => service));
  };
  const suspector = {
    review: (service: string) => {
      reviewed.push(service);
      return [anEvent('suspected', 1, 0, { service })];
    },
    reviewed: (service: string) => void kept.push(service),
  };
  const review = new SuspectReview({ clock, log, suspector, recorder: { recordNow } });
  const stop = new AbortController();
  review.changed('checkout');
  review.changed('checkout');
  const running = review.run(stop.signal);
  await clock.advance(1000);
  expect(reviewed).toEqual(['checkout']);
  expect([written, kept]).toEqual([[], []]);
  refuses = false;
  await clock.advance(5000);
  expect(written).toEqual(['checkout']);
  review.changed('search');
  await clock.advance(1);
  expect(written).toEqual(['checkout', 'search']);
  expect(kept).toEqual(written);
  stop.abort();
  await clock.advance(1);
  await running;
});
