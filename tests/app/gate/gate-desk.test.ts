import { describe, expect, test } from '@jest/globals';
import { GateBook, type HeldChange } from '../../../src/app/gate/gate-book.ts';
import { createGateDesk, mostHeldADay } from '../../../src/app/gate/gate-desk.ts';
import { silentTelemetry } from '../../../src/app/ports/telemetry.ts';
import type { GateAnswer } from '../../../src/domain/gate/gate-answer.ts';
import { everyService } from '../../../src/domain/gate/gate-event.ts';
import { aGateBench, anOpenIncident } from '../../support/gate-bench.ts';
import { aService } from '../../support/simulation.ts';

const remedies = { incident: 'checkout-20260822T020711Z', by: 'ada', reason: 'reverts 41' };

function setUp() {
  const asked: GateAnswer[] = [];
  const held: HeldChange[] = [];
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
    await bench.clock.advance(0);
    const first = { service: 'checkout', change: 'deploy-42', because: 'incident-open' };
    expect(held).toMatchObject([first, { ...first, change: 'deploy-43' }]);
    expect(bench.written).toMatchObject([
      { type: 'change-held', ...first, state: 'stop' },
      { type: 'change-held', change: 'deploy-43' },
    ]);
  });

  test('counts changes with long ids apart', async () => {
    const { bench, held } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });

    for (const end of ['a', 'b', 'a']) bench.desk.ask('checkout', 'x'.repeat(5_000) + end);
    await bench.clock.advance(0);

    expect(held).toHaveLength(2);
    expect(JSON.stringify(bench.written).length).toBeLessThan(1_000);
  });

  test('counts a change that was held once in all, whatever restarts, and nothing of services that nobody watches', async () => {
    const { bench, held } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });
    bench.desk.ask('checkout', 'deploy-42');
    bench.desk.ask('chekout', 'deploy-42');
    await bench.clock.advance(0);
    expect(held).toHaveLength(1);
    await bench.desk.acts.freeze({ service: everyService, by: 'ada', reason: 'the holidays' });
    expect(bench.desk.ask('chekout', 'deploy-43')).toMatchObject({ action: 'abort', reason: 'frozen' });
    await bench.clock.advance(0);
    expect(held).toHaveLength(1);

    const again: HeldChange[] = [];
    const book = new GateBook((each) => again.push(each));
    book.apply(bench.written);
    expect(again).toMatchObject([{ service: 'checkout', change: 'deploy-42', because: 'incident-open' }]);
    const restarted = createGateDesk({ ...bench, book, telemetry: silentTelemetry });
    restarted.ask('checkout', 'deploy-42');
    await bench.clock.advance(0);
    expect(again).toHaveLength(1);
    expect(bench.written.map(({ type }) => type)).toEqual(['change-held', 'frozen']);
  });

  test('writes no more a day than the disk can bear, however many ids somebody makes up', async () => {
    const { bench } = setUp();
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now() - 60_000) });
    for (let at = 0; at < mostHeldADay + 5; at += 1) bench.desk.ask('checkout', `made-up-${at}`);
    await bench.clock.advance(0);
    expect(bench.written).toHaveLength(mostHeldADay);
    await bench.clock.advance(86_400_000);
    bench.desk.ask('checkout', 'of-tomorrow');
    await bench.clock.advance(0);
    expect(bench.written).toHaveLength(mostHeldADay + 1);
  });

  test('lets no change through as the remedy of what it began before, whatever was recorded of it', async () => {
    const { bench } = setUp();
    bench.report({ change: 'deploy-41', service: 'checkout', remedies });
    await bench.clock.advance(2_000);
    bench.poll('checkout', 0.5, { incident: anOpenIncident(bench.clock.now()) });
    await bench.clock.advance(10_000);
    bench.report({ change: 'deploy-42', service: 'checkout', remedies });

    expect(bench.desk.ask('checkout', 'deploy-41')).toMatchObject({ action: 'abort', reason: 'incident-open' });
    expect(bench.desk.ask('checkout', 'deploy-42')).toMatchObject({ action: 'go', reason: 'remedy' });
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
        ({ message }) => message === 'could not be stored: a change that remedies an incident passed the gate',
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

  test.each([
    ['by its window, where that is short', 10_000, 4_000, 10_000],
    ['by a minute, where its window is long', 3_600_000, 10_000, 60_000],
    ['by four intervals, where polls are rare', 10_000, 120_000, 120_000],
  ])('holds an evaluation to be stale %s', async (_, overMs, maxGapMs, staleAfterMs) => {
    const { bench } = setUp();
    const { endState } = aService({ name: 'checkout' });
    const targets = endState.targets.map((target) => ({ ...target, overMs }));
    bench.poll('checkout', 1, { service: { endState: { ...endState, targets } } });
    const look = bench.looks.get('checkout');
    if (look === undefined) throw new Error('checkout is not watched');
    bench.looks.set('checkout', { ...look, maxGapMs });
    await bench.clock.advance(staleAfterMs);
    expect(bench.desk.of('checkout').state).toBe('pass');
    await bench.clock.advance(1);
    expect(bench.desk.of('checkout')).toMatchObject({ state: 'unknown', reason: 'data-stale' });
  });

  test('says which service may have been meant', () => {
    const { bench } = setUp();
    bench.poll('checkout', 1);
    expect(bench.desk.of('chekout')).toMatchObject({
      state: 'unknown',
      reason: 'unknown-service',
      words: 'no service named chekout is watched: did you mean checkout? Check the name, or declare it in a rule file',
    });
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
