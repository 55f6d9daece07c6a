import { expect, test } from '@jest/globals';
import { aDaemon, badDuring, minute, restarted } from '../silence/silence-story.ts';
import { aService } from '../../support/simulation.ts';

const services = [aService()];

/** What is sent by a daemon that was away from minute 35 on, for so long. */
async function sentAfter(awayMs: number, ...bad: readonly (readonly [number, number])[]) {
  const traffic = badDuring(...bad);
  // Pages of this age are not collapsed into the newest.
  const first = await aDaemon(traffic, services, { staleAfterMs: 120 * minute });
  await first.advance(5 * minute);
  await first.stop();
  await first.advance(awayMs);
  const second = await restarted(first, services, traffic);
  await second.advance(30_000);
  const sent = [...second.channel.sent];
  await second.stop();
  return sent;
}

test('an outage that came and went while Andon was away is told as what is over, with its times', async () => {
  const sent = await sentAfter(30 * minute, [40 * minute, 43 * minute]);
  expect(sent.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  const [first, second] = sent.map(({ page }) => page);
  expect(first?.title).toMatch(
    /^checkout: was off from 02:40:0\d UTC to 02:4[23]:\d\d UTC: success rate .* at 02:40:\d\d UTC$/,
  );
  expect(first?.seenAt).toBe(first?.detectedAt);
  expect(second?.title).toMatch(/^checkout: back in its end state since 02:4[23]:\d\d UTC, was off for [23]m/);
  expect(second?.seenAt).toBeUndefined();
});

test('an outage that began while Andon was away is told with the time at which it was seen', async () => {
  const sent = await sentAfter(30 * minute, [40 * minute, 300 * minute]);
  expect(sent.map(({ kind }) => kind)).toEqual(['firing']);
  const page = sent[0]?.page;
  expect(page?.title).toMatch(/^checkout: success rate .* at 02:40:\d\d UTC — since 02:40:0\d UTC$/);
  expect(page?.seenAt).toBe(page?.detectedAt);
});

test('a relapse that is over too says so, and since when it was off each time', async () => {
  const sent = await sentAfter(40 * minute, [36 * minute, 38 * minute], [42 * minute, 44 * minute]);
  expect(sent.map(({ kind }) => kind)).toEqual(['firing', 'resolved', 'relapsed', 'resolved']);
  const [first, , relapsed] = sent.map(({ page }) => page.title);
  expect(first).toMatch(/^checkout: was off from 02:36:0\d UTC: success rate .* at 02:36:\d\d UTC$/);
  expect(relapsed).toMatch(
    /^checkout: was off again from 02:42:0\d UTC to 02:4[34]:\d\d UTC: success rate .* at 02:42:\d\d UTC, first off since 02:36:0\d UTC$/,
  );
});

test('what is told as it happens bears no time of its values', async () => {
  const traffic = badDuring([31 * minute, 33 * minute]);
  await using andon = await aDaemon(traffic, services);
  await andon.advance(5 * minute);
  const page = andon.channel.sent[0]?.page;
  expect(page?.title).toMatch(/^checkout: success rate [^;]* at least [\d.]+% — since 02:31:0\d UTC$/);
  expect(page?.seenAt).toBeUndefined();
});
