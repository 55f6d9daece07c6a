import { describe, expect, test } from '@jest/globals';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { foldIncident } from '../../../src/domain/incident/incident.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { planNotifications } from '../../../src/domain/notification/notification-plan.ts';
import type { Page } from '../../../src/domain/notification/page.ts';
import type { StandingOf } from '../../../src/domain/notification/together.ts';
import { anEvent, storyStart, successRate } from '../../support/incident-story.ts';

const opened = anEvent('opened', 1, 100);
const to = ['oncall'];

function told(events: readonly StoredEvent[]): Incident {
  const incident = events.reduce<Incident | undefined>(foldIncident, undefined);
  if (incident === undefined) throw new Error('a story has at least its opening');
  return incident;
}

/** Another incident with that story. */
function other(service: string, ...events: readonly StoredEvent[]): Incident {
  return { ...told([opened, ...events]), id: service, service };
}

function pageOf(events: readonly StoredEvent[], together: readonly Incident[], standingOf?: StandingOf): Page {
  const [event] = events.slice(-1);
  if (event === undefined) throw new Error('nothing happened');
  const [planned] = planNotifications(
    event,
    told(events),
    { paged: to, told: to },
    {
      recordedAt: event.recordedAt,
      severityBefore: 'page',
      nextSequence: 2,
      together,
      ...(standingOf === undefined ? {} : { standingOf }),
    },
  );
  if (planned === undefined) throw new Error('nobody is told');
  return planned.page;
}

const held = { verdicts: [{ ...successRate, verdict: 'held' as const }], held: { forMs: 6_000, ofMs: 15_000 } };
const off = { verdicts: [{ ...successRate, verdict: 'missed' as const }] };
const grouped = anEvent('grouped', 2, 300, { members: ['cart'], to, ...held });
const backAt = (second: number) => anEvent('resolved', 2, second + 10, { recoveredAt: storyStart + second * 1000 });

describe('the title of one that came back in between', () => {
  const back = anEvent('resolved', 2, 1300, { recoveredAt: storyStart + 49_000 });
  const again = anEvent('relapsed', 3, 1500);

  test('says since when it is off again', () => {
    const late = anEvent('reminded', 4, 1600, { reminder: 'repeat' });
    expect(pageOf([opened, back, again, late], []).title).toMatch(
      / — again since 02:25:00 UTC, first off since 02:00:00 UTC, and nobody has acknowledged it$/,
    );
  });

  test('says how long it was off in all, without the stretch in which it was back', () => {
    const over = anEvent('resolved', 4, 1700, { recoveredAt: storyStart + 1_504_000 });
    const page = pageOf([opened, back, again, over], []);
    expect(page.title).toBe(
      'checkout: back in its end state since 02:25:04 UTC, was off for about 53s in all, over 25m4s',
    );
    expect(page.offMs).toBe(53_000);
    // From the onset of a relapse, where that is known.
    const at = storyStart + 1_488_000;
    const onset = { at, earliest: at, latest: at, method: 'change-point' as const };
    const estimated = anEvent('relapsed', 3, 1500, { onset });
    expect(pageOf([opened, back, estimated, over], []).offMs).toBe(65_000);
    const offTwice = [anEvent('relapsed', 5, 1800), anEvent('resolved', 6, 1900, { recoveredAt: at + 400_000 })];
    expect(pageOf([opened, back, estimated, over, ...offTwice], []).offMs).toBe(
      65_000 + at + 400_000 - storyStart - 1_800_000,
    );
  });
});

describe('a page that tells of others while its own incident is on its way back', () => {
  test('says how many are off now, and how each stands', () => {
    const members = ['cart', 'pay', 'search', 'login'].map((service) => other(service));
    const standings: Readonly<Record<string, ReturnType<StandingOf>>> = {
      cart: off,
      pay: off,
      search: held,
      login: {},
    };
    const page = pageOf([opened, grouped], members, ({ service }) => standings[service] ?? {});
    expect(page.title).toMatch(
      /^checkout and 4 more: 2 of 5 off now, 1 cannot be seen; checkout back, held for 6s of 15s — was off since .*; with cart/,
    );
    expect(page.offCount).toEqual({ off: 2, of: 5 });
    expect(page.together?.map(({ state }) => state)).toEqual(['off', 'off', 'held', 'unknown']);
    expect(page.together?.[2]?.held).toEqual(held.held);
  });

  test('counts what went off within the minute as off, seen again or not', () => {
    const cart = other('cart');
    const wentOff = (agoMs: number): Incident => {
      return { ...cart, telling: { ...cart.telling, turnedAt: grouped.recordedAt - agoMs } };
    };
    const stateOf = (agoMs: number) => pageOf([opened, grouped], [wentOff(agoMs)], () => ({})).together?.[0]?.state;
    expect([stateOf(59_999), stateOf(60_000)]).toEqual(['off', 'unknown']);
  });

  test('says nothing of how many where all are off', () => {
    const still = anEvent('grouped', 2, 300, { members: ['cart'], to, ...off });
    expect(pageOf([opened, still], [other('cart')], () => off).title).toMatch(/^checkout and 1 more: success rate/);
  });
});

describe('the end of a group', () => {
  test('is since the last one is back, and from when the first went off', () => {
    const members = [other('cart', backAt(400)), other('pay', backAt(184))];
    const { title, together } = pageOf([opened, backAt(90), anEvent('group-over', 3, 500, { to })], members);
    expect(title).toBe(
      'checkout and 2 more: all 3 back, the last since 02:06:40 UTC, 6m40s after the first went off; with cart, pay',
    );
    expect(together?.map(({ state, recoveredAt }) => [state, recoveredAt])).toEqual([
      ['back', storyStart + 400_000],
      ['back', storyStart + 184_000],
    ]);
  });

  test('says whose recovery nobody saw', () => {
    const closed = other('cart', anEvent('closed-by-hand', 2, 300, { by: 'Ada', because: 'retired' }));
    const { title } = pageOf([opened, backAt(90), anEvent('group-over', 3, 500, { to })], [closed]);
    expect(title).toMatch(/^checkout and 1 more: 1 of 2 back, the last since 02:01:30 UTC, .*; recovery of 1 not seen/);
    const more = [closed, other('pay')];
    expect(pageOf([opened, backAt(90), anEvent('group-over', 3, 500, { to })], more).title).toMatch(
      /: 1 of 3 back, .*; 1 still off; recovery of 1 not seen/,
    );
  });
});
