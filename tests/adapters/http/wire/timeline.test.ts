import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { IncidentRecordWire, toTimelineWire } from '../../../../src/adapters/http/wire/timeline.ts';
import type { ServiceView } from '../../../../src/app/views/service-view.ts';
import { aClaim, anEvent, aStop, aWholeStory } from '../../../support/incident-story.ts';
import { checkoutView, searchView, viewsKeptOpen } from '../../../support/service-views.ts';
import { aWorld } from '../http-world.ts';

async function tell(events: Parameters<typeof aWorld>[0]): Promise<z.infer<typeof IncidentRecordWire>> {
  await using world = await aWorld(events);
  return IncidentRecordWire.parse(await (await world.get('/api/v1/incidents/inc-1')).json());
}

describe('what keeps an incident open', () => {
  test('is told with the values of now, for people and for programs', async () => {
    const { now } = await tell({ events: [anEvent('opened', 1, 100)], parts: { services: () => viewsKeptOpen() } });
    expect(now).toMatchObject({
      at: '2026-08-22T02:02:00.000Z',
      keptOpenBy: [
        expect.stringContaining('burns at 21.3x over 1h and 18x over 5m (fires above 14.4x)'),
        expect.stringContaining('lagging cannot be decided'),
        expect.stringContaining('Target missed'),
        expect.stringContaining('Target unknown'),
      ],
      rules: [
        {
          rule: 'success-rate-budget-page',
          truth: 'true',
          tiers: [
            { longWindowSeconds: 3600, longBurnRate: 21.34, shortWindowSeconds: 300, shortBurnRate: 18, factor: 14.4 },
          ],
          readings: [
            {
              signal: 'success_rate',
              budget: 'success_rate',
              fold: 'burn-rate',
              windowSeconds: 3600,
              reading: { value: 21.34 },
            },
            { windowSeconds: 300 },
          ],
        },
        {
          rule: 'lagging',
          truth: 'unknown',
          readings: [{ fold: 'latest', unit: 'seconds', reading: { value: null } }],
        },
      ],
      targets: [{ verdict: 'missed' }, { verdict: 'unknown' }],
      holdSeconds: 600,
      heldSeconds: 0,
      budgetsSpent: [{ budget: 'success_rate', spent: 0.0278, remaining: 0.872 }],
    });
    expect(now).not.toHaveProperty('heldSince');
  });

  test.each([
    ['resolved', [anEvent('opened', 1, 100), anEvent('resolved', 2, 1300)], () => viewsKeptOpen()],
    ['not evaluated yet', [anEvent('opened', 1, 100)], () => [checkoutView]],
    ['watched by nobody', [anEvent('opened', 1, 100)], () => [searchView]],
    ['another one of the service', [anEvent('opened', 1, 100)], () => viewsKeptOpen().map(renamed)],
  ])('is absent of one that is %s', async (_, events, services) => {
    expect(await tell({ events, parts: { services } })).not.toHaveProperty('now');
  });

  function renamed(view: ServiceView): ServiceView {
    return { ...view, scopes: view.scopes.map((scope) => ({ ...scope, incidentId: 'inc-2' })) };
  }
});

test('a stop tells what its rule saw of error budgets, and the incident when that was', async () => {
  const budgets = ['Error budget success rate: burns at 20x over 1h'];
  const joined = anEvent('rule-joined', 2, 160, { stop: aStop({ rule: 'budget-burning', budgets }) });
  const { incident, timeline } = await tell({ events: [anEvent('opened', 1, 100), joined] });
  expect(timeline[1]).toMatchObject({ stop: { budgets } });
  expect(timeline[0]).not.toHaveProperty('stop.budgets');
  expect(incident).toMatchObject({ budgets, budgetsAt: '2026-08-22T02:02:40.000Z' });
});

test('a new declaration tells what it changed, where that is known', async () => {
  const changes = [{ what: 'target', name: 'success_rate', change: 'added', to: 'at least 99%' }] as const;
  const events = [
    anEvent('opened', 1, 100),
    anEvent('definition-changed', 2, 200, { changes, furtherChanges: 1 }),
    anEvent('definition-changed', 3, 300),
  ];
  const { timeline } = await tell({ events });
  expect(timeline[1]).toMatchObject({ changes, furtherChanges: 1 });
  expect(timeline[2]).not.toHaveProperty('changes');
});

test('what people said mends it stands where they said it', () => {
  const timeline = toTimelineWire([anEvent('opened', 1, 100), anEvent('acknowledged', 3, 300)], [aClaim(2, 200)]);
  expect(timeline.map(({ seq, type }) => [seq, type])).toEqual([
    [1, 'opened'],
    [2, 'remedy-claimed'],
    [3, 'acknowledged'],
  ]);
});

test('that a silence had kept it from everybody is told with when that ended', async () => {
  const events = [anEvent('opened', 1, 100), anEvent('unsilenced', 2, 200), anEvent('notified', 3, 260)];
  const { incident } = await tell({ events });
  expect(incident).toMatchObject({ silenceEndedAt: '2026-08-22T02:03:22.000Z', timeToNotifySeconds: 60 });
  const { incident: other } = await tell({ events: [anEvent('opened', 1, 100), anEvent('notified', 2, 160)] });
  expect(other).not.toHaveProperty('silenceEndedAt');
});

describe('what an incident spent of error budgets', () => {
  test('is told of the incident and with the event that resolved it', async () => {
    const budgetsSpent = [
      { budget: 'success_rate', spent: 0.0278, remaining: 0.872 },
      { budget: 'latency', spent: 0.5, remaining: -0.1, about: true },
    ];
    const { incident, timeline } = await tell({
      events: [anEvent('opened', 1, 100), anEvent('resolved', 2, 1300, { budgetsSpent })],
    });

    expect(incident.budgetsSpent).toEqual(budgetsSpent);
    expect(timeline.at(-1)).toMatchObject({ type: 'resolved', budgetsSpent });
  });

  test('is absent from what an older Andon stored', async () => {
    const { incident, timeline } = await tell({ events: aWholeStory() });

    expect(incident).not.toHaveProperty('budgetsSpent');
    expect(timeline.find(({ type }) => type === 'resolved')).not.toHaveProperty('budgetsSpent');
  });
});
