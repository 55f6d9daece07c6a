import { expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';
import { start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
const fault = 40 * minute;
const traffic = stepFault(fault, fault + 5 * minute, 0.5);

function forgetful(): ScriptedChannel {
  const channel = new ScriptedChannel('on-call');
  channel.resend = { everyMs: minute, resolvedForMs: 15 * minute };
  return channel;
}

const heard = ({ accepted }: ScriptedChannel) =>
  accepted.map(({ notification, again }) => `${notification.kind}${again === true ? ' again' : ''}`);

/** A daemon on what the one before it left, with one channel whose receiver forgets. */
async function aDaemon(store: MemoryStore, channel: ScriptedChannel, startsAt?: number): Promise<DaemonHarness> {
  const run = new DaemonHarness({ traffic, store, ...(startsAt === undefined ? {} : { startsAt }) });
  run.configured = { ...run.configured, channels: [channel] };
  return await run.start();
}

test('what channels were told of incidents is told on after restarts, of an end for a quarter of an hour in all', async () => {
  const store = new MemoryStore();
  const [first, second, third, fourth] = [forgetful(), forgetful(), forgetful(), forgetful()];

  const opening = await aDaemon(store, first);
  await opening.advance(11 * minute);
  expect(heard(first)[0]).toBe('firing');
  await opening.stop();

  const resolving = await aDaemon(store, second, opening.clock.now() - start);
  await resolving.advance(8 * minute);
  expect(heard(second)[0]).toBe('firing again');
  expect(heard(second)).toContain('resolved');
  await resolving.stop();

  const watching = await aDaemon(store, third, resolving.clock.now() - start);
  await watching.advance(30 * minute);
  expect(new Set(heard(third))).toEqual(new Set(['resolved again']));
  const ends = heard(second).filter((each) => each === 'resolved again').length + heard(third).length;
  expect(ends).toBeGreaterThanOrEqual(13);
  expect(ends).toBeLessThanOrEqual(16);
  await watching.stop();

  await using run = await aDaemon(store, fourth, watching.clock.now() - start);
  await run.advance(5 * minute);
  expect(heard(fourth)).toEqual([]);
});
