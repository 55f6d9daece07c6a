import { describe, expect, test } from '@jest/globals';
import { withoutIncident } from '../../../src/domain/incident/adrift.ts';
import { groupKey } from '../../../src/domain/service/group.ts';
import { rebase } from '../../../src/domain/incident/rebase.ts';
import {
  above,
  aGauge,
  aRatio,
  aRule,
  aService,
  Simulation,
  start,
  stepFault,
  type SimulationOptions,
} from '../../support/simulation.ts';

const closedAt = start + 150_000;

/** A shop that fails from the first minute on, whose incident is closed by hand in the third. */
function closedByHand(options: SimulationOptions = { traffic: stepFault(60_000, 600_000, 0.5) }): Simulation {
  const simulation = new Simulation(options).runUntil(150_000);
  const [scope] = simulation.state.scopes.values();
  const left = withoutIncident([...simulation.state.scopes.values()], scope?.incident?.id ?? '', closedAt);
  simulation.state = { ...simulation.state, scopes: new Map(left.map((each) => [groupKey(each.group), each])) };
  return simulation;
}

describe('after an incident was closed by hand', () => {
  test('what is still wrong opens a new one, whose onset is no earlier than the closing', () => {
    const simulation = closedByHand();
    expect(simulation.find('opened').onset.at).toBeLessThan(closedAt - 60_000);

    simulation.runUntil(300_000);

    expect(simulation.story().filter((type) => type === 'opened')).toHaveLength(2);
    const { onset, at } = simulation.find('opened');
    expect(onset.earliest).toBeGreaterThanOrEqual(closedAt);
    expect(onset.at).toBeGreaterThanOrEqual(closedAt);
    expect(onset.latest).toBeLessThanOrEqual(at);
    expect(onset.method).not.toBe('history-limit');
  });

  test('the same where nothing but the rule itself tells of an onset', () => {
    const service = aService({
      signals: [aRatio, aGauge],
      rules: [aRule({ when: { ...above('lag', 10), uses: [{ signal: 'lag', fold: 'latest', windowMs: 60_000 }] } })],
    });
    const simulation = closedByHand({ service, gauge: (t) => (t < 60_000 ? 0 : 20) }).runUntil(300_000);

    expect(simulation.story().filter((type) => type === 'opened')).toHaveLength(2);
    const { onset, at } = simulation.find('opened');
    expect(onset.method).toBe('detection');
    expect(onset.earliest).toBeGreaterThanOrEqual(closedAt);
    expect(onset.latest).toBeLessThanOrEqual(at);
  });

  test('the bound follows a clock that is set', () => {
    const [scope] = rebase(closedByHand().state, -3_600_000).scopes.values();
    expect(scope?.notBefore).toBe(closedAt - 3_600_000);
  });
});
