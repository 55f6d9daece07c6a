import { describe, expect, test } from '@jest/globals';
import type { ConfiguredNames } from '../../src/app/ports/telemetry.ts';
import type { ReloadResult } from '../../src/app/views/status-view.ts';
import { DaemonHarness, KeepingChannel, polled } from '../support/daemon-harness.ts';
import { aService, start, stepFault } from '../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);

/** Reloads while time goes on. */
async function reload(run: DaemonHarness): Promise<ReloadResult> {
  const reloading = run.daemon.reload();
  await run.advance(20_000);
  return await reloading;
}

describe('a source that is set up in another way', () => {
  test('is read anew, while its services keep their incident', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(12 * minute);
    const next = run.simulate('default');
    run.configured = { ...run.configured, sources: [polled(next)] };
    expect(await reload(run)).toEqual({ ok: true, atNextStart: [] });
    const readBefore = run.source.reads;
    await run.advance(25 * minute);

    expect(run.source.reads).toBe(readBefore);
    expect(next.histories).toBeGreaterThan(0);
    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(run.incidents()).toHaveLength(1);
    expect(Math.abs((run.incidents()[0]?.recoveredAt ?? 0) - start - fault - 5 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('need not answer any more to be replaced, and nothing of it stays in the status', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(minute);
    run.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await run.advance(minute);
    expect(run.daemon.status().sources[0]?.lastError?.reason).toBe('unavailable');
    run.configured = { ...run.configured, sources: [polled(run.simulate('default'))] };
    await reload(run);
    await run.advance(30 * minute);

    expect(run.daemon.status().sources).toEqual([expect.not.objectContaining({ lastError: expect.anything() })]);
    expect(run.kinds()).toEqual(['firing', 'resolved']);
  });
});

describe('sources that come and go', () => {
  test('are polled from then on, and no more', async () => {
    const forgotten: string[] = [];
    const telemetry = { forgetSource: (name: string) => void forgotten.push(name) };
    await using run = await new DaemonHarness({ traffic, telemetry }).start();
    await run.advance(minute);
    const second = run.simulate('second');
    run.configured = { ...run.configured, sources: [...run.configured.sources, polled(second)] };
    run.rules = {
      kind: 'loaded',
      services: [aService(), aService({ name: 'search', source: 'second' })],
      warnings: [],
    };
    await reload(run);
    expect(run.daemon.status().sources.map(({ name }) => name)).toEqual(['default', 'second']);
    await run.advance(minute);
    expect(second.reads).toBeGreaterThan(0);

    run.configured = { ...run.configured, sources: [polled(second)] };
    run.rules = { kind: 'loaded', services: [aService({ source: 'second' })], warnings: [] };
    await reload(run);
    const readBefore = run.source.reads;
    await run.advance(30 * minute);

    expect(run.source.reads).toBe(readBefore);
    expect(run.daemon.views().map(({ service }) => service)).toEqual(['checkout']);
    expect(run.daemon.status().sources.map(({ name }) => name)).toEqual(['second']);
    expect(forgotten).toEqual(['default']);
    expect(run.kinds()).toEqual(['firing', 'resolved']);
  });

  test('keep their series when they are replaced under their own name', async () => {
    const forgotten: string[] = [];
    const telemetry = { forgetSource: (name: string) => void forgotten.push(name) };
    await using run = await new DaemonHarness({ traffic, telemetry }).start();
    await run.advance(minute);
    const before = run.source;
    const after = run.simulate('default');
    run.configured = { ...run.configured, sources: [polled(after)] };
    await reload(run);
    const { reads } = before;
    await run.advance(minute);
    expect([after.reads > 0, before.reads]).toEqual([true, reads]);
    expect(forgotten).toEqual([]);
  });
});

test('telemetry knows what is configured from the start and from each reload on, before anything is told of it', async () => {
  const told: string[] = [];
  const telemetry = {
    configured: ({ channels, sources }: ConfiguredNames) => void told.push([...channels, ...sources].join(' ')),
    sourceHeard: (source: string) => void told.push(`${source} answers`),
    outboxDepth: (channel: string) => void told.push(`${channel} has work`),
  };
  await using run = await new DaemonHarness({ traffic, telemetry }).start();
  expect(told[0]).toBe('on-call default');
  run.configured = {
    ...run.configured,
    channels: [new KeepingChannel('chat')],
    sources: [...run.configured.sources, polled(run.simulate('second'))],
  };
  await reload(run);
  await run.advance(minute);
  expect(told.find((each) => each.startsWith('chat') || each.includes('second'))).toBe('chat default second');
});

describe('a channel', () => {
  test('that is added is paged from then on, and one that is removed is not', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(minute);
    const other = new KeepingChannel('chat');
    run.configured = { ...run.configured, channels: [other] };
    await reload(run);
    await run.advance(30 * minute);

    expect(run.kinds()).toEqual([]);
    expect(other.sent.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    expect(run.daemon.status().channels.map(({ name }) => name)).toEqual(['chat']);
  });

  test('that is removed leaves what waits for it in sight, and gets it when it comes back', async () => {
    const depths = new Map<string, number>();
    const telemetry = { outboxDepth: (channel: string, count: number) => void depths.set(channel, count) };
    await using run = await new DaemonHarness({ traffic, telemetry }).start();
    run.channel.answer = { kind: 'retry', reason: 'unreachable', detail: 'connection refused' };
    await run.advance(12 * minute);
    expect(depths.get('on-call')).toBe(1);
    run.configured = { ...run.configured, channels: [] };
    await reload(run);

    expect(run.daemon.status().channels).toEqual([
      expect.objectContaining({
        name: 'on-call',
        configured: false,
        pending: 1,
        lastError: expect.objectContaining({ reason: 'no-such-channel' }),
      }),
    ]);
    expect(depths.get('on-call')).toBe(1);
    expect(run.lines).toContainEqual({
      level: 'error',
      message: 'no channel of this name is configured: the notification stays in the outbox',
    });

    const back = new KeepingChannel();
    run.configured = { ...run.configured, channels: [back] };
    await reload(run);
    expect(back.sent.map(({ kind }) => kind)).toEqual(['firing']);
    expect(depths.get('on-call')).toBe(0);
    expect(run.daemon.status().channels).toEqual([expect.objectContaining({ configured: true, pending: 0 })]);
  });

  test('that never comes back is told to be undeliverable after a day', async () => {
    // Few polls: there is a day of them.
    await using run = await new DaemonHarness({ traffic, scrapeMs: 30_000 }).start();
    run.channel.answer = { kind: 'retry', reason: 'unreachable', detail: 'connection refused' };
    await run.advance(12 * minute);
    run.configured = { ...run.configured, channels: [], sources: run.configured.sources };
    await reload(run);
    await run.clock.advance(24 * 60 * minute);
    // It resolved five minutes after it had opened, and that stands for the page before it.
    expect(run.daemon.status().channels).toMatchObject([{ name: 'on-call', pending: 2 }]);
    await run.clock.advance(10 * minute);

    const [incident] = run.incidents();
    const { timeline = [] } = run.daemon.book.get(incident?.id ?? '') ?? {};
    expect(timeline.filter(({ type }) => type === 'undeliverable')).toMatchObject([
      { reason: 'no-such-channel', channel: 'on-call', notificationId: `${incident?.id}:2:on-call` },
    ]);
    expect(run.daemon.status().channels).toEqual([]);
  });

  test('that is set up in another way takes over what waited, in order and once', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    run.channel.answer = { kind: 'retry', reason: 'unreachable', detail: 'connection refused' };
    await run.advance(22 * minute);
    const next = new KeepingChannel();
    run.configured = { ...run.configured, channels: [next] };
    await reload(run);
    await run.advance(20 * minute);

    expect(next.sent.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    expect(new Set(next.sent.map(({ id }) => id)).size).toBe(2);
    expect(run.channel.sent).toEqual([]);
  });
});

test('what takes effect at the next start is said in result, log and status, until it is taken back', async () => {
  await using run = await new DaemonHarness({ traffic }).start();
  run.atNextStart = ['data: /b takes effect at the next start; until then /a stands'];
  expect(await reload(run)).toEqual({ ok: true, atNextStart: run.atNextStart });
  expect(run.daemon.status().reload.atNextStart).toEqual(run.atNextStart);
  expect(run.lines).toContainEqual({ level: 'warn', message: 'a setting takes effect at the next start' });

  run.rules = { kind: 'refused', problems: ['a.yaml:1:1: no'] };
  await reload(run);
  expect(run.daemon.status().reload).toMatchObject({ ok: false, atNextStart: run.atNextStart });

  run.rules = { kind: 'loaded', services: [aService()], warnings: [] };
  run.atNextStart = [];
  await reload(run);
  expect(run.daemon.status().reload).toMatchObject({ ok: true, atNextStart: [] });
});
