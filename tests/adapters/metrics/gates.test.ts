import { expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { decideGate } from '../../../src/domain/gate/decide-gate.ts';
import { storyStart } from '../../support/incident-story.ts';

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
  telemetry.changeHeld(answer);
  telemetry.gates([{ ...answer, service: 'checkout', state: 'hold' }]);

  const { body } = await telemetry.scrape();
  expect(body).toContain('andon_gate_state{service="checkout",state="hold"} 1');
  expect(body).toContain('andon_gate_state{service="checkout",state="pass"} 0');
  expect(body).toContain(
    'andon_gate_decisions_total{service="",decision="unknown",reason="unknown-service",override="none"} 1',
  );
  expect(body).toContain('andon_gate_changes_held_total{service="",reason="unknown-service"} 1');
  expect(body).not.toContain('chekout');

  telemetry.gates([]);
  expect((await telemetry.scrape()).body).not.toContain('andon_gate_state{');
});
