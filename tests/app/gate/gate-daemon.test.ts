import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { StoredLogEvent } from '../../../src/domain/log/log-event.ts';
import { defaultGatePolicy, type GatePolicy } from '../../../src/domain/service/gate-policy.ts';
import { aBudget, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness, type HarnessOptions } from '../../support/daemon-harness.ts';
import { aRatio, aService, type Traffic } from '../../support/simulation.ts';

const calm: Traffic = { perSecond: () => 20, badShare: () => 0 };
/** Of two hours, ten minutes at 1 %: of a budget of 0.1 % a sixth is left. */
const spending: Traffic = {
  perSecond: () => 20,
  badShare: (t) => (t >= 2 * hour && t < 2 * hour + 10 * minute ? 0.01 : 0),
};
const outage: Traffic = {
  perSecond: () => 100,
  badShare: (t) => (t >= 31 * minute && t < 35 * minute ? 0.5 : 0),
};
const budget = aBudget({ signal: aRatio.name, period: { kind: 'rolling', ms: 2 * hour } });
const words = { by: 'ada', reason: 'the database is being moved' };

async function aDaemon(options: HarnessOptions): Promise<DaemonHarness> {
  return await new DaemonHarness(options).start();
}

/** What the log says of gates. */
async function gateEvents({ store }: DaemonHarness): Promise<readonly StoredLogEvent[]> {
  const events = await store.events(0, 10_000);
  return events.filter(({ type }) => /^(?:frozen|freeze-lifted|gate-overridden|override-ended)$/.test(type));
}

describe('the gate of a running daemon', () => {
  test.each<[string, GatePolicy['budgets'], string, string]>([
    ['warns', { warnBelow: 0.5, holdBelow: 0.1, stopBelow: 0 }, 'warn', 'go'],
    ['holds', { warnBelow: 0.5, holdBelow: 0.2, stopBelow: 0 }, 'hold', 'wait'],
    ['stops', { warnBelow: 0.5, holdBelow: 0.3, stopBelow: 0.2 }, 'stop', 'abort'],
    ['passes', { warnBelow: 0.1, holdBelow: 0.05 }, 'pass', 'go'],
  ])('%s by what is left of the error budget and the policy of the service', async (_, budgets, state, action) => {
    const services = [aService({ budgets: [budget], gate: { ...defaultGatePolicy, budgets } })];
    await using andon = await aDaemon({ traffic: spending, startsAt: 3 * hour, services });
    await andon.advance(15_000);
    expect(andon.daemon.gates.ask('checkout')).toMatchObject({ state, action });
  });

  test('stops with a rule, and with the stop of a service it depends on, until the end state has held', async () => {
    const dependsOn = [{ service: 'checkout', whenStopped: 'stop' as const }];
    const services = [aService(), aService({ name: 'shop', rules: [], gate: { ...defaultGatePolicy, dependsOn } })];
    await using andon = await aDaemon({ traffic: outage, services });
    const reasons = () => ['checkout', 'shop'].map((name) => andon.daemon.gates.ask(name).reason);
    await andon.advance(30_000);
    expect(reasons()).toEqual(['end-state-holds', 'end-state-holds']);
    await andon.advance(3 * minute);
    const [incident] = andon.incidents();
    expect(reasons()).toEqual(['incident-open', 'dependency']);
    expect(andon.daemon.gates.ask('shop').findings[0]).toMatchObject({ incident: incident?.id });
    await andon.advance(20 * minute);
    expect(andon.daemon.gates.ask('checkout').action).toBe('go');
    expect(andon.daemon.gates.ask('shop').action).toBe('go');
  });

  test('asks the source nothing', async () => {
    await using andon = await aDaemon({ traffic: calm });
    await andon.advance(minute);
    const { source } = andon;
    let reads = 0;
    const [read, history] = [source.read.bind(source), source.history.bind(source)];
    source.read = async (...asked) => {
      reads += 1;
      return await read(...asked);
    };
    source.history = async (...asked) => {
      reads += 1;
      return await history(...asked);
    };
    for (let at = 0; at < 100; at += 1) expect(andon.daemon.gates.ask('checkout').state).toBe('pass');
    expect(reads).toBe(0);
    await andon.advance(minute);
    expect(reads).toBeGreaterThan(0);
  });
});

describe('the cord', () => {
  test('holds over a restart, and its end by a person, by expiry and by the end state is in the log with who and why', async () => {
    const store = new MemoryStore();
    const first = await aDaemon({ traffic: calm, store });
    await first.advance(minute);
    const freeze = async (how: object): Promise<string> => {
      const result = await first.daemon.gates.acts.freeze({ service: 'checkout', ...words, ...how });
      if (result.kind !== 'recorded') throw new Error(JSON.stringify(result));
      return result.value.id;
    };
    const byHand = await freeze({});
    const expiring = await freeze({ forMs: 2 * minute });
    const waiting = await freeze({ liftsWhen: 'end-state-held' });
    await first.stop();

    await using second = new DaemonHarness({ traffic: calm, store, startsAt: 32 * minute });
    await second.start();
    await second.advance(15_000);
    expect(second.daemon.gates.ask('checkout')).toMatchObject({ state: 'stop', reason: 'frozen' });
    // It has held for a minute and more since the freeze, half of it while nobody was there.
    expect(second.daemon.gates.freezes().map(({ id }) => id)).toEqual([byHand, expiring]);

    await second.advance(15 * minute);
    expect(second.daemon.gates.freezes().map(({ id }) => id)).toEqual([byHand]);
    expect(await second.daemon.gates.acts.lift(byHand, 'grace', 'it is moved')).toMatchObject({ kind: 'recorded' });
    expect(second.daemon.gates.ask('checkout').state).toBe('pass');
    const [, , , ...ends] = await gateEvents(second);
    expect(ends).toHaveLength(3);
    expect(ends).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'freeze-lifted', freezeId: expiring, because: 'expired' }),
        expect.objectContaining({ type: 'freeze-lifted', freezeId: waiting, because: 'end-state-held' }),
        expect.objectContaining({ freezeId: byHand, because: 'by-hand', by: 'grace', reason: 'it is moved' }),
      ]),
    );
  });

  test('waits on over a restart where the end state did not hold all the while', async () => {
    const store = new MemoryStore();
    const stumbles: Traffic = {
      perSecond: () => 50,
      badShare: (t) => (t >= 31.3 * minute && t < 31.6 * minute ? 0.01 : 0),
    };
    const first = await aDaemon({ traffic: stumbles, store });
    await first.advance(minute);
    await first.daemon.gates.acts.freeze({ service: 'checkout', ...words, liftsWhen: 'end-state-held' });
    await first.stop();

    await using second = new DaemonHarness({ traffic: stumbles, store, startsAt: 32 * minute });
    await second.start();
    await second.advance(75_000);
    expect(second.daemon.gates.freezes()).toHaveLength(1);
    await second.advance(minute);
    expect(second.daemon.gates.freezes()).toEqual([]);
    expect(second.incidents()).toEqual([]);
  });

  test('is overridden by name, with a reason, and both are in the log', async () => {
    await using andon = await aDaemon({ traffic: calm });
    await andon.advance(minute);
    const { acts } = andon.daemon.gates;
    await acts.freeze({ service: 'checkout', ...words });
    const given = await acts.override({ service: 'checkout', by: 'grace', reason: 'customs deadline', forMs: minute });
    if (given.kind !== 'recorded') throw new Error(JSON.stringify(given));
    expect(andon.daemon.gates.ask('checkout')).toMatchObject({ state: 'pass', reason: 'overridden' });
    await acts.endOverride(given.value.id, 'linus', 'it is shipped');
    expect(await gateEvents(andon)).toMatchObject([
      { type: 'frozen', ...words },
      { type: 'gate-overridden', by: 'grace', reason: 'customs deadline' },
      { type: 'override-ended', by: 'linus', reason: 'it is shipped' },
    ]);
  });
});
