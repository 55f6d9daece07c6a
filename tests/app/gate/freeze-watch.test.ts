import { afterEach, describe, expect, test } from '@jest/globals';
import { FreezeWatch } from '../../../src/app/gate/freeze-watch.ts';
import type { OpenIncident } from '../../../src/domain/incident/service-state.ts';
import { aGateBench, anOpenIncident, type GateBench } from '../../support/gate-bench.ts';

const second = 1_000;
const words = { by: 'ada', reason: 'the database is being moved' };
let stop = new AbortController();
let running: Promise<void> | undefined;

afterEach(async () => {
  stop.abort();
  await running;
  stop = new AbortController();
});

function setUp(): GateBench {
  const bench = aGateBench();
  running = new FreezeWatch(bench).run(stop.signal);
  return bench;
}

/** Polls every 5 s, as long as asked. */
async function polls(bench: GateBench, forMs: number, value: number, incident?: OpenIncident) {
  for (let past = 0; past < forMs; past += 5 * second) {
    bench.poll('checkout', value, incident === undefined ? {} : { incident });
    await bench.clock.advance(5 * second);
  }
}

const lifted = ({ written }: GateBench) => written.filter(({ type }) => type === 'freeze-lifted');

describe('a freeze', () => {
  test('that a person lifts in the moment in which it ends by itself is over once', async () => {
    const bench = setUp();
    bench.poll('checkout', 1);
    await bench.acts.freeze({ service: 'checkout', ...words, forMs: 5_500 });
    const { commit } = bench.store;
    const begun: string[] = [];
    let goOn = (): void => undefined;
    const going = new Promise<void>((resolve) => (goOn = resolve));
    bench.store.commit = async (given) => {
      begun.push(...(given.events ?? []).map(({ type }) => type));
      await going;
      return await commit(given);
    };
    await bench.clock.advance(5_400);
    const lift = bench.acts.lift([...bench.book.gates().freezes.keys()][0] ?? '', 'ada', 'moved');
    await bench.clock.advance(2 * second);
    goOn();
    expect(await lift).toMatchObject({ kind: 'recorded' });
    await bench.clock.advance(5 * second);
    expect(begun).toEqual(['freeze-lifted']);
    expect(lifted(bench)).toMatchObject([{ because: 'by-hand' }]);
  });

  test('that expires is recorded as over', async () => {
    const bench = setUp();
    bench.poll('checkout', 1);
    await bench.acts.freeze({ service: 'checkout', ...words, forMs: 30 * second });
    await bench.clock.advance(29 * second);
    expect(lifted(bench)).toEqual([]);
    await bench.clock.advance(2 * second);
    expect(lifted(bench)).toMatchObject([{ service: 'checkout', because: 'expired' }]);
    await bench.clock.advance(60 * second);
    expect(lifted(bench)).toHaveLength(1);
  });

  test('that waits for the end state is lifted when that has held for `hold` since the freeze', async () => {
    const bench = setUp();
    await polls(bench, 300 * second, 1);
    await bench.acts.freeze({ service: 'checkout', ...words, liftsWhen: 'end-state-held' });
    await polls(bench, 55 * second, 1);
    expect(lifted(bench)).toEqual([]);
    await polls(bench, 20 * second, 1);
    expect(lifted(bench)).toMatchObject([{ because: 'end-state-held' }]);
    expect(bench.desk.ask('checkout').state).toBe('pass');
  });

  test('begins to wait anew when a target is missed, when polls stop, and while an incident is open', async () => {
    const bench = setUp();
    bench.poll('checkout', 1);
    await bench.acts.freeze({ service: 'checkout', ...words, liftsWhen: 'end-state-held' });
    await polls(bench, 50 * second, 1);
    await polls(bench, 5 * second, 0.5);
    await polls(bench, 50 * second, 1);
    await bench.clock.advance(30 * second);
    await polls(bench, 50 * second, 1);
    await polls(bench, 120 * second, 1, anOpenIncident(bench.clock.now()));
    expect(lifted(bench)).toEqual([]);
    await polls(bench, 70 * second, 1);
    expect(lifted(bench)).toHaveLength(1);
  });

  test('that waits for the end state is not lifted while no group of the service has series', async () => {
    const bench = setUp();
    bench.poll('checkout', 1);
    await bench.acts.freeze({ service: 'checkout', ...words, liftsWhen: 'end-state-held' });
    for (let past = 0; past < 300 * second; past += 5 * second) {
      bench.poll('checkout', 1);
      const look = bench.looks.get('checkout');
      if (look !== undefined)
        bench.looks.set('checkout', { ...look, view: { ...look.view, scopes: [] }, scopes: new Map() });
      await bench.clock.advance(5 * second);
    }
    expect(lifted(bench)).toEqual([]);
    await polls(bench, 70 * second, 1);
    expect(lifted(bench)).toHaveLength(1);
  });

  test('is recorded as over once the store takes it again', async () => {
    const bench = setUp();
    bench.poll('checkout', 1);
    await bench.acts.freeze({ service: 'checkout', ...words, forMs: 30 * second });
    bench.refuses = true;
    await bench.clock.advance(40 * second);
    expect(bench.desk.ask('checkout').reason).not.toBe('frozen');
    bench.refuses = false;
    await bench.clock.advance(2 * second);
    expect(lifted(bench)).toHaveLength(1);
  });
});
