import { describe, expect, test } from '@jest/globals';
import { lookFurtherBack } from '../../../src/app/past/look-further-back.ts';
import type { OpenIncident } from '../../../src/domain/incident/service-state.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import type { Condition } from '../../../src/domain/service/condition.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { aBudget } from '../../domain/budget/budgets.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SimulatedSource } from '../../support/simulated-source.ts';
import { aRule, aService } from '../../support/simulation.ts';

const minute = 60_000;
const hour = 60 * minute;
const timing = timingFor(10_000);

/** Asks for the onset of what was found after eight hours; traffic by the time since the beginning, ms. */
async function look(badShare: (t: number) => number, service: Service, notBefore?: number) {
  const clock = new ManualClock();
  const now = clock.now();
  const from = now - 8 * hour;
  const source = new SimulatedSource(clock, { perSecond: () => 10, badShare }, from, now, 10_000);
  const at = now - 20 * minute;
  const incident: OpenIncident = {
    id: 'checkout-1',
    detectedAt: now,
    severity: 'page',
    rules: ['payments-failing'],
    onset: { at, earliest: at, latest: at, method: 'history-limit', signal: 'success_rate' },
    onsetSettled: false,
    revision: 'r1',
    endState: 'Customers can pay',
    relapses: 0,
    undecidedMs: 0,
    blinded: false,
  };
  const scope = { group: {}, rules: [], incident, ...(notBefore === undefined ? {} : { notBefore: from + notBefore }) };
  const found = await lookFurtherBack(source, service, scope, incident, timing, now, AbortSignal.timeout(10_000));
  return { onset: found?.scope.incident?.onset, since: (t: number) => from + t };
}

const fast = (t: number): number => (t < 2 * hour ? 0 : 0.05);

describe('an onset that is older than what is remembered', () => {
  test('is found in what the source has', async () => {
    const { onset, since } = await look(fast, aService());
    expect(onset?.method).not.toBe('history-limit');
    expect(Math.abs((onset?.at ?? 0) - since(2 * hour))).toBeLessThanOrEqual(10_000);
  });

  test('is not looked for in an incident that was over before it', async () => {
    const { onset, since } = await look(fast, aService(), 5 * hour);
    expect(onset?.earliest).toBeGreaterThanOrEqual(since(5 * hour));
    expect(onset?.at).toBeLessThanOrEqual(since(5 * hour + 5 * minute));
  });

  test('is held against the budget of a rule that was renamed since', async () => {
    const when: Condition = {
      text: 'success_rate.burnRate("1h") > 10',
      uses: [{ signal: 'success_rate', budget: 'success_rate', fold: 'burn-rate', windowMs: hour }],
      evaluate: () => ({ kind: 'true' }),
    };
    const renamed = aService({
      endState: { ...aService().endState, targets: [] },
      budgets: [aBudget({ name: 'success_rate', signal: 'success_rate' })],
      rules: [aRule({ name: 'budget-burning', formerly: ['payments-failing'], when })],
    });
    const { onset, since } = await look(fast, renamed);
    expect(Math.abs((onset?.at ?? 0) - since(2 * hour))).toBeLessThanOrEqual(10_000);
  });
});
