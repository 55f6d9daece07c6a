import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { IncidentRecordWire } from '../../../../src/adapters/http/wire/timeline.ts';
import { anEvent, aWholeStory } from '../../../support/incident-story.ts';
import { aWorld } from '../http-world.ts';

async function tell(events: Parameters<typeof aWorld>[0]): Promise<z.infer<typeof IncidentRecordWire>> {
  await using world = await aWorld(events);
  return IncidentRecordWire.parse(await (await world.get('/api/v1/incidents/inc-1')).json());
}

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
