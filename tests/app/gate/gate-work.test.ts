import { expect, test } from '@jest/globals';
import { toGateWire } from '../../../src/adapters/http/wire/gate.ts';
import { judge } from '../../../src/domain/reading/verdict.ts';
import { aGateBench, anOpenIncident, aVerdict } from '../../support/gate-bench.ts';

test('a gate answers from what is in memory in well under a millisecond, however much there is', async () => {
  const bench = aGateBench();
  const dependsOn = [{ service: 'payments', whenStopped: 'stop' as const }];
  bench.poll('payments', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });
  bench.poll('checkout', 1, { service: { gate: { onUnknown: 'hold', budgets: {}, dependsOn } } });
  const look = bench.looks.get('checkout');
  if (look === undefined) throw new Error('checkout was polled');
  // As many groups as a service may well have, each with a target that is held and one that is unknown.
  const scopes = Array.from({ length: 20 }, (_, at) => {
    const held = aVerdict(1, bench.clock.now());
    const missing = judge(held.target, { kind: 'unknown', reason: 'no-data', detail: 'no series' });
    return { group: { region: `r${at}` }, line: 'moving' as const, targets: [held, missing], rules: [] };
  });
  bench.looks.set('checkout', { ...look, view: { ...look.view, scopes } });
  for (let at = 0; at < 50; at += 1) {
    bench.report({ change: `deploy-${at}`, service: 'checkout' });
    await bench.acts.freeze({ service: 'checkout', by: 'ada', reason: 'the database is being moved' });
  }
  const timesMs: number[] = [];
  const ask = (): void => {
    const begun = performance.now();
    const answer = JSON.stringify(toGateWire(bench.desk.ask('checkout', 'deploy-1')));
    timesMs.push(performance.now() - begun);
    expect(answer).toContain('"reason":"frozen"');
  };
  for (let at = 0; at < 200; at += 1) ask();
  timesMs.length = 0;
  for (let at = 0; at < 500; at += 1) ask();
  // The median, since whatever else the machine does meets some of them.
  expect(timesMs.sort((a, b) => a - b)[250]).toBeLessThan(0.5);
});
