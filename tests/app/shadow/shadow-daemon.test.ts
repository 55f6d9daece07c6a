import { expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRule, aService, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const services = [aService({ rules: [aRule({ name: 'on-trial', shadow: true })] })];

async function shadowsIn(store: MemoryStore): Promise<readonly string[]> {
  const events = await store.events(0, 1000);
  return events
    .filter(({ type }) => type.startsWith('shadow'))
    .map(({ type, at }) => `${type} ${Math.round((at - start) / minute)}`);
}

test('what a rule on trial would have stopped is recorded once, whatever is restarted, and nobody is paged', async () => {
  const store = new MemoryStore();
  const counted: string[] = [];
  const telemetry = { shadowStopped: ({ rule }: { readonly rule: string }) => void counted.push(rule) };
  const options = { traffic: stepFault(fault, fault + 10 * minute, 0.5), store, services, telemetry };
  const before = await new DaemonHarness(options).start();
  await before.advance(12 * minute);
  expect(await shadowsIn(store)).toEqual(['shadow-fired 40']);
  expect(before.daemon.shadows.list({ limit: 10 })).toMatchObject([{ rule: 'on-trial', service: 'checkout' }]);
  expect(before.daemon.views()[0]?.scopes[0]).toMatchObject({
    line: 'moving',
    rules: [{ rule: 'on-trial', state: 'firing', shadow: true }],
  });
  expect(before.daemon.gates.ask('checkout')).toMatchObject({ state: 'warn', reason: 'target-missed' });
  await before.stop();
  expect(counted).toEqual(['on-trial']);

  await using after = await new DaemonHarness({ ...options, startsAt: 45 * minute }).start();
  expect(counted).toEqual(['on-trial', 'on-trial']);
  await after.advance(20 * minute);
  expect(await shadowsIn(store)).toEqual(['shadow-fired 40', 'shadow-cleared 51']);
  expect(after.daemon.shadows.list({ limit: 10 })).toMatchObject([{ clearedBecause: 'condition-false' }]);
  expect([...before.kinds(), ...after.kinds(), ...after.incidents()]).toEqual([]);
}, 20_000);

test('one that fired and cleared while Andon was away is found with its times', async () => {
  const store = new MemoryStore();
  const options = { traffic: stepFault(fault, fault + 10 * minute, 0.5), store, services };
  const before = await new DaemonHarness(options).start();
  await before.advance(5 * minute);
  await before.stop();
  await using after = await new DaemonHarness({ ...options, startsAt: 60 * minute }).start();
  await after.advance(1 * minute);
  expect(await shadowsIn(store)).toEqual(['shadow-fired 40', 'shadow-cleared 51']);
}, 20_000);
