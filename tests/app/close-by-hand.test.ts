import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { DaemonHarness, KeepingChannel } from '../support/daemon-harness.ts';
import { aRule, aService, below, start, stepFault, type Traffic } from '../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
/** It never comes back. */
const traffic = stepFault(fault, fault + 5 * 60 * minute, 0.5);

async function reload(run: DaemonHarness, services = [aService()]): Promise<void> {
  run.rules = { kind: 'loaded', services, warnings: [] };
  const reloading = run.daemon.reload();
  await run.advance(15_000);
  expect(await reloading).toMatchObject({ ok: true });
}

async function close(run: DaemonHarness, because = 'the service was retired') {
  const closing = run.daemon.responder.close(run.incidents()[0]?.id ?? '', 'Ada', because);
  await run.advance(15_000);
  return await closing;
}

async function withIncident(store = new MemoryStore()): Promise<DaemonHarness> {
  const run = await new DaemonHarness({ traffic, store }).start();
  await run.advance(12 * minute);
  expect(run.kinds()).toEqual(['firing']);
  return run;
}

describe('an incident that is watched', () => {
  test('is not closed by hand: recovery closes it', async () => {
    await using run = await withIncident();
    expect(await close(run)).toEqual({ kind: 'still-watched', id: run.incidents()[0]?.id });
    expect(run.incidents()[0]?.phase).toBe('open');
    expect(run.daemon.views()[0]?.scopes[0]?.line).toBe('stopped');
  });
});

describe('an incident whose service left the rule files', () => {
  test('closes once, and says to whom was told that recovery was not seen', async () => {
    await using run = await withIncident();
    await reload(run, []);
    expect(await close(run)).toMatchObject({
      kind: 'recorded',
      incident: { phase: 'closed', closedByHand: { by: 'Ada', because: 'the service was retired' } },
    });
    expect(await close(run)).toMatchObject({ kind: 'closed-incident' });

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    const [, page] = run.channel.sent;
    expect(page?.page).toMatchObject({
      title: 'checkout: closed by hand by Ada, recovery was not seen: the service was retired',
      closedByHand: { by: 'Ada', because: 'the service was retired' },
    });
    expect(page?.page.recoveredAt).toBeUndefined();
    expect(page?.sequence).toBe(2);
  });

  test('stays closed after a restart, and a service that is declared again begins anew', async () => {
    const store = new MemoryStore();
    const before = await withIncident(store);
    await reload(before, []);
    await close(before);
    await before.stop();
    await using after = await new DaemonHarness({ traffic, store, services: [], startsAt: 50 * minute }).start();
    expect(after.incidents().map(({ phase }) => phase)).toEqual(['closed']);
    await reload(after);
    await after.advance(3 * minute);

    expect(after.incidents().map(({ phase }) => phase)).toEqual(['open', 'closed']);
    expect(after.kinds()).toEqual(['firing']);
  });

  test('is followed by none for what was off before it and is over', async () => {
    const mended = fault + 6 * minute;
    const closedAt = start + 50 * minute;
    // Off again for a minute while nobody watched, and once more half an hour after the closing.
    const off: Traffic = {
      perSecond: () => 20,
      badShare: (t) =>
        (t >= fault && t < mended) || (t >= 47 * minute && t < 48 * minute) || t >= 80 * minute ? 0.5 : 0,
    };
    await using run = await new DaemonHarness({ traffic: off, startsAt: 39 * minute }).start();
    await run.advance(4 * minute);
    await reload(run, []);
    await run.advance(closedAt - run.clock.now());
    await close(run);
    await run.advance(minute);
    await reload(run);
    await run.advance(20 * minute);
    expect(run.incidents().map(({ phase }) => phase)).toEqual(['closed']);
    await run.advance(15 * minute);
    expect(run.incidents().map(({ phase }) => phase)).toEqual(['open', 'closed']);
  });

  test('is followed by another with its onset and its detection after the closing, while it is still off', async () => {
    await using run = await withIncident();
    await reload(run, []);
    await run.advance(10 * minute);
    const closedAt = run.clock.now();
    await close(run);
    await reload(run);
    await run.advance(3 * minute);
    const [next, closed] = run.incidents();
    expect([next?.phase, closed?.phase]).toEqual(['open', 'closed']);
    expect(next?.onset.earliest).toBeGreaterThanOrEqual(closedAt);
    expect(next?.detectedAt).toBeGreaterThan(closedAt);
    expect(closed?.closedAt).toBeLessThanOrEqual(next?.onset.earliest ?? 0);
  });

  test('is followed by another at once where the clock was set back since the closing', async () => {
    const store = new MemoryStore();
    const before = await withIncident(store);
    await reload(before, []);
    await before.advance(20 * minute);
    await close(before);
    await before.stop();
    await using after = await new DaemonHarness({ traffic, store, startsAt: 50 * minute }).start();
    await after.advance(3 * minute);
    expect(after.incidents().map(({ phase }) => phase)).toEqual(['open', 'closed']);
  });

  test('tells nobody who was not told of it before', async () => {
    await using run = await withIncident();
    const chat = new KeepingChannel('chat');
    run.configured = { ...run.configured, channels: [run.channel, chat] };
    await reload(run, []);
    await close(run);
    expect(chat.sent).toEqual([]);
    expect(run.kinds()).toEqual(['firing', 'resolved']);
  });
});

test('a channel that was told of an incident and is not configured hears of its closing when it comes back', async () => {
  await using run = await withIncident();
  const other = new KeepingChannel('other');
  run.configured = { ...run.configured, channels: [other] };
  await reload(run, []);
  expect(await close(run)).toMatchObject({ kind: 'recorded' });
  expect(run.daemon.status().channels).toMatchObject([
    { name: 'other', pending: 0 },
    { name: 'on-call', configured: false, pending: 1 },
  ]);

  const back = new KeepingChannel();
  run.configured = { ...run.configured, channels: [back] };
  await reload(run, []);
  expect(back.sent).toMatchObject([{ kind: 'resolved', sequence: 2, page: { closedByHand: { by: 'Ada' } } }]);
  expect(other.sent).toEqual([]);
});

describe('an incident whose rule is gone', () => {
  test('can be closed, and its service goes on without it', async () => {
    await using run = await withIncident();
    await reload(run, [
      aService({ revision: 'r2', rules: [aRule({ name: 'other', when: below('success_rate', minute, 0.1) })] }),
    ]);
    expect(await close(run)).toMatchObject({ kind: 'recorded' });
    await run.advance(10 * minute);

    expect(run.incidents().map(({ phase }) => phase)).toEqual(['closed']);
    expect(run.daemon.views()[0]?.scopes[0]?.line).toBe('moving');
  });
});

describe('an incident that cannot be seen', () => {
  test('can be closed, and what is still wrong when it can be seen again is another incident', async () => {
    await using run = await withIncident();
    run.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await run.advance(5 * minute);
    expect(run.incidents()[0]?.blind).toBe(true);
    expect(await close(run, 'nobody will mend this')).toMatchObject({ kind: 'recorded' });
    await run.advance(5 * minute);
    expect(run.incidents()).toHaveLength(1);

    run.source.failure = undefined;
    await run.advance(10 * minute);
    expect(run.incidents().map(({ phase }) => phase)).toEqual(['open', 'closed']);
    expect(run.kinds()).toEqual(['firing', 'resolved', 'firing']);
  });
});

test.each([
  ['', 'Ada', 'because', 'the reason is empty'],
  ['over', ' ', 'by', 'say who acts: `by` is empty'],
])('a reason %j by %j is refused', async (because, by, field, problem) => {
  await using run = await withIncident();
  expect(await run.daemon.responder.close('inc', by, because)).toEqual({ kind: 'invalid', field, problem });
});
