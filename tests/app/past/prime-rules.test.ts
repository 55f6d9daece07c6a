import { describe, expect, test } from '@jest/globals';
import { catchUp } from '../../../src/app/past/catch-up.ts';
import { newServiceState, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aRule, aService, below, start, stepFault, type Traffic } from '../../support/simulation.ts';
import { SimulatedSource } from '../../support/simulated-source.ts';

const minute = 60_000;
const patient = aService({ rules: [aRule({ when: below('success_rate', minute, 0.9), forMs: 5 * minute })] });

async function primedState(service: Service, traffic: Traffic, at: number): Promise<ServiceState> {
  const manual = new ManualClock(start + at);
  const clock = { now: () => manual.now(), monotonic: () => manual.monotonic(), sleep: () => Promise.resolve() };
  const source = new SimulatedSource(clock, traffic, start, start + 6 * 60 * minute, 5_000);
  const tools = { source, clock, signal: new AbortController().signal };
  const result = await catchUp(tools, service, newServiceState, timingFor(5_000), start + at);
  if (result.kind === 'failed') throw new Error(result.failure.detail);
  expect(result).toMatchObject({ events: [], missedMs: 0 });
  expect(result).not.toHaveProperty('evaluation');
  return result.state;
}

const ruleOf = (state: ServiceState) => state.scopes.get('')?.rules[0];

describe('a service that was never evaluated', () => {
  test.each([
    ['that has been off for longer than `for`', 30 * minute, 5 * minute],
    ['that has been off for less', 38 * minute, 2 * minute],
  ])('%s is known to have been so for as long, to a tenth of it', async (_, from, offMs) => {
    const at = 40 * minute;
    const rule = ruleOf(await primedState(patient, stepFault(from, 60 * minute, 0.5), at));
    const known = start + at - (rule?.trueSince ?? Infinity);
    expect(known).toBeGreaterThanOrEqual(offMs - 35_000);
    expect(known).toBeLessThan(offMs + 15_000);
    expect(rule?.firing).toBe(false);
  });

  test('that was off, and is not any more, begins with nothing', async () => {
    const state = await primedState(patient, stepFault(35 * minute, 38 * minute, 0.5), 40 * minute);
    expect(ruleOf(state)).toEqual({ rule: 'payments-failing', undecidedMs: 0, firing: false });
    expect(state.scopes.get('')?.incident).toBeUndefined();
  });

  test('whose rules wait for nothing is not judged before its first evaluation', async () => {
    const eager = aService({ rules: [aRule({ when: below('success_rate', minute, 0.9), forMs: 0 })] });
    const state = await primedState(eager, stepFault(30 * minute, 60 * minute, 0.5), 40 * minute);
    expect(state.evaluatedAt).toBeUndefined();
    expect(state.scopes.size).toBe(0);
  });

  test('and is off when Andon starts is paged for by the first evaluation, which is when it was detected', async () => {
    const options = { traffic: stepFault(30 * minute, 60 * minute, 0.5), startsAt: 40 * minute, services: [patient] };
    await using run = await new DaemonHarness(options).start();
    await run.advance(15_000);
    expect(run.kinds()).toEqual(['firing']);
    const [incident] = run.incidents();
    expect(incident?.detectedAt).toBeGreaterThanOrEqual(start + 40 * minute);
    expect(incident?.detectedAt).toBeLessThan(start + 40 * minute + 15_000);
    expect(Math.abs((incident?.onset.at ?? 0) - (start + 30 * minute))).toBeLessThan(10_000);
    expect(run.daemon.gates.ask('checkout')).toMatchObject({ state: 'stop' });
  });
});
