import { expect, test } from '@jest/globals';
import { foldIncident, type Incident } from '../../../src/domain/incident/incident.ts';
import type { Standing } from '../../../src/domain/incident/standing.ts';
import { planNotifications } from '../../../src/domain/notification/notification-plan.ts';
import { steadied, withFlapping } from '../../../src/domain/notification/flapping.ts';
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

/** Off at 0 s, 1480 s and 2480 s after the story began, and told of some time after that each time. */
const thrice = (() => {
  const onsetAt = (seconds: number) => {
    const at = storyStart + seconds * 1000;
    return { at, earliest: at, latest: at, method: 'change-point' as const };
  };
  const events = [
    anEvent('opened', 1, 100),
    anEvent('resolved', 2, 1300),
    anEvent('relapsed', 3, 1500, { onset: onsetAt(1480) }),
    anEvent('resolved', 4, 2300),
  ];
  const before = events.reduce<Incident | undefined>(foldIncident, undefined);
  return { before, event: anEvent('relapsed', 5, 2500, { onset: onsetAt(2480) }) };
})();

test.each([
  ['all of it', 3_600_000, 2, { times: 3, since: storyStart }],
  ['its relapses, where its beginning is long ago', 2_000_000, 2, { times: 2, since: storyStart + 1_480_000 }],
  ['the newest, where the others are long ago', 500_000, 1, { times: 1, since: storyStart + 2_480_000 }],
])(
  'flapping counts from when it was off, and not from when that was seen: %s',
  (_name, withinMs, relapses, expected) => {
    const { before, event } = thrice;
    const told = withFlapping(event, before, { relapses, withinMs, steadyMs: 60_000 }, event.recordedAt);
    expect(told).toMatchObject({ flapping: { ...expected, steadyMs: 60_000 } });
  },
);

test('what is learnt long after it happened says that it flaps, where it does', () => {
  const { before, event } = thrice;
  const flaps = withFlapping(event, before, { relapses: 2, withinMs: 3_600_000, steadyMs: 60_000 }, event.recordedAt);
  const outcome = foldIncident(before, { ...flaps, seq: 5, recordedAt: event.recordedAt });
  if (outcome === undefined) throw new Error('an incident opens');
  const options = { recordedAt: event.recordedAt, severityBefore: 'page', nextSequence: 3, outcome } as const;
  const [page] = planNotifications(flaps, outcome, { paged: ['oncall'], told: ['oncall'] }, options);
  expect(page?.page.title).toBe(
    'checkout: flapping: off and on 3 times since 02:00:00 UTC; held until it is steady for 1m',
  );
});
