import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { SourceFailure } from '../../../src/domain/reading/observation.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { DaemonHarness, type HarnessOptions } from '../../support/daemon-harness.ts';
import { aRatio, aRule, aService, below, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);
const tooExpensive: SourceFailure = { reason: 'too-expensive', detail: 'query processing would load too many samples' };

/** A daemon that ran until the given time and was stopped, and another one that is about to go on from its store. */
async function restarted(
  stoppedAt: number,
  startsAt: number,
  options: Partial<HarnessOptions> = {},
): Promise<DaemonHarness> {
  const store = new MemoryStore();
  const before = await new DaemonHarness({ traffic, store, startsAt: stoppedAt - 5 * minute, ...options }).start();
  await before.advance(5 * minute);
  await before.stop();
  return new DaemonHarness({ traffic, store, startsAt, ...options });
}

async function reload(run: DaemonHarness, ...services: readonly Service[]): Promise<void> {
  run.rules = { kind: 'loaded', services, warnings: [] };
  const reloading = run.daemon.reload();
  await run.advance(1_000);
  expect(await Promise.race([reloading, Promise.resolve('still waiting')])).toMatchObject({ ok: true });
}

const problems = (run: DaemonHarness) => (run.daemon.views()[0]?.problems ?? []).map(({ reason }) => reason);
/** What happened in all incidents, deliveries left out. */
const timeline = (run: DaemonHarness) =>
  run
    .incidents()
    .flatMap(({ id }) => run.daemon.book.get(id)?.timeline ?? [])
    .map(({ type }) => type)
    .filter((type) => !['notified', 'undeliverable', 'definition-changed'].includes(type));

describe('a past that the source never gives', () => {
  test.each([
    ['too expensive', tooExpensive],
    ['rejected', { reason: 'rejected', detail: 'parse error' }],
    ['not to be trusted', { reason: 'bad-response', detail: 'the store warns: data is missing' }],
  ] as const)('(%s) leaves the service to its live reads, and says why they are short', async (_name, failure) => {
    const failures: string[] = [];
    const run = new DaemonHarness({
      traffic,
      startsAt: 35 * minute,
      telemetry: { sourceFailed: (_source, reason) => void failures.push(reason) },
    });
    run.source.historyFault = () => failure;
    await using started = await run.start();
    await started.advance(20_000);

    const [reading] = started.daemon.views()[0]?.readings ?? [];
    expect(reading?.reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(problems(started)).toEqual([`history-${failure.reason}`]);
    expect(started.daemon.views()[0]?.problems[0]?.detail).toContain(failure.detail);
    expect(started.daemon.readiness().ready).toBe(true);

    await started.advance(2 * minute);
    expect(started.daemon.views()[0]?.readings[0]?.reading).toMatchObject({ kind: 'value', value: 1 });
    expect(problems(started)).toEqual([]);

    await started.advance(23 * minute);
    expect(started.kinds()).toEqual(['firing', 'resolved']);
    expect((started.incidents()[0]?.detectedAt ?? 0) - start - fault).toBeLessThanOrEqual(16_000);
    expect(failures.filter((reason) => reason === failure.reason)).toHaveLength(1);
    expect(started.lines.filter(({ message }) => message.includes('the past of a signal cannot be read'))).toHaveLength(
      1,
    );
  });

  test('of one signal leaves the others to be caught up with, and pages nobody for what it hides', async () => {
    const services = [
      aService({
        signals: [aRatio, { ...aRatio, name: 'odd' }],
        rules: [
          aRule(),
          aRule({
            name: 'odd-unknown',
            when: below('odd', minute, 0.01),
            onUnknown: { policy: 'open', afterMs: 2 * minute },
          }),
        ],
      }),
    ];
    const run = await restarted(35 * minute, 50 * minute, { services });
    run.source.historyFault = (signal) => (signal === 'odd' ? tooExpensive : undefined);
    await using started = await run.start();
    await started.advance(10 * minute);

    expect(started.kinds()).toEqual(['firing', 'resolved']);
    expect(started.incidents()).toHaveLength(1);
    expect(started.incidents()[0]?.rules).toEqual(['payments-failing']);
    expect(Math.abs((started.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect(problems(started)).toEqual([]);
  });

  test('when a reload asks for more of it, leaves what is known already', async () => {
    await using run = await new DaemonHarness({ traffic }).start();
    await run.advance(minute);
    run.source.historyFault = () => tooExpensive;
    const longer = aRule({ name: 'longer', when: below('success_rate', 10 * minute, 0.5) });
    await reload(run, aService({ revision: 'r2', rules: [aRule(), longer] }));
    await run.advance(10_000);

    const { readings } = run.daemon.views()[0] ?? { readings: [] };
    expect(readings.map(({ windowMs, reading }) => [windowMs, reading.kind])).toContainEqual([minute, 'value']);
    expect(problems(run)).toEqual(['history-too-expensive']);
  });

  test('in its old part only is known from where it is given', async () => {
    const run = new DaemonHarness({ traffic, startsAt: 41 * minute });
    run.source.historyFault = (_signal, { to }) => (to < start + 30 * minute ? tooExpensive : undefined);
    await using started = await run.start();
    await started.advance(10_000);

    expect(started.kinds()).toEqual(['firing']);
  });

  test('because the source refuses everything is read once it answers again', async () => {
    const run = await restarted(35 * minute, 42 * minute);
    run.source.failure = { reason: 'rejected', detail: '401 Unauthorized' };
    await using started = await run.start();
    await started.advance(2 * minute);
    expect(started.daemon.views()[0]?.readings[0]?.reading).toMatchObject({ reason: 'source-down' });
    run.source.failure = undefined;
    await started.advance(20 * minute);

    expect(started.kinds()).toEqual(['firing', 'resolved']);
    expect(Math.abs((started.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
  });

  test('in time keeps the service from being watched for some tries only', async () => {
    const run = new DaemonHarness({ traffic });
    run.source.historyFault = () => ({ reason: 'timeout', detail: 'no full answer within 10s' });
    await using started = await run.start();
    await started.advance(30 * minute);

    expect(started.kinds()).toEqual(['firing', 'resolved']);
  });
});

describe('reading the past of one service', () => {
  test('holds up nobody else, however long it takes', async () => {
    const at: number[] = [];
    const run = new DaemonHarness({
      traffic,
      telemetry: { pollFinished: (service, poll) => void (service === 'checkout' && at.push(poll.at ?? NaN)) },
    });
    await using started = await run.start();
    await started.advance(minute);
    run.source.historyAfterMs = 2 * minute;
    at.length = 0;
    await reload(started, aService(), aService({ name: 'new' }));
    await started.advance(5 * minute);

    expect(at.length).toBeGreaterThanOrEqual(55);
    expect(Math.max(...at.slice(1).map((time, index) => time - (at[index] ?? time)))).toBeLessThanOrEqual(5_500);
    expect(started.daemon.views().find(({ service }) => service === 'new')?.readings[0]?.reading.kind).toBe('value');
  });

  test('takes longer than a poll may, and still ends', async () => {
    const run = await restarted(35 * minute, 4 * 60 * minute);
    run.source.historyAfterMs = 25_000;
    await using started = await run.start();
    await started.advance(6 * minute);

    expect(timeline(started)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    expect(Math.abs((started.incidents()[0]?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect(started.daemon.views()[0]?.lastPollAt ?? 0).toBeGreaterThan(started.clock.now() - minute);
  });

  test('goes on after a failure where it was', async () => {
    const run = await restarted(35 * minute, 5 * 60 * minute);
    const judged: number[] = [];
    let given = 0;
    run.source.historyFault = (_signal, { from, to }) => {
      if (from < start + 35 * minute - 10_000) return undefined;
      given += 1;
      judged.push(to);
      return given === 3 ? { reason: 'unavailable', detail: 'connection reset' } : undefined;
    };
    await using started = await run.start();
    await started.advance(minute);

    expect(timeline(started)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    // The part that held the incident was judged before the failure, and never again.
    expect(judged.filter((to) => to < start + 2 * 60 * minute)).toHaveLength(1);
  });

  test('is done for no more than eight services at once', async () => {
    const services = Array.from({ length: 20 }, (_, index) => aService({ name: `s${index}` }));
    const run = new DaemonHarness({ traffic, services });
    run.source.historyAfterMs = 5_000;
    await using started = await run.start();
    await started.advance(2 * minute);

    expect(run.source.historiesAtOnce.most).toBe(8);
    expect(started.daemon.readiness().ready).toBe(true);
  });

  test('ends with Andon', async () => {
    const run = await restarted(35 * minute, 60 * minute);
    run.source.historyAfterMs = 10 * minute;
    await run.start();
    await run.advance(5_000);
    await run.stop();

    expect(run.clock.asleep).toBe(0);
    expect(run.incidents()).toEqual([]);
  });
});

describe('a reload while the past of a service is read', () => {
  test('that takes it out does not wait, and nothing is written of it any more', async () => {
    const run = await restarted(35 * minute, 60 * minute);
    run.source.historyAfterMs = 5_000;
    await using started = await run.start();
    await started.advance(2_000);
    await reload(started);
    await started.advance(10 * minute);

    expect(started.incidents()).toEqual([]);
    expect(started.daemon.views()).toEqual([]);
  });

  test.each([1_000, 6_000, 11_000, 16_000, 21_000, 26_000, 31_000])(
    'that redefines it after %d ms doubles nothing and loses nothing',
    async (afterMs) => {
      const run = await restarted(35 * minute, 5 * 60 * minute);
      run.source.historyAfterMs = 5_000;
      await using started = await run.start();
      await started.advance(afterMs);
      await reload(started, aService({ revision: 'r2' }));
      await started.advance(10 * minute);

      expect(timeline(started)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
      expect(started.daemon.views()[0]?.revision).toBe('r2');
    },
  );
});
