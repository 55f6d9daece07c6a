import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { Channel } from '../../../src/app/ports/channel.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { DaemonHarness, KeepingChannel } from '../../support/daemon-harness.ts';
import { aService, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);
const away = { kind: 'retry', reason: 'server-error', detail: 'HTTP 503' } as const;
const leftOut =
  'a channel that was told of open incidents is not configured: how they go on waits for a channel of this name';

interface Parts {
  readonly run: DaemonHarness;
  readonly store: MemoryStore;
  readonly depths: ReadonlyMap<string, number>;
}

/** Time goes on from the start of a daemon to shortly after the incident has opened. */
async function withIncident(accepts: boolean, service: Service = aService()): Promise<Parts> {
  const depths = new Map<string, number>();
  const telemetry = { outboxDepth: (channel: string, count: number) => void depths.set(channel, count) };
  const store = new MemoryStore();
  const run = await new DaemonHarness({ traffic, telemetry, store, services: [service] }).start();
  if (!accepts) run.channel.answer = away;
  await run.advance(11 * minute);
  expect(run.incidents()).toMatchObject([{ phase: 'open', told: ['on-call'] }]);
  return { run, store, depths };
}

/** As when the settings are edited while Andon runs. */
async function configure(run: DaemonHarness, ...channels: readonly Channel[]): Promise<void> {
  run.configured = { ...run.configured, channels };
  const reloading = run.daemon.reload();
  await run.advance(20_000);
  expect(await reloading).toMatchObject({ ok: true });
}

/** Another process takes over, `channels` being configured. */
async function restart({ run, store }: Parts, ...channels: readonly Channel[]): Promise<DaemonHarness> {
  await run.stop();
  const startsAt = run.clock.now() - start;
  const next = new DaemonHarness({ traffic, store, startsAt });
  next.configured = { ...next.configured, channels };
  return await next.start();
}

const heard = ({ sent }: KeepingChannel) => sent.map(({ kind, sequence }) => [kind, sequence]);
const firingThenResolved = [
  ['firing', 1],
  ['resolved', 2],
];

describe('a channel that is renamed while an incident is open, and then gets its name back', () => {
  test.each([
    { name: 'had accepted the page', accepts: true, afterwards: [['resolved', 2]] },
    { name: 'had not accepted the page yet', accepts: false, afterwards: firingThenResolved },
  ])('and $name is told how it ended, and its stand-in is not', async ({ accepts, afterwards }) => {
    const parts = await withIncident(accepts);
    await using run = parts.run;
    const [other, back] = [new KeepingChannel('other'), new KeepingChannel()];
    await configure(run, other);
    expect(run.lines).toContainEqual({ level: 'warn', message: leftOut });
    await run.advance(8 * minute);
    expect(run.incidents()).toMatchObject([{ phase: 'watching' }]);

    const waiting = accepts ? 1 : 2;
    expect(run.daemon.status().channels).toMatchObject([
      { name: 'other', configured: true, pending: 0 },
      { name: 'on-call', configured: false, pending: waiting, lastError: { reason: 'no-such-channel' } },
    ]);
    expect(parts.depths.get('on-call')).toBe(waiting);
    expect(run.lines.filter(({ message }) => message.startsWith('no channel of this name is configured'))).toHaveLength(
      waiting,
    );

    await configure(run, back);
    expect(heard(back)).toEqual(afterwards);
    expect(heard(run.channel)).toEqual(accepts ? [['firing', 1]] : []);
    expect(other.sent).toEqual([]);
    expect(parts.depths.get('on-call')).toBe(0);
    expect(run.daemon.status().channels).toMatchObject([{ name: 'on-call', configured: true, pending: 0 }]);
  });

  test.each([
    { name: 'while it is out and the incident is open', at: 'open', accepts: true, afterwards: [['resolved', 2]] },
    { name: 'while the resolution waits', at: 'resolved', accepts: true, afterwards: [['resolved', 2]] },
    { name: 'while nothing was accepted', at: 'open', accepts: false, afterwards: firingThenResolved },
    { name: 'while both wait', at: 'resolved', accepts: false, afterwards: firingThenResolved },
  ])('is told so over a restart $name', async ({ at, accepts, afterwards }) => {
    const parts = await withIncident(accepts);
    const other = new KeepingChannel('other');
    await configure(parts.run, other);
    if (at === 'resolved') await parts.run.advance(8 * minute);
    await using run = await restart(parts, other);
    await run.advance(at === 'resolved' ? minute : 8 * minute);
    expect(run.incidents()).toMatchObject([{ phase: 'watching' }]);
    expect(run.daemon.status().channels).toContainEqual(
      expect.objectContaining({ name: 'on-call', configured: false, pending: accepts ? 1 : 2 }),
    );

    const back = new KeepingChannel();
    await configure(run, back);
    expect(heard(back)).toEqual(afterwards);
    expect(other.sent).toEqual([]);
  });

  test('is told the end alone when the page before it has turned stale', async () => {
    const { run: started } = await withIncident(false);
    await using run = started;
    await configure(run);
    await run.advance(20 * minute);
    const back = new KeepingChannel();
    await configure(run, back);
    await run.advance(minute);
    expect(heard(back)).toEqual([['resolved', 2]]);
    const entries = await run.store.outbox(run.incidents()[0]?.id ?? '');
    expect(entries.map(({ delivery }) => delivery.state)).toEqual(['collapsed', 'delivered']);
  });
});

describe('a channel', () => {
  test('that is left out is told of in the log once, and again at the next start', async () => {
    const parts = await withIncident(true);
    const told = (run: DaemonHarness) => run.lines.filter(({ message }) => message === leftOut);
    await configure(parts.run);
    await configure(parts.run);
    expect(told(parts.run)).toHaveLength(1);
    await using run = await restart(parts);
    expect(told(run)).toHaveLength(1);
  });

  test('that its service does not page any more hears the end of what it was told, and nothing else', async () => {
    const { run: started } = await withIncident(true, aService({ notify: ['on-call'] }));
    await using run = started;
    const chat = new KeepingChannel('chat');
    run.rules = { kind: 'loaded', services: [aService({ notify: ['chat'], revision: 'r2' })], warnings: [] };
    await configure(run, run.channel, chat);
    await run.advance(8 * minute);
    expect(heard(run.channel)).toEqual(firingThenResolved);
    expect(chat.sent).toEqual([]);
  });
});
