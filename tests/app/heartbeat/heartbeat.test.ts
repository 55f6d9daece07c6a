import { describe, expect, test } from '@jest/globals';
import { Heart } from '../../../src/app/heartbeat/heart.ts';
import { Pulse, type SilenceReason } from '../../../src/app/heartbeat/pulse.ts';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import { DaemonHarness, KeepingChannel } from '../../support/daemon-harness.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { aService, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const calm = stepFault(10_000 * minute, 10_001 * minute, 0.5);
const away: SendResult = { kind: 'retry', reason: 'server-error', detail: 'HTTP 503' };

/** A watcher that counts and answers as told. */
class CountingWatcher {
  beats = 0;
  answer: SendResult | Error = { kind: 'accepted' };
  closed = false;

  beat(): Promise<SendResult> {
    this.beats += 1;
    return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

describe('a pulse', () => {
  const channel = { name: 'on-call', oldestAgeMs: 0, configured: true };

  test('is there at first, and for as long as the patience lasts', async () => {
    const clock = new ManualClock();
    const pulse = new Pulse(clock);
    await clock.advance(5 * minute);
    expect(pulse.trouble(true, [channel], 5 * minute, 0)).toBeUndefined();
    await clock.advance(1);
    expect(pulse.trouble(true, [channel], 5 * minute, 0)).toBe('blind');
    pulse.polled({ outcome: 'failed' });
    expect(pulse.trouble(true, [channel], 5 * minute, 0)).toBe('blind');
    pulse.polled({ outcome: 'partial' });
    expect(pulse.trouble(true, [channel], 5 * minute, 0)).toBeUndefined();
  });

  test('needs no poll where no service is watched, nor sooner than samples come', async () => {
    const clock = new ManualClock();
    const pulse = new Pulse(clock);
    await clock.advance(25 * minute);
    expect(pulse.trouble(false, [channel], 5 * minute, 0)).toBeUndefined();
    expect(pulse.trouble(true, [channel], 5 * minute, 10 * minute)).toBeUndefined();
  });

  test.each([
    { name: 'waits for too long', over: { oldestAgeMs: 5 * minute + 1 }, trouble: 'undelivered' },
    { name: 'waits for not so long', over: { oldestAgeMs: 5 * minute }, trouble: undefined },
    {
      name: 'waits for a channel that is not configured',
      over: { oldestAgeMs: 60 * minute, configured: false },
      trouble: undefined,
    },
  ])('with a page that $name: $trouble', ({ over, trouble }) => {
    expect(new Pulse(new ManualClock()).trouble(false, [{ ...channel, ...over }], 5 * minute, 0)).toBe(trouble);
  });

  test('ends with a channel that refuses pages, and comes back with what it takes', async () => {
    const clock = new ManualClock();
    const pulse = new Pulse(clock);
    pulse.settled({ channel: 'on-call', state: 'failed' });
    await clock.advance(3 * minute);
    pulse.settled({ channel: 'on-call', state: 'failed' });
    expect(pulse.trouble(false, [channel], 5 * minute, 0)).toBeUndefined();
    await clock.advance(3 * minute);
    expect(pulse.trouble(false, [channel], 5 * minute, 0)).toBe('undelivered');
    expect(pulse.trouble(false, [], 5 * minute, 0)).toBeUndefined();
    pulse.arrived('on-call');
    expect(pulse.trouble(false, [channel], 5 * minute, 0)).toBeUndefined();
  });
});

/** A heart with everything round it. */
function aHeart() {
  const clock = new ManualClock();
  const watcher = new CountingWatcher();
  const log = memoryLog();
  const told: (boolean | undefined | string)[] = [];
  const state: { trouble: SilenceReason | undefined } = { trouble: undefined };
  const heart = new Heart({
    clock,
    log,
    telemetry: { heartbeat: (beating) => told.push(beating), heartbeatFailed: (reason) => told.push(reason) },
    trouble: () => state.trouble,
  });
  const stop = new AbortController();
  const running = heart.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { clock, watcher, log, told, state, heart, end, [Symbol.asyncDispose]: end };
}

describe('a heart', () => {
  const settings = { everyMs: minute, patienceMs: 5 * minute };

  test('beats at once and then as often as it is told to, while all is well', async () => {
    await using bench = aHeart();
    bench.heart.use({ ...settings, watcher: bench.watcher });
    await bench.clock.advance(3 * minute);
    expect(bench.watcher.beats).toBe(4);
    expect(bench.told).toEqual([true, true, true, true]);
  });

  test('keeps silent while something is wrong, says why once, and goes on', async () => {
    await using bench = aHeart();
    bench.state.trouble = 'blind';
    bench.heart.use({ ...settings, watcher: bench.watcher });
    await bench.clock.advance(2 * minute);
    expect(bench.watcher.beats).toBe(0);
    expect(bench.told).toEqual([false, 'blind', false, 'blind', false, 'blind']);
    expect(bench.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    bench.state.trouble = undefined;
    await bench.clock.advance(minute);
    expect(bench.watcher.beats).toBe(1);
    expect(bench.told.at(-1)).toBe(true);
  });

  test.each([
    ['is away', away, 'server-error'],
    ['is gone', { kind: 'gone', detail: 'HTTP 410' } as const, 'gone'],
    ['throws', new TypeError('no'), 'unreachable'],
  ])('tries soon again when the watcher %s', async (_, answer, reason) => {
    await using bench = aHeart();
    bench.watcher.answer = answer;
    bench.heart.use({ ...settings, watcher: bench.watcher });
    await bench.clock.advance(10_000);
    expect(bench.watcher.beats).toBe(2);
    expect(bench.told).toEqual([false, reason, false, reason]);
    bench.watcher.answer = { kind: 'accepted' };
    await bench.clock.advance(10_000);
    await bench.clock.advance(50_000);
    expect(bench.watcher.beats).toBe(3);
  });

  test('beats for another watcher as soon as it is configured, and for none when there is none', async () => {
    await using bench = aHeart();
    const other = new CountingWatcher();
    bench.heart.use({ ...settings, watcher: bench.watcher });
    await bench.clock.advance(30_000);
    bench.heart.use({ ...settings, watcher: bench.watcher });
    await bench.clock.advance(0);
    expect(bench.watcher.beats).toBe(1);
    bench.heart.use({ ...settings, watcher: other });
    await bench.clock.advance(0);
    expect([bench.watcher.beats, other.beats]).toEqual([1, 1]);
    bench.heart.use(undefined);
    await bench.clock.advance(60 * minute);
    expect([bench.watcher.beats, other.beats]).toEqual([1, 1]);
    expect(bench.told.at(-1)).toBeUndefined();
  });

  test('leaves nothing asleep when it stops', async () => {
    const bench = aHeart();
    bench.heart.use({ ...settings, watcher: bench.watcher });
    await bench.clock.advance(minute);
    await bench.end();
    expect(bench.clock.asleep).toBe(0);
  });
});

describe('a daemon with a heartbeat', () => {
  async function withHeartbeat(options: ConstructorParameters<typeof DaemonHarness>[0]) {
    const watcher = new CountingWatcher();
    const run = new DaemonHarness(options);
    run.configured = { ...run.configured, heartbeat: { watcher, everyMs: minute, patienceMs: 5 * minute } };
    await run.start();
    return { run, watcher };
  }

  test('beats while it polls, stops when it is blind, and goes on when it sees again', async () => {
    const { run, watcher } = await withHeartbeat({ traffic: calm });
    await using daemon = run;
    await daemon.advance(10 * minute);
    expect(watcher.beats).toBeGreaterThanOrEqual(9);
    daemon.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await daemon.advance(7 * minute);
    const then = watcher.beats;
    await daemon.advance(10 * minute);
    expect(watcher.beats).toBe(then);
    daemon.source.failure = undefined;
    await daemon.advance(5 * minute);
    expect(watcher.beats).toBeGreaterThan(then);
  });

  test('stops when a page has waited for too long, and goes on when it has arrived', async () => {
    const { run, watcher } = await withHeartbeat({
      traffic: stepFault(40 * minute, 300 * minute, 0.5),
      services: [aService()],
    });
    await using daemon = run;
    daemon.channel.answer = away;
    await daemon.advance(18 * minute);
    expect(daemon.incidents()).toMatchObject([{ phase: 'open' }]);
    const then = watcher.beats;
    await daemon.advance(5 * minute);
    expect(watcher.beats).toBe(then);
    daemon.channel.answer = { kind: 'accepted' };
    await daemon.advance(2 * minute);
    expect(watcher.beats).toBeGreaterThan(then);
  });

  test('that watches no service beats all the same', async () => {
    const { run, watcher } = await withHeartbeat({ traffic: calm, services: [] });
    await using daemon = run;
    await daemon.advance(20 * minute);
    expect(watcher.beats).toBeGreaterThanOrEqual(20);
  });

  test('that watches none of those that bad rule files declare stops, and goes on once they are mended', async () => {
    const watcher = new CountingWatcher();
    await using run = new DaemonHarness({ traffic: calm });
    run.configured = { ...run.configured, heartbeat: { watcher, everyMs: minute, patienceMs: 5 * minute } };
    const { rules } = run;
    const standIn = { kind: 'nothing', problems: ['checkout.yaml:3:1: no'], leftOut: ['checkout'] } as const;
    run.rules = { kind: 'loaded', services: [], warnings: [], standIn };
    await run.start();
    await run.advance(7 * minute);
    const then = watcher.beats;
    await run.advance(10 * minute);
    expect(watcher.beats).toBe(then);
    expect(run.daemon.gates.ask('checkout')).toMatchObject({ state: 'unknown', reason: 'rules-refused' });
    run.rules = rules;
    await run.daemon.reload();
    await run.advance(5 * minute);
    expect(watcher.beats).toBeGreaterThan(then);
  });

  test('takes a test that arrives for a channel that works again', async () => {
    const { run, watcher } = await withHeartbeat({ traffic: stepFault(40 * minute, 300 * minute, 0.5) });
    await using daemon = run;
    daemon.channel.answer = { kind: 'refused', reason: 'rejected', detail: 'HTTP 403' };
    await daemon.advance(18 * minute);
    const then = watcher.beats;
    await daemon.advance(5 * minute);
    expect(watcher.beats).toBe(then);
    daemon.channel.answer = { kind: 'accepted' };
    const testing = daemon.daemon.paging.test({ channel: 'on-call', by: 'Ada', severity: 'ticket' });
    await daemon.advance(2 * minute);
    expect(await testing).toMatchObject({ kind: 'sent', result: { kind: 'accepted' } });
    expect(watcher.beats).toBeGreaterThan(then);
    expect(daemon.channel.sent).toMatchObject([{ kind: 'test', page: { title: 'TEST: nothing is wrong' } }]);
    expect(daemon.incidents()).toHaveLength(1);
  });

  test('knows no test of a channel that is not configured', async () => {
    const { run } = await withHeartbeat({ traffic: calm });
    await using daemon = run;
    const asked = daemon.daemon.paging.test({ channel: 'other', by: 'Ada', severity: 'page' });
    await daemon.advance(250);
    expect(await asked).toEqual({ kind: 'unknown-channel', channel: 'other' });
    const nobody = daemon.daemon.paging.test({ channel: new KeepingChannel().name, by: ' ', severity: 'page' });
    expect(await nobody).toMatchObject({ kind: 'invalid', field: 'by' });
  });
});
