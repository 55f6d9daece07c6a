import { expect, test } from '@jest/globals';
import { sinceOnsets } from '../../../src/domain/incident/since-onset.ts';

test('what Andon wrote after an event does not stand before it, though its clock is behind the source’s', () => {
  const events = [
    { type: 'opened', at: 5_200 },
    { type: 'notified', at: 4_100 },
    { type: 'onset-settled', at: 9_000 },
    { type: 'acknowledged', at: 12_000 },
  ];
  expect(sinceOnsets(0, events)).toEqual([5_200, 5_200, 9_000, 12_000]);
});

test('what the source tells of, and alerts of others, stand where they were', () => {
  const events = [
    { type: 'opened', at: 60_000 },
    { type: 'alerted', at: 400_000 },
    { type: 'notified', at: 61_000 },
    { type: 'resolved', at: 30_000 },
    { type: 'alerted', at: -5_000 },
  ];
  expect(sinceOnsets(0, events)).toEqual([60_000, 400_000, 61_000, 30_000, -5_000]);
});
