import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { decideGate } from '../../../src/domain/gate/decide-gate.ts';
import { defaultGatePolicy } from '../../../src/domain/service/gate-policy.ts';
import { aVerdict } from '../../support/gate-bench.ts';
import { storyStart } from '../../support/incident-story.ts';

const held = aVerdict(1, storyStart);
const anIncident = { id: 'checkout-1', severity: 'page', onsetAt: storyStart - 60_000 } as const;

test('deployments that waited for a gate are counted by how that ended, from zero on', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24', now: () => storyStart });
  telemetry.protectionAnswered('waited-too-long');
  const { body } = await telemetry.scrape();
  expect(body).toContain('andon_gate_protections_total{result="waited-too-long"} 1');
  for (const result of ['approved', 'rejected', 'refused'])
    expect(body).toContain(`andon_gate_protections_total{result="${result}"} 0`);
});

test('gates have one state each, and names that somebody only asked for make no series', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24', now: () => storyStart });
  const answer = decideGate({ service: 'chekout', freezes: [], dependencies: [] }, storyStart);
  telemetry.gateAsked(answer);
  telemetry.gates([{ ...answer, service: 'checkout', state: 'hold' }]);

  const { body } = await telemetry.scrape();
  expect(body).toContain('andon_gate_state{service="checkout",state="hold"} 1');
  expect(body).toContain('andon_gate_state{service="checkout",state="pass"} 0');
  expect(body).toContain(
    'andon_gate_decisions_total{service="",decision="unknown",reason="unknown-service",override="none"} 1',
  );
  expect(body).not.toContain('chekout');

  telemetry.gates([]);
  expect((await telemetry.scrape()).body).not.toContain('andon_gate_state{');
});

test('decisions are counted by what was said, why, and whether somebody gave leave', async () => {
  const telemetry = createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24', now: () => storyStart });
  const frozen = {
    id: 'f',
    service: 'checkout',
    by: 'ada',
    reason: 'x',
    at: storyStart,
    liftsWhen: 'by-hand',
  } as const;
  const facts = {
    service: 'checkout',
    watched: {
      policy: defaultGatePolicy,
      staleAfterMs: 60_000,
      dataAgeMs: 1_000,
      scopes: [{ group: {}, verdicts: [held] }],
      budgets: [],
    },
    freezes: [frozen],
    dependencies: [],
  };
  const override = { ...frozen, until: storyStart + 60_000 };
  const scopes = [{ group: {}, verdicts: [], incident: { ...anIncident, rules: ['failing'] } }];
  const remedy = { change: 'fix', incident: anIncident.id, by: 'ada', reason: 'reverts 41' };
  for (const asked of [
    facts,
    facts,
    { ...facts, override },
    { ...facts, freezes: [], watched: { ...facts.watched, scopes }, remedy },
    { ...facts, freezes: [] },
  ])
    telemetry.gateAsked(decideGate(asked, storyStart));

  const { body } = await telemetry.scrape();
  expect(
    body
      .split('\n')
      .filter((line) => line.startsWith('andon_gate_decisions_total'))
      .sort(),
  ).toEqual([
    'andon_gate_decisions_total{service="checkout",decision="pass",reason="end-state-holds",override="none"} 1',
    'andon_gate_decisions_total{service="checkout",decision="pass",reason="overridden",override="overridden"} 1',
    'andon_gate_decisions_total{service="checkout",decision="pass",reason="remedy",override="remedy"} 1',
    'andon_gate_decisions_total{service="checkout",decision="stop",reason="frozen",override="none"} 2',
  ]);
});
