import { describe, expect, test } from '@jest/globals';
import { SourceClock } from '../../../src/app/sources/source-clock.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const hour = 3_600_000;

function setUp(skewMs = 0) {
  const clock = new ManualClock(1_000_000_000);
  const truth = { skewMs, asked: 0, fails: false, awayMs: 0, roundTripMs: 0, takesMs: 0, waitsMs: 0, lookedAfter: 0.5 };
  const sourceClock = new SourceClock(clock, {
    clock: async () => {
      truth.asked += 1;
      if (truth.fails) return { kind: 'failed', failure: { reason: 'timeout', detail: 'slow' } };
      const { roundTripMs, takesMs, waitsMs, lookedAfter } = truth;
      if (takesMs > 0) await clock.sleep(takesMs);
      const came = clock.monotonic();
      if (waitsMs > 0) await clock.sleep(waitsMs);
      const now = 1_000_000_000 + came + truth.awayMs + truth.skewMs - roundTripMs * (1 - lookedAfter);
      return { kind: 'ok', now, roundTripMs };
    },
  });
  const sync = async () => await sourceClock.sync(new AbortController().signal);
  return { clock, truth, sourceClock, sync };
}

describe('the source’s clock', () => {
  test('is Andon’s own until it has been compared', async () => {
    const { clock, sourceClock, sync } = setUp(hour);
    expect(sourceClock.isKnown).toBe(false);
    expect(sourceClock.now()).toBe(clock.now());
    await sync();
    expect(sourceClock.now()).toBe(clock.now() + hour);
    expect(sourceClock.skewMs()).toBe(hour);
  });

  test('is read as of the middle of the round trip', async () => {
    const { clock, truth, sourceClock, sync } = setUp();
    truth.roundTripMs = 400;
    await sync();
    expect(sourceClock.now()).toBe(clock.now());
  });

  test('is compared again after a minute, and not at each poll', async () => {
    const { clock, truth, sync } = setUp();
    await sync();
    await clock.advance(59_000);
    await sync();
    expect(truth.asked).toBe(1);
    await clock.advance(2_000);
    await sync();
    expect(truth.asked).toBe(2);
  });

  test.each([hour, -hour])(
    'does not follow Andon’s wall clock when that is set by %d ms, but is compared at once',
    async (step) => {
      const { clock, truth, sourceClock, sync } = setUp();
      await sync();
      const before = sourceClock.now();
      clock.step(step);
      await clock.advance(1_000);
      expect(sourceClock.now()).toBe(before + 1_000);
      await sync();
      expect(truth.asked).toBe(2);
      expect(sourceClock.now()).toBe(before + 1_000);
      expect(sourceClock.takeStep()).toBe(0);
    },
  );

  test('goes on over a suspended machine, and was not set by that', async () => {
    const { clock, truth, sourceClock, sync } = setUp();
    await sync();
    const before = sourceClock.now();
    clock.step(hour);
    truth.awayMs = hour;
    await sync();
    expect(sourceClock.now()).toBe(before + hour);
    expect(sourceClock.takeStep()).toBe(0);
  });

  test.each([hour, -hour])('that was set by %d ms says so, once', async (step) => {
    const { clock, truth, sourceClock, sync } = setUp();
    await sync();
    truth.skewMs = step;
    await clock.advance(61_000);
    await sync();
    expect(sourceClock.takeStep()).toBe(step);
    expect(sourceClock.takeStep()).toBe(0);
    expect(sourceClock.now()).toBe(clock.now() + step);
  });

  test('never goes back by a little', async () => {
    const { clock, truth, sourceClock, sync } = setUp();
    await sync();
    const before = sourceClock.now();
    truth.skewMs = -600;
    await clock.advance(61_000);
    const late = sourceClock.now();
    await sync();
    expect(late).toBe(before + 61_000);
    expect(sourceClock.now()).toBe(late);
    await clock.advance(600);
    expect(sourceClock.now()).toBe(late);
    await clock.advance(10);
    expect(sourceClock.now()).toBe(late + 10);
  });

  test('that cannot be read leaves the last comparison standing, and says why', async () => {
    const { clock, truth, sourceClock, sync } = setUp(hour);
    await sync();
    truth.fails = true;
    await clock.advance(61_000);
    expect(await sync()).toEqual({ reason: 'timeout', detail: 'slow' });
    expect(sourceClock.now()).toBe(clock.now() + hour);
  });

  /** A comparison with an answer that takes this long, of which the source's look at its clock came after a part. */
  async function slowly(
    { clock, truth, sync }: ReturnType<typeof setUp>,
    lastedMs: number,
    part: number,
  ): Promise<void> {
    truth.takesMs = lastedMs;
    truth.roundTripMs = lastedMs;
    truth.lookedAfter = part;
    const asked = sync();
    await clock.advance(lastedMs);
    await asked;
    truth.takesMs = 0;
    truth.roundTripMs = 0;
  }

  test.each([0, 1])('was not set where a round trip was slow on one of its ways (%d)', async (part) => {
    const bench = setUp();
    const { clock, sourceClock, sync } = bench;
    await sync();
    await clock.advance(61_000);
    await slowly(bench, 2_822, part);
    expect(sourceClock.takeStep()).toBe(0);
    // The quick comparison before was surer.
    expect(sourceClock.now()).toBe(clock.now());
    await clock.advance(61_000);
    await sync();
    expect(sourceClock.takeStep()).toBe(0);
  });

  test.each([0, 1])(
    'was not set, and does not go back, where the first round trip was the slow one (%d)',
    async (part) => {
      const bench = setUp();
      const { clock, sourceClock, sync } = bench;
      await slowly(bench, 2_822, part);
      await clock.advance(61_000);
      const before = sourceClock.now();
      expect(Math.abs(before - clock.now())).toBe(1_411);
      await sync();
      expect(sourceClock.takeStep()).toBe(0);
      expect(sourceClock.now()).toBe(Math.max(before, clock.now()));
      await clock.advance(1_500);
      expect(sourceClock.now()).toBe(clock.now());
    },
  );

  test('was set where even a slow round trip cannot explain it', async () => {
    const bench = setUp();
    await bench.sync();
    await bench.clock.advance(61_000);
    bench.truth.skewMs = hour;
    await slowly(bench, 2_822, 0.5);
    expect(bench.sourceClock.takeStep()).toBe(hour);
  });

  test('was not set where an answer waited on a busy machine after it had come', async () => {
    const bench = setUp();
    await bench.sync();
    await bench.clock.advance(61_000);
    bench.truth.waitsMs = 2_000;
    const asked = bench.sync();
    await bench.clock.advance(2_000);
    await asked;
    expect(bench.sourceClock.takeStep()).toBe(0);
    expect(bench.sourceClock.now()).toBe(bench.clock.now());
  });
});
