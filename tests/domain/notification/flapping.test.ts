import { expect, test } from '@jest/globals';
import { foldIncident, type Incident } from '../../../src/domain/incident/incident.ts';
import type { Standing } from '../../../src/domain/incident/standing.ts';
import { steadied } from '../../../src/domain/notification/flapping.ts';
import { anEvent, storyStart, successRate } from '../../support/incident-story.ts';

const policy = { relapses: 1, withinMs: 3_600_000, steadyMs: 600_000 };
const flapping = { times: 2, since: storyStart, steadyMs: policy.steadyMs };
const incident = [
  anEvent('opened', 1, 100, { told: ['oncall'] }),
  anEvent('resolved', 2, 1300, { withheld: ['oncall'] }),
  anEvent('relapsed', 3, 1500, { flapping }),
].reduce<Incident | undefined>(foldIncident, undefined);
const now = storyStart + 3_000_000;
const held = { ...successRate, verdict: 'held' as const };

test.each<[string, Standing, boolean]>([
  ['its targets are missed', { verdicts: [successRate] }, true],
  ['some of them are', { verdicts: [held, successRate] }, true],
  ['nobody knows', {}, true],
  ['its end state holds', { verdicts: [held], held: { forMs: 1_000, ofMs: 10_000 } }, false],
  ['its targets hold, though a rule is still true', { verdicts: [held] }, false],
])('an incident that flaps is told to be steadily off, or not yet: %s', (_name, standing, isTold) => {
  if (incident === undefined) throw new Error('an incident opens');
  expect(steadied(incident, policy, standing, now)?.kind).toBe(isTold ? 'relapsed' : undefined);
});
