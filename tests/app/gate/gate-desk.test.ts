import { describe, expect, test } from '@jest/globals';
import { GateBook } from '../../../src/app/gate/gate-book.ts';
import { createGateDesk } from '../../../src/app/gate/gate-desk.ts';
import { silentTelemetry } from '../../../src/app/ports/telemetry.ts';
import type { GateAnswer } from '../../../src/domain/gate/gate-answer.ts';
import { aGateBench, anOpenIncident } from '../../support/gate-bench.ts';

const remedies = { incident: 'checkout-20260822T020711Z', by: 'ada', reason: 'reverts 41' };

function setUp() {
  const asked: GateAnswer[] = [];
  const held: GateAnswer[] = [];
  const bench = aGateBench({
    gateAsked: (answer) => asked.push(answer),
    changeHeld: (answer) => held.push(answer),
  });
  return { bench, asked, held };
}

describe('asking a gate', () => {
  test('counts each answer, and each change that is held once', async () => {
    const { bench, asked, held } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });

    bench.desk.ask('checkout');
    bench.desk.ask('checkout', 'deploy-42');
    bench.desk.ask('checkout', 'deploy-42');
    bench.desk.ask('checkout', 'deploy-43');

    expect(asked.map(({ reason }) => reason)).toEqual(Array(4).fill('incident-open'));
    expect(held).toHaveLength(2);
    await Promise.resolve();
    expect(bench.written).toEqual([]);
  });

  test('counts changes with long ids apart', () => {
    const { bench, held } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });

    for (const end of ['a', 'b', 'a']) bench.desk.ask('checkout', 'x'.repeat(5_000) + end);

    expect(held).toHaveLength(2);
  });

  test('stops for an open incident of a group that the last poll did not show', () => {
    const { bench } = setUp();
    bench.poll('checkout', 1, { incident: anOpenIncident(bench.clock.now() - 60_000) });
    const look = bench.looks.get('checkout');
    if (look === undefined) throw new Error('checkout is not watched');
    bench.looks.set('checkout', { ...look, view: { ...look.view, scopes: [] } });

    expect(bench.desk.ask('checkout')).toMatchObject({ action: 'abort', reason: 'incident-open' });
  });

  test('lets the fix of the open incident through, and records once who takes it upon them', async () => {
    const { bench, held } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });
    bench.report({ change: 'deploy-43', service: 'checkout', remedies });

    expect(bench.desk.ask('checkout', 'deploy-43')).toMatchObject({ action: 'go', reason: 'remedy' });
    expect(bench.desk.ask('checkout', 'deploy-43')).toMatchObject({ action: 'go', reason: 'remedy' });
    expect(bench.desk.ask('checkout', 'deploy-42')).toMatchObject({ action: 'abort' });
    await bench.clock.advance(0);

    expect(bench.written.filter(({ type }) => type === 'remedy-passed')).toMatchObject([
      { service: 'checkout', change: 'deploy-43', ...remedies },
    ]);
    expect(held).toHaveLength(1);
  });

  test('answers while the store is full, and the log says what could not be kept', async () => {
    const { bench } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });
    bench.report({ change: 'deploy-43', service: 'checkout', remedies });
    bench.refuses = true;

    expect(bench.desk.ask('checkout', 'deploy-43').action).toBe('go');
    await bench.clock.advance(0);

    const failures = () =>
      bench.log.lines.filter(
        ({ message }) => message === 'that a change passed the gate as a remedy could not be stored',
      );
    expect(failures()).toHaveLength(1);

    // A tool that asks on and on does not flood the log, and who took it upon them is written once the store takes it.
    bench.desk.ask('checkout', 'deploy-43');
    await bench.clock.advance(0);
    expect(failures()).toHaveLength(1);
    bench.refuses = false;
    await bench.clock.advance(5_000);
    bench.desk.ask('checkout', 'deploy-43');
    await bench.clock.advance(0);
    bench.desk.ask('checkout', 'deploy-43');
    await bench.clock.advance(0);
    expect(bench.written.filter(({ type }) => type === 'remedy-passed')).toMatchObject([
      { change: 'deploy-43', ...remedies },
    ]);
  });

  test('records a change that remedies another incident anew, and none again after a restart', async () => {
    const { bench } = setUp();
    const incident = anOpenIncident(bench.clock.now() - 60_000);
    bench.poll('checkout', 0.5, { incident });
    bench.report({ change: 'deploy-43', service: 'checkout', remedies });
    bench.desk.ask('checkout', 'deploy-43');
    await bench.clock.advance(0);

    const book = new GateBook();
    book.apply(bench.written);
    const { gatekeeper, acts, store, clock, log } = bench;
    const restarted = createGateDesk({ gatekeeper, acts, book, store, clock, log, telemetry: silentTelemetry });
    expect(restarted.ask('checkout', 'deploy-43').reason).toBe('remedy');
    await bench.clock.advance(0);

    bench.poll('checkout', 0.5, { incident: { ...incident, id: 'checkout-20260822T050000Z' } });
    bench.report({
      change: 'deploy-43',
      service: 'checkout',
      remedies: { ...remedies, incident: 'checkout-20260822T050000Z' },
    });
    expect(restarted.ask('checkout', 'deploy-43').reason).toBe('remedy');
    await bench.clock.advance(0);
    expect(bench.written.flatMap((event) => (event.type === 'remedy-passed' ? [event.incident] : []))).toEqual([
      remedies.incident,
      'checkout-20260822T050000Z',
    ]);
  });

  test('knows that polls have stopped, by the age of the last one', async () => {
    const { bench } = setUp();
    bench.poll('checkout', 1);
    await bench.clock.advance(60_000);
    expect(bench.desk.ask('checkout').state).toBe('pass');
    await bench.clock.advance(1_000);
    expect(bench.desk.ask('checkout')).toMatchObject({ state: 'unknown', action: 'wait', reason: 'data-stale' });
  });

  test('does not let two services that depend on each other hold one another for ever', () => {
    const { bench } = setUp();
    const gate = (service: string) => ({
      gate: { onUnknown: 'hold' as const, budgets: {}, dependsOn: [{ service, whenStopped: 'stop' as const }] },
    });
    const incident = anOpenIncident(bench.clock.now() - 60_000);
    bench.poll('checkout', 0.5, { incident, service: gate('payments') });
    bench.poll('payments', 1, { service: gate('checkout') });
    expect(bench.desk.ask('payments').reason).toBe('dependency');
    bench.poll('checkout', 1, { service: gate('payments') });
    expect(bench.desk.answers().map(({ state }) => state)).toEqual(['pass', 'pass']);
  });
});
