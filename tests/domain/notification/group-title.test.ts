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
      together: () => together,
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
      'checkout: back in its end state since 02:25:04 UTC, was off for about 53s in all, over 25m 4s',
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

describe('the title of a page that tells of others too', () => {
  const incident = told([opened]);
  const others = (count: number, name: (index: number) => string): readonly Incident[] =>
    Array.from({ length: count }, (_, index) => ({ ...incident, id: `i${index}`, service: name(index) }));
  const titled = (first: Incident, all: readonly Incident[]): string => {
    const options = { recordedAt: opened.recordedAt, severityBefore: undefined, nextSequence: 1, together: () => all };
    return planNotifications(opened, first, { paged: ['oncall'], told: [] }, options)[0]?.page.title ?? '';
  };

  test.each([
    ['one', incident, others(1, () => 'cart'), /^checkout and 1 more: .*; with cart$/],
    ['few short ones', incident, others(2, (index) => `s${index}`), /^checkout and 2 more: .*; with s0, s1$/],
    [
      'many',
      incident,
      others(19, (index) => `s${index}`),
      /^checkout and 19 more: .*; with s0, s1, s2, s3, s4, s5, s6, s7, …$/,
    ],
    [
      'long names',
      incident,
      others(19, (index) => `${index}${'x'.repeat(60)}`),
      /^checkout and 19 more: .*; with 0x+, 1x+, …$/,
    ],
    [
      'a name that is too long',
      incident,
      others(19, (index) => `${index}${'x'.repeat(250)}`),
      /^checkout and 19 more: /,
    ],
    [
      'a place that is too long',
      { ...incident, group: { path: 'x'.repeat(400) } },
      others(3, (index) => `s${index}`),
      /^checkout \(path x+… and 3 more: .*; with s0, s1, s2$/,
    ],
  ])('says first how many, and last which: %s', (_name, first, together, expected) => {
    const title = titled(first, together);
    expect(title).toMatch(expected);
    // Wherever a receiver cuts it, how many there are stays.
    expect(title.slice(0, 100)).toContain(`${together.length} more: `);
    expect(title.length).toBeLessThanOrEqual(240);
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
      'checkout and 2 more: all 3 back, the last since 02:06:40 UTC, 6m 40s after the first went off; with cart, pay',
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

  test('says of each that is not back yet how it stands: off is what is off', () => {
    const end = [opened, backAt(90), anEvent('group-over', 3, 500, { to })];
    const members = ['cart', 'pay', 'search'].map((service) => other(service));
    const standings: Readonly<Record<string, ReturnType<StandingOf>>> = { cart: off, pay: held, search: {} };
    expect(pageOf(end, members, ({ service }) => standings[service] ?? {}).title).toMatch(
      /^checkout and 3 more: 1 of 4 back, .*; 1 still off; 1 back, not yet for long enough; 1 cannot be seen; with/,
    );
  });
});

describe('who has acknowledged what of a group', () => {
  const reminded = anEvent('reminded', 2, 300, { reminder: 'repeat', ...off });
  const known = (service: string, by: string) => other(service, anEvent('acknowledged', 2, 200, { by }));

  test.each([
    ['nobody', [other('cart')], 'nobody has acknowledged it; with cart'],
    ['one', [known('cart', 'ada'), other('pay')], 'nobody has acknowledged it, only cart (ada); with cart, pay'],
    [
      'many',
      [known('cart', 'ada'), known('pay', 'bob'), known('search', 'ada')],
      'nobody has acknowledged it, only cart (ada), pay (bob) and 1 more; with cart, pay, search',
    ],
  ])('stands in the title, and with each: %s', (_name, members, expected) => {
    const page = pageOf([opened, reminded], members, () => off);
    expect(page.title).toMatch(new RegExp(`, and ${expected.replaceAll(/[()]/g, '\\$&')}$`));
    expect(page.together?.map(({ acknowledgedBy }) => acknowledgedBy)).toEqual(
      members.map(({ calling }) => calling.acknowledgedBy),
    );
  });

  test('is not who had it in hands before it came back', () => {
    const again = other(
      'cart',
      anEvent('acknowledged', 2, 200, { by: 'ada' }),
      anEvent('resolved', 3, 300),
      anEvent('relapsed', 4, 400),
    );
    const page = pageOf([opened, reminded], [again], () => off);
    expect(page.title).toMatch(/, and nobody has acknowledged it; with cart$/);
    expect(page.together?.[0]?.acknowledgedBy).toBeUndefined();
  });
});
