import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../src/adapters/memory/memory-store.ts';
import type { Service } from '../../src/domain/service/service.ts';
import { DaemonHarness, KeepingChannel } from '../support/daemon-harness.ts';
import { aRatio, aRule, aService, below, start, stepFault } from '../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);

function declare(run: DaemonHarness, ...services: readonly Service[]): void {
  run.rules = { kind: 'loaded', services, warnings: [] };
}

/** Reloads while time goes on. */
async function reload(run: DaemonHarness, ...services: readonly Service[]): Promise<void> {
  declare(run, ...services);
  const reloading = run.daemon.reload();
  await run.advance(15_000);
  expect(await reloading).toEqual({ ok: true, atNextStart: [] });
}

function timeline(run: DaemonHarness): readonly string[] {
  return (run.daemon.book.get(run.incidents()[0]?.id ?? '')?.timeline ?? []).map(({ type }) => type);
}

describe('a reload while a poll is in flight', () => {
  test.each([0, 250, 1_000, 2_750, 4_000, 6_250])(
    'that finds the incident loses it nowhere and doubles it nowhere (reload %d ms after the fault shows)',
    async (afterMs) => {
      await using run = await new DaemonHarness({ traffic }).start();
      await run.advance(9 * minute);
      run.source.answerAfterMs = 3_000;
      await run.advance(minute + afterMs);
      await reload(run, aService({ revision: 'r2' }));
      await run.advance(30 * minute);

      expect(run.kinds()).toEqual(['firing', 'resolved']);
      expect(run.incidents()).toHaveLength(1);
      expect(timeline(run).filter((type) => type === 'opened')).toHaveLength(1);
      expect(Math.abs((run.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    },
  );

  test('waits for that poll, and the next one judges by the new rules', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(minute);
    run.source.answerAfterMs = 2_000;
    await run.advance(6_000);
    await reload(run, aService({ revision: 'r2', rules: [aRule({ name: 'stricter' })] }));
    await run.advance(15 * minute);

    expect(run.incidents()[0]?.rules).toEqual(['stricter']);
  });
});

describe('a reload that is asked for while one runs', () => {
  test('follows it, so that what changed after the files were read is not lost', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(minute);
    let loads = 0;
    run.load = async () => {
      loads += 1;
      const { rules } = run;
      await run.clock.sleep(1_000);
      return rules;
    };
    declare(run, aService({ revision: 'r2' }));
    const first = run.daemon.reload();
    await run.advance(500);
    declare(run, aService({ revision: 'r3' }));
    const [second, third] = [run.daemon.reload(), run.daemon.reload()];
    await run.advance(15_000);
    await Promise.all([first, second, third]);

    expect(run.daemon.views()[0]?.revision).toBe('r3');
    expect(loads).toBe(2);
  });

  test('is over when Andon stops, and leaves no source that is polled on', async () => {
    const run = await new DaemonHarness({ traffic }).start();
    await run.advance(minute);
    const other = run.simulate('other');
    // A channel that is set up anew waits for its sends under way: the new source is opened after that.
    let sent = (): void => undefined;
    const slow = new KeepingChannel('slow');
    slow.send = async () => {
      await new Promise<void>((resolve) => {
        sent = resolve;
      });
      return { kind: 'accepted' };
    };
    run.configured = { ...run.configured, channels: [slow] };
    const first = run.daemon.reload();
    await run.advance(5_000);
    await first;
    await run.advance(12 * minute);
    expect(run.incidents()).toHaveLength(1);
    run.configured = {
      ...run.configured,
      channels: [new KeepingChannel('slow')],
      sources: [...run.configured.sources, { source: other, pollDeadlineMs: 10_000 }],
    };
    const reloading = run.daemon.reload();
    await run.clock.advance(0);
    const stopping = run.daemon.stop(2_000);
    await run.clock.advance(0);
    sent();
    await run.advance(15_000);
    await Promise.all([reloading, stopping]);

    expect(other.reads).toBe(0);
    expect(run.clock.asleep).toBe(0);
  });

  test('that fails is told to whoever asked, and the rules before it go on', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    run.load = () => Promise.reject(new Error('the folder is gone'));
    expect(await run.daemon.reload()).toEqual({
      ok: false,
      reason: 'not-taken-over',
      diagnostics: ['the folder is gone'],
    });
    expect(run.daemon.status().reload.ok).toBe(false);
    await run.advance(30 * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
  });
});

describe('a service that is taken out and put back', () => {
  test('goes on with its incident, which is watched again', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(12 * minute);
    await reload(run);
    expect(run.incidents()[0]?.unwatched).toBe(true);
    await run.advance(minute);
    await reload(run, aService());
    await run.advance(25 * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(run.incidents()).toHaveLength(1);
    expect(run.incidents()[0]?.unwatched).toBe(false);
    expect(Math.abs((run.incidents()[0]?.recoveredAt ?? 0) - start - fault - 5 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('before it was ever evaluated does not page for the past', async () => {
    const run = new DaemonHarness({ traffic, startsAt: 60 * minute });
    run.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await using started = await run.start();
    await started.advance(minute);
    await reload(started);
    await reload(started, aService());
    run.source.failure = undefined;
    await started.advance(5 * minute);

    expect(started.incidents()).toEqual([]);
  });
});

describe('a service that is moved to another source', () => {
  test('goes on with its incident', async () => {
    await using run = await new DaemonHarness({ traffic, moreSources: ['second'] }).start();
    await run.advance(12 * minute);
    await reload(run, aService({ source: 'second', revision: 'r2' }));
    run.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await run.advance(25 * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(run.incidents()).toHaveLength(1);
    expect(timeline(run)).toContain('definition-changed');
    expect(timeline(run)).not.toContain('blinded');
  });
});

describe('a signal that gets another name while its rule fires', () => {
  test('opens nothing and has nothing read again', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(11 * minute);
    const histories = run.source.histories;
    await reload(
      run,
      aService({
        revision: 'r2',
        signals: [{ ...aRatio, name: 'availability' }],
        endState: {
          ...aService().endState,
          targets: [{ signal: 'availability', bound: 'atLeast', value: 0.999, overMs: minute }],
        },
        rules: [aRule({ when: below('availability', minute, 0.97) })],
      }),
    );
    await run.advance(minute);
    expect(run.source.histories).toBe(histories);
    await run.advance(25 * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(Math.abs((run.incidents()[0]?.recoveredAt ?? 0) - start - fault - 5 * minute)).toBeLessThanOrEqual(5_000);
  });
});

describe('a longer window', () => {
  test('is read from history, and can be judged at once', async () => {
    await using run = await new DaemonHarness({ traffic, startsAt: 120 * minute }).start();
    await run.advance(minute);
    await reload(run, aService({ revision: 'r2', rules: [aRule({ when: below('success_rate', 60 * minute, 0.97) })] }));
    await run.advance(minute);

    const row = run.daemon.views()[0]?.readings.find(({ windowMs }) => windowMs === 60 * minute);
    expect(row?.reading.kind).toBe('value');
  });
});

describe('a restart', () => {
  async function withIncident(): Promise<MemoryStore> {
    const store = new MemoryStore();
    const before = await new DaemonHarness({ traffic, store }).start();
    await before.advance(12 * minute);
    expect(before.kinds()).toEqual(['firing']);
    await before.stop();
    return store;
  }

  test('with other rules than before says on the open incident that they changed', async () => {
    const store = await withIncident();
    const services = [aService({ revision: 'r2' })];
    await using after = await new DaemonHarness({ traffic, store, services, startsAt: 43 * minute }).start();
    await after.advance(20 * minute);

    expect(timeline(after).filter((type) => type === 'definition-changed')).toHaveLength(1);
    expect(after.incidents()[0]?.phase).toBe('closed');
  });

  test('tells what changed while Andon was away', async () => {
    const store = await withIncident();
    const endState = { ...aService().endState, holdMs: 90_000 };
    const services = [aService({ revision: 'r2', endState })];
    await using after = await new DaemonHarness({ traffic, store, services, startsAt: 43 * minute }).start();

    const record = after.daemon.book.get(after.incidents()[0]?.id ?? '');
    expect(record?.timeline.find(({ type }) => type === 'definition-changed')).toMatchObject({
      changes: [{ what: 'end-state', change: 'changed', field: 'hold', from: '1m', to: '1m30s' }],
    });
  });

  test('without the service says that nobody watches its incident, once', async () => {
    const store = await withIncident();
    for (const startsAt of [43 * minute, 50 * minute]) {
      const after = await new DaemonHarness({ traffic, store, services: [], startsAt }).start();
      await after.advance(minute);
      expect(timeline(after).filter((type) => type === 'unwatched')).toHaveLength(1);
      await after.stop();
    }
  });
});
