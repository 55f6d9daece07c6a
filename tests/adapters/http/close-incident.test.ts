import { describe, expect, test } from '@jest/globals';
import { IncidentWire } from '../../../src/adapters/http/wire/incident.ts';
import { IncidentRecordWire } from '../../../src/adapters/http/wire/timeline.ts';
import { anEvent } from '../../support/incident-story.ts';
import { aWorld } from './http-world.ts';
import { problemOf } from './problem-of.ts';

const open = [anEvent('opened', 1, 100)];

describe('closing an incident by hand', () => {
  test('closes what nothing else can close, by hand and with a reason', async () => {
    await using world = await aWorld({ events: [...open, anEvent('unwatched', 2, 200)] });
    const path = '/api/v1/incidents/inc-1/close';

    expect(await problemOf(await world.post(path, { by: 'Ada' }))).toMatchObject({ status: 400 });
    const answer = await world.post(path, { by: 'Ada', because: 'it was retired' });
    expect(IncidentWire.parse(await answer.json())).toMatchObject({
      phase: 'closed',
      closedByHand: { by: 'Ada', because: 'it was retired' },
    });
    expect(await problemOf(await world.post(path, { by: 'Ada', because: 'again' }))).toMatchObject({
      status: 409,
      reason: 'closed-incident',
    });
    const record = IncidentRecordWire.parse(await (await world.get('/api/v1/incidents/inc-1')).json());
    expect(record.timeline.at(-1)).toMatchObject({ type: 'closed-by-hand', by: 'Ada', because: 'it was retired' });
  });

  test('does not close by hand what closes by itself', async () => {
    await using world = await aWorld({ events: open });

    const problem = await problemOf(
      await world.post('/api/v1/incidents/inc-1/close', { by: 'Ada', because: 'I want to sleep' }),
    );

    expect(problem).toMatchObject({ status: 409, reason: 'still-watched' });
    expect(problem.detail).toContain('it resolves when its end state has held');
  });
});
