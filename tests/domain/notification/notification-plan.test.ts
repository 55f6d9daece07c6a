import { describe, expect, test } from '@jest/globals';
import type { Standing } from '../../../src/domain/incident/standing.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { foldIncident } from '../../../src/domain/incident/incident.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { notificationId, planNotifications } from '../../../src/domain/notification/notification-plan.ts';
import type { Onset } from '../../../src/domain/estimate/onset.ts';
import type { TargetVerdict } from '../../../src/domain/reading/verdict.ts';
import { anEvent, aStop, eventTypes, replicationLag, storyStart, successRate } from '../../support/incident-story.ts';

interface Told {
  readonly notifications: readonly Notification[];
  readonly incident: Incident;
}

/** What the last of the events is told as, to one channel that was told of those before unless told otherwise. */
function tell(
  events: readonly StoredEvent[],
  paged: readonly string[] = ['oncall'],
  externalUrl?: string,
  told: readonly string[] = paged,
): Told {
  let before: Incident | undefined;
  let incident: Incident | undefined;
  for (const event of events) {
    before = incident;
    incident = foldIncident(incident, event);
  }
  const event = events.at(-1);
  if (event === undefined || incident === undefined) throw new Error('a story has at least its opening');
  const audience = { paged, told: before === undefined ? [] : told };
  const notifications = planNotifications(event, incident, audience, {
    recordedAt: event.recordedAt,
    severityBefore: before?.severity,
    nextSequence: events.length,
    ...(externalUrl === undefined ? {} : { externalUrl }),
  });
  return { notifications, incident };
}

function titleOf(events: readonly StoredEvent[]): string | undefined {
  return tell(events).notifications[0]?.page.title;
}

const opened = anEvent('opened', 1, 100);
const asTicket = anEvent('opened', 1, 100, { stop: aStop({ severity: 'ticket' }) });
const resolved = anEvent('resolved', 2, 1300);
const patches = { kind: 'maintenance', reason: 'patches', until: storyStart + 300_000 } as const;

function anOnset(at: number): Onset {
  return { at, earliest: at, latest: at, method: 'change-point' };
}

function settledTo(at: number): StoredEvent {
  return anEvent('onset-settled', 2, 160, { onset: anOnset(at) });
}

function stopOf(...verdicts: TargetVerdict[]): StoredEvent {
  return anEvent('opened', 1, 100, { stop: aStop({ verdicts }) });
}

function linkUnder(externalUrl?: string): string | undefined {
  return tell([opened], ['oncall'], externalUrl).notifications[0]?.page.link;
}

/** What was kept back, or came to be told with it. */
const later = ['unsilenced', 'grouped', 'steadied', 'group-over'] as const;

describe('which events are told', () => {
  // A rule that joins is told when it raises the severity, and a closing by hand to whoever was told of the incident.
  const telling = new Set<StoredEvent['type']>([
    'opened',
    'rule-joined',
    'relapsed',
    'resolved',
    'closed-by-hand',
    'reminded',
    ...later,
  ]);
  test.each([
    { name: 'an opening as firing', events: [opened], kind: 'firing' },
    {
      name: 'a rule that raises the severity as escalated',
      events: [asTicket, anEvent('rule-joined', 2, 200)],
      kind: 'escalated',
    },
    { name: 'a relapse as relapsed', events: [opened, resolved, anEvent('relapsed', 3, 1500)], kind: 'relapsed' },
    { name: 'a resolution as resolved', events: [opened, resolved], kind: 'resolved' },
    {
      name: 'the end of a silence as what it kept back',
      events: [opened, anEvent('unsilenced', 2, 700)],
      kind: 'firing',
    },
    { name: 'incidents that joined as escalated', events: [opened, anEvent('grouped', 2, 700)], kind: 'escalated' },
    { name: 'that it is steadily off as relapsed', events: [opened, anEvent('steadied', 2, 700)], kind: 'relapsed' },
    {
      name: 'that a group is back as resolved',
      events: [opened, resolved, anEvent('group-over', 3, 1700)],
      kind: 'resolved',
    },
    { name: 'a repeat as repeated', events: [opened, anEvent('reminded', 2, 700)], kind: 'repeated' },
    {
      name: 'an escalation as unacknowledged',
      events: [opened, anEvent('reminded', 2, 1000, { reminder: 'escalation', step: 1, afterMs: 900_000 })],
      kind: 'unacknowledged',
    },
  ])('$name', ({ events, kind }) => {
    expect(tell(events).notifications.map((notification) => notification.kind)).toEqual([kind]);
  });

  test.each([
    { name: 'a rule that joins at the same severity', events: [opened, anEvent('rule-joined', 2, 200)] },
    {
      name: 'a rule that joins at a lower severity',
      events: [opened, anEvent('rule-joined', 2, 200, { stop: aStop({ severity: 'ticket' }) })],
    },
    ...eventTypes
      .filter((type) => !telling.has(type))
      .map((type) => ({ name: type, events: [opened, anEvent(type, 2, 200)] })),
  ])('not: $name', ({ events }) => {
    expect(tell(events).notifications).toEqual([]);
  });

  test('every channel is told once, under an id that is the same whenever it is planned again', () => {
    const { notifications } = tell([opened], ['oncall', 'chat']);
    expect(notifications.map(({ id, channel, sequence }) => [id, channel, sequence])).toEqual([
      ['inc-1:1:oncall', 'oncall', 1],
      ['inc-1:1:chat', 'chat', 1],
    ]);
    expect(tell([opened], ['oncall', 'chat']).notifications).toEqual(notifications);
  });
});

describe('who is told', () => {
  const relapsed = [opened, resolved, anEvent('relapsed', 3, 1500)];
  const escalated = [asTicket, anEvent('rule-joined', 2, 200)];
  const closedByHand = [opened, anEvent('closed-by-hand', 2, 200)];
  test.each([
    { name: 'an opening: whom the service pages', events: [opened], channels: ['chat'] },
    { name: 'an escalation: those, and whoever was told', events: escalated, channels: ['chat', 'oncall'] },
    { name: 'a relapse: those, and whoever was told', events: relapsed, channels: ['chat', 'oncall'] },
    { name: 'a resolution: whoever was told', events: [opened, resolved], channels: ['oncall'] },
    { name: 'a closing by hand: whoever was told', events: closedByHand, channels: ['oncall'] },
  ])('of $name', ({ events, channels }) => {
    const { notifications } = tell(events, ['chat'], undefined, ['oncall']);
    expect(notifications.map(({ channel }) => channel)).toEqual(channels);
  });

  test('once, when it is paged and was told', () => {
    const { notifications } = tell(relapsed, ['chat', 'oncall'], undefined, ['oncall', 'chat']);
    expect(notifications.map(({ channel }) => channel)).toEqual(['chat', 'oncall']);
  });

  test('of no end, when nobody was told of it', () => {
    expect(tell([opened, resolved], ['chat'], undefined, []).notifications).toEqual([]);
  });

  test.each([
    { name: 'as its events say', events: [{ ...opened, told: ['oncall'] }], told: ['oncall'] },
    {
      name: 'each once, and never fewer',
      events: [
        { ...opened, told: ['oncall'] },
        { ...resolved, told: ['oncall'] },
        anEvent('relapsed', 3, 1500, { told: ['chat', 'oncall'] }),
      ],
      told: ['oncall', 'chat'],
    },
    { name: 'by whoever accepted a page', events: [opened, anEvent('notified', 2, 103)], told: ['pager'] },
  ])('an incident knows who was told: $name', ({ events, told }) => {
    expect(tell(events).incident.told).toEqual(told);
  });
});

describe('ids', () => {
  test.each([
    [notificationId('a', 1, 'b.c'), notificationId('a', 1, 'b_c')],
    [notificationId('a:1', 2, 'c'), notificationId('a', 1, '2:c')],
    [notificationId('a', 1, 'é'), notificationId('a', 1, 'e')],
    [notificationId('a', 1, '~2e~'), notificationId('a', 1, '.')],
  ])('%s and %s are unlike, fit a header and hold no full stop', (one, other) => {
    expect(one).not.toBe(other);
    expect(`${one}${other}`).toMatch(/^[A-Za-z0-9_:~-]+$/);
  });
});

describe('the title', () => {
  test('says what is off, how far, against which target and since when', () => {
    expect(titleOf([stopOf(successRate)])).toBe(
      'checkout: success rate 95.1% over 5m, target at least 99.9% — since 02:00:00 UTC',
    );
  });

  test('counts what else is off', () => {
    expect(
      titleOf([stopOf(successRate, { ...successRate, target: { ...successRate.target, signal: 'latency' } })]),
    ).toBe('checkout: success rate 95.1% over 5m, target at least 99.9%, and 1 more off — since 02:00:00 UTC');
  });

  test('names the reason when a target cannot be told', () => {
    const stop = aStop({ verdicts: [replicationLag], because: 'unknown-too-long' });
    expect(titleOf([anEvent('opened', 1, 100, { stop })])).toBe(
      'checkout: replication lag unknown (stale), target at most 10 — since 02:00:00 UTC',
    );
  });

  test('says what the rule saw where the target’s longer window is not full yet', () => {
    expect(titleOf([stopOf(replicationLag)])).toBe('checkout: Payments fail — since 02:00:00 UTC');
  });

  test('falls back on the rule’s summary when every target holds', () => {
    expect(titleOf([stopOf()])).toBe('checkout: Payments fail — since 02:00:00 UTC');
  });

  test.each(['detection', 'history-limit'] as const)('says no more than is known of an onset by %s', (method) => {
    const onset = { at: storyStart, earliest: storyStart - 300_000, latest: storyStart, method };
    expect(titleOf([anEvent('opened', 1, 100, { onset })])).toMatch(/ — since 02:00:00 UTC or before$/);
  });

  test('names the group', () => {
    expect(titleOf([anEvent('opened', 1, 100, { group: { region: 'eu', zone: 'a' } })])).toMatch(
      /^checkout \(region eu, zone a\): /,
    );
  });

  test('shows spaces at the ends of a group, and writes out what would turn the text around', () => {
    expect(titleOf([anEvent('opened', 1, 100, { group: { region: ' eu', zone: '\u202ea' } })])).toMatch(
      /^checkout \(region " eu", zone \\u202ea\): /,
    );
  });

  test('gives the date of an onset that was not today', () => {
    expect(titleOf([stopOf(successRate), settledTo(storyStart - 7_200_000), anEvent('resolved', 3, 1300)])).toBe(
      'checkout: back in its end state since 02:11:40 UTC, was off for 2h 11m',
    );
    const yesterday = anEvent('opened', 1, 100, { stop: aStop(), onset: anOnset(storyStart - 7_200_001) });
    expect(titleOf([yesterday])).toMatch(/— since 2026-08-21 23:59:59 UTC$/);
  });

  test('tells an escalation and a relapse from a first stop', () => {
    expect(titleOf([asTicket, anEvent('rule-joined', 2, 200)])).toMatch(
      /^checkout: escalated to page: success rate 95.1%/,
    );
    expect(titleOf([opened, resolved, anEvent('relapsed', 3, 1500)])).toMatch(
      /^checkout: off again since 02:25:00 UTC: success rate 95.1%.* — first off since 02:00:00 UTC$/,
    );
  });

  test.each<[string, Standing, string]>([
    [
      'known',
      { verdicts: [{ ...successRate, reading: { kind: 'value', value: 0.5, sampleAt: 1, good: 1, total: 2 } }] },
      'success rate 50% over 5m, target at least 99.9% — since 02:00:00 UTC',
    ],
    ['not known', {}, 'success rate 95.1% over 5m, target at least 99.9% at 02:01:40 UTC — since 02:00:00 UTC'],
    [
      'on its way back',
      { verdicts: [{ ...successRate, verdict: 'held' }], held: { forMs: 3_900, ofMs: 10_000 } },
      'back, held for 3s of 10s — was off since 02:00:00 UTC',
    ],
    [
      'held for nothing yet',
      { verdicts: [{ ...successRate, verdict: 'held' }] },
      'its targets hold, but not yet for long enough — was off since 02:00:00 UTC',
    ],
  ])('tells later how it stands then: %s', (_name, standing, expected) => {
    const to = ['oncall'];
    const late = anEvent('unsilenced', 2, 300, {
      kind: 'firing',
      silence: patches,
      since: opened.recordedAt,
      ...standing,
    });
    expect(titleOf([stopOf(successRate), late])).toBe(`checkout: ${expected}, was silenced for maintenance: patches`);
    const named = anEvent('grouped', 2, 300, { members: [], to, ...standing });
    expect(titleOf([stopOf(successRate), named])).toBe(`checkout: ${expected}`);
    const steady = anEvent('steadied', 2, 300, { kind: 'relapsed', relapses: 3, to, ...standing });
    expect(titleOf([stopOf(successRate), steady])).toBe(
      `checkout: steadily off after 3 relapses: ${expected.replace(/ — .*/, '')} — first off since 02:00:00 UTC`,
    );
  });

  test('of a group whose first is back says so', () => {
    const named = anEvent('grouped', 3, 1400, { members: [], to: ['oncall'] });
    expect(titleOf([stopOf(successRate), anEvent('resolved', 2, 1300), named])).toBe(
      'checkout: back itself since 02:11:40 UTC — was off since 02:00:00 UTC',
    );
  });

  test('stays one line of bounded length, whatever people and metrics put into it', () => {
    const wild = anEvent('opened', 1, 100, { group: { path: `a\r\nb\u2028${'x'.repeat(500)}` } });
    const title = titleOf([wild]) ?? '';
    expect(title).toMatch(/^checkout \(path a b x+…$/);
    expect(title).toHaveLength(240);
  });
});

describe('the page', () => {
  test('parts what is off from what is fine', () => {
    const held: TargetVerdict = { ...successRate, verdict: 'held' };
    const stop = aStop({ verdicts: [successRate, held, replicationLag] });
    const page = tell([anEvent('opened', 1, 100, { stop })]).notifications[0]?.page;
    expect(page?.off).toEqual([successRate, replicationLag]);
    expect(page?.fine).toEqual([held]);
  });

  test('links to the incident under the external URL', () => {
    expect(linkUnder('https://andon.example.com/')).toBe('https://andon.example.com/incidents/inc-1');
    expect(linkUnder('https://example.com/andon')).toBe('https://example.com/andon/incidents/inc-1');
    expect(linkUnder()).toBeUndefined();
  });

  test('carries recovery and impact once resolved, and no longer after a relapse', () => {
    const [back] = tell([opened, resolved]).notifications;
    expect(back?.page.recoveredAt).toBe(storyStart + 700_000);
    expect(back?.page.impact?.badEvents).toBeGreaterThan(0);
    const [again] = tell([opened, resolved, anEvent('relapsed', 3, 1500)]).notifications;
    expect(again?.page.recoveredAt).toBeUndefined();
    expect(again?.page).not.toHaveProperty('impact');
    expect(again?.page.relapses).toBe(1);
  });

  test('says what the incident spent of error budgets once resolved, and no longer after a relapse', () => {
    const budgetsSpent = [
      { budget: 'success_rate', spent: 0.0278, remaining: 0.872 },
      { budget: 'latency', spent: 0.5, remaining: -0.1, about: true },
    ];
    const stop = aStop({ budgets: ['Error budget success rate: burns at 20x over 1h'] });
    const burning = anEvent('opened', 1, 100, { stop });
    const ended = anEvent('resolved', 2, 1300, { budgetsSpent });
    const { notifications, incident } = tell([burning, ended]);
    expect(incident.budgetsSpent).toEqual(budgetsSpent);
    expect(notifications[0]?.page.budgetsSpent).toEqual(budgetsSpent);
    expect(notifications[0]?.page.summary).toBe(
      'Payments fail. ' +
        'Error budget success rate: this incident spent 2.78% of it; 87.2% was left when service was back. ' +
        'Error budget latency: this incident spent about 50% of it; it was overspent by 10% when service was back',
    );
    const again = tell([burning, ended, anEvent('relapsed', 3, 1500)]);
    expect(again.incident).not.toHaveProperty('budgetsSpent');
    expect(again.notifications[0]?.page).not.toHaveProperty('budgetsSpent');
    // The rule that told now looks at no budget: what the other one saw stands with its time.
    expect(again.notifications[0]?.page.summary).toBe(
      'Payments fail. Error budget success rate: burns at 20x over 1h (as of 02:01:40 UTC)',
    );
    const fresh = tell([burning, ended, anEvent('relapsed', 3, 1500, { stop })]);
    expect(fresh.notifications[0]?.page.summary).toBe('Payments fail. Error budget success rate: burns at 20x over 1h');
    // The second time it may have cost none.
    const spared = tell([burning, ended, anEvent('relapsed', 3, 1500), anEvent('resolved', 4, 2000)]);
    expect(spared.notifications[0]?.page).not.toHaveProperty('budgetsSpent');
  });

  test('of an event that an older Andon stored says nothing of what was spent', () => {
    const { notifications, incident } = tell([opened, resolved]);
    expect(incident).not.toHaveProperty('budgetsSpent');
    expect(notifications[0]?.page.summary).toBe('Payments fail');
  });
});
