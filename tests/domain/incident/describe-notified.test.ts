import { expect, test } from '@jest/globals';
import { describeNotified, firstNotified } from '../../../src/domain/incident/describe-notified.ts';
import { foldIncident, type Incident } from '../../../src/domain/incident/incident.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';

const at = (seconds: number): number => storyStart + seconds * 1_000;
const silence = { kind: 'maintenance' as const, reason: 'patches', until: at(141) };
const opened = anEvent('opened', 1, 100);
const notified = (seconds: number): StoredEvent => anEvent('notified', 3, seconds);

test.each<[string, readonly StoredEvent[], string | undefined]>([
  [
    'at once',
    [
      { ...opened, recordedAt: at(100) },
      { ...notified(103), recordedAt: at(103) },
    ],
    '3s after it was detected',
  ],
  ['nobody yet', [opened], undefined],
  [
    'after a silence',
    [
      { ...opened, recordedAt: at(100), silencedBy: silence, withheld: ['oncall'] } as StoredEvent,
      anEvent('unsilenced', 2, 141, { kind: 'firing', silence, since: at(100), told: ['oncall'], recordedAt: at(141) }),
      { ...notified(141), recordedAt: at(141) },
    ],
    '41s after it was detected, 0s after the silence ended',
  ],
  [
    'after Andon was away',
    [
      { ...opened, recordedAt: at(105) },
      { ...notified(105), recordedAt: at(105) },
    ],
    '5s after it was detected, 0s after it was recorded',
  ],
])('says how long nobody knew, and what of it the time to notify counts: %s', (_name, events, expected) => {
  const incident = events.reduce<Incident | undefined>(foldIncident, undefined);
  const facts = incident && firstNotified(incident);
  expect(facts && describeNotified(facts)).toBe(expected);
});

const under = { incidentId: 'cart-1', channels: ['oncall'] };
const back = anEvent('resolved', 3, 1300);
const over = (seconds: number) => ({ ...notified(seconds), seq: 9, recordedAt: at(seconds) });

test.each<[string, readonly StoredEvent[], number | undefined]>([
  [
    'joined another one and was handed on by itself later',
    [anEvent('opened', 1, 100, { groupedUnder: under }), anEvent('reminded', 2, 190, { told: ['boss'] }), over(190)],
    undefined,
  ],
  [
    'joined another one and relapsed by itself',
    [
      anEvent('opened', 1, 100, { groupedUnder: under }),
      back,
      anEvent('relapsed', 4, 1500, { told: ['oncall'] }),
      over(1502),
    ],
    undefined,
  ],
  [
    'was back before a silence over it ended, and relapsed after that',
    [
      anEvent('opened', 1, 100, { silencedBy: silence, withheld: ['oncall'] }),
      back,
      anEvent('relapsed', 4, 1500, { told: ['oncall'] }),
      over(1502),
    ],
    undefined,
  ],
  [
    'relapsed under a silence that ended then',
    [
      anEvent('opened', 1, 100, { silencedBy: silence, withheld: ['oncall'] }),
      back,
      anEvent('relapsed', 4, 1500, { silencedBy: silence, withheld: ['oncall'] }),
      anEvent('unsilenced', 5, 1600, { kind: 'relapsed', silence, since: at(100), told: ['oncall'] }),
      over(1605),
    ],
    3_000,
  ],
  [
    'was paged at once, though its channel took the page only after it relapsed',
    [
      anEvent('opened', 1, 100, { told: ['oncall'] }),
      back,
      anEvent('relapsed', 4, 1500, { told: ['oncall'] }),
      over(1502),
    ],
    1_400_000,
  ],
  [
    'pages one channel by itself and joined another one elsewhere',
    [anEvent('opened', 1, 100, { told: ['team'], groupedUnder: under }), over(105)],
    3_000,
  ],
])('counts the page that told of its beginning, and no other: one that %s', (_name, events, expected) => {
  const incident = events.reduce<Incident | undefined>(foldIncident, undefined);
  expect(incident?.timeToNotifyMs).toBe(expected);
});
