import { describe, expect, test } from '@jest/globals';
import type { Suspect } from '../../../src/domain/change/suspect.ts';
import { foldIncident, type Incident } from '../../../src/domain/incident/incident.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { planNotifications } from '../../../src/domain/notification/notification-plan.ts';
import { anEvent, aSuspect } from '../../support/incident-story.ts';

function fold(events: readonly StoredEvent[]): Incident {
  let incident: Incident | undefined;
  for (const event of events) incident = foldIncident(incident, event);
  if (incident === undefined) throw new Error('no incident');
  return incident;
}

function pageOf(suspects: readonly Suspect[]) {
  const event = anEvent('opened', 1, 100, { suspects });
  const [planned] = planNotifications(
    event,
    fold([event]),
    { paged: ['on-call'], told: [] },
    {
      recordedAt: event.recordedAt,
      severityBefore: undefined,
      nextSequence: 1,
    },
  );
  return planned?.page;
}

describe('the page of an incident with suspects', () => {
  test.each<[string, readonly Suspect[], RegExp]>([
    ['names a single one whose signal shifted', [aSuspect()], / — since 02:00:00 UTC, 4m after deploy v42$/],
    ['names one without a version by its id', [withoutVersion(aSuspect())], /, 4m after deploy deploy-42$/],
    [
      'names a change of configuration',
      [aSuspect({ kind: 'configuration', version: 'r7' })],
      /, 4m after configuration change r7$/,
    ],
    [
      'names one that began within the bounds of the onset',
      [aSuspect({ onsetAfterMs: -3000 })],
      /, about when deploy v42 began$/,
    ],
    [
      'names none of two',
      [aSuspect({ standing: 'confounded', others: 1 }), aSuspect({ change: 'd2', standing: 'confounded', others: 1 })],
      / — since 02:00:00 UTC$/,
    ],
    [
      'names none whose signal may not have shifted',
      [aSuspect({ shift: { verdict: 'unknown' }, sureness: 'possible' })],
      / — since 02:00:00 UTC$/,
    ],
  ])('%s in its title', (_name, suspects, title) => {
    expect(pageOf(suspects)?.title).toMatch(title);
  });

  test('has all of them with the way back', () => {
    expect(pageOf([aSuspect()])?.suspects).toEqual([aSuspect()]);
    expect(pageOf([])).not.toHaveProperty('suspects');
  });
});

describe('the suspects of an incident', () => {
  const opened = anEvent('opened', 1, 100, { suspects: [aSuspect()] });

  test.each<[string, StoredEvent, readonly Suspect[] | undefined]>([
    [
      'are those that were said last',
      anEvent('suspected', 2, 200, { suspects: [aSuspect({ change: 'd2' })] }),
      [aSuspect({ change: 'd2' })],
    ],
    ['may be none any more', anEvent('suspected', 2, 200, { suspects: [] }), undefined],
    ['stand when a relapse brings none', anEvent('relapsed', 2, 200), [aSuspect()]],
    [
      'are those of a relapse',
      anEvent('relapsed', 2, 200, { suspects: [aSuspect({ others: 0, share: 0.7 })] }),
      [aSuspect({ share: 0.7 })],
    ],
  ])('%s', (_name, event, suspects) => {
    expect(fold([opened, event]).suspects).toEqual(suspects);
  });

  test('are told to nobody by themselves', () => {
    const event = anEvent('suspected', 2, 200);
    const audience = { paged: ['on-call'], told: ['on-call'] };
    const options = { recordedAt: event.recordedAt, severityBefore: 'page' as const, nextSequence: 2 };
    expect(planNotifications(event, fold([opened, event]), audience, options)).toEqual([]);
  });
});

function withoutVersion({ version: _version, ...suspect }: Suspect): Suspect {
  return suspect;
}
