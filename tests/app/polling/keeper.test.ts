import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { FaultyStore } from '../../support/faulty-store.ts';
import { aService, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);

describe('a store that refuses what is judged of a service at every try', () => {
  test('is tried again after growing pauses, told of once, and loses no transition', async () => {
    const store = new FaultyStore(new MemoryStore());
    let refuses = true;
    const tries: number[] = [];
    const run = new DaemonHarness({ traffic, store });
    store.writeFault = ({ events = [] }) => {
      if (!refuses || events.length === 0) return undefined;
      tries.push(run.clock.now());
      return 'invalid';
    };
    await using started = await run.start();
    await started.advance(20 * minute);

    const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? at));
    // Every minute in the end, and not every five seconds.
    expect(tries.length).toBeLessThanOrEqual(16);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(66_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(55_000);
    expect(started.lines.filter(({ message }) => message.includes('judged again'))).toHaveLength(1);
    expect(started.daemon.views()[0]?.problems).toMatchObject([
      { reason: 'not-written', detail: expect.stringContaining('cannot write: invalid') },
    ]);

    refuses = false;
    await started.advance(2 * minute);
    expect(started.kinds()).toEqual(['firing', 'resolved']);
    const [incident] = started.incidents();
    expect(Math.abs((incident?.onset.at ?? 0) - start - fault)).toBeLessThanOrEqual(5_000);
    expect((incident?.detectedAt ?? 0) - start - fault).toBeLessThanOrEqual(16_000);
    expect(Math.abs((incident?.recoveredAt ?? 0) - start - fault - 5 * minute)).toBeLessThanOrEqual(5_000);
    expect(started.daemon.views()[0]?.problems).toEqual([]);
    expect(started.lines.filter(({ message }) => message.includes('written again'))).toHaveLength(1);
  });
});

describe('judging that ends unexpectedly', () => {
  test('for one service leaves the others alone', async () => {
    const broken = aService({ name: 'broken' });
    const [rule] = broken.rules;
    if (rule === undefined) throw new Error('a service has a rule');
    const when = {
      ...rule.when,
      evaluate() {
        throw new Error('a bug');
      },
    };
    const services = [{ ...broken, rules: [{ ...rule, when }] }, aService({ name: 'zoo' })];
    await using run = await new DaemonHarness({ traffic, services }).start();
    await run.advance(25 * minute);

    expect(run.kinds()).toEqual(['firing', 'resolved']);
    expect(run.lines.filter(({ message }) => message.includes('ended unexpectedly'))).toHaveLength(1);
  });
});
