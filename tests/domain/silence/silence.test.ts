import { describe, expect, test } from '@jest/globals';
import { describeMatcher, describeSilencing } from '../../../src/domain/silence/describe-silence.ts';
import { maintenanceAt } from '../../../src/domain/silence/maintenance.ts';
import {
  foldSilences,
  isWide,
  silencingOf,
  type Silenceable,
  type Silences,
} from '../../../src/domain/silence/silence.ts';
import type { SilenceMatcher } from '../../../src/domain/silence/silence-event.ts';

const minute = 60_000;
const incident: Silenceable = {
  service: 'checkout',
  severity: 'page',
  owner: 'payments',
  rules: ['failing'],
  labels: { team: 'a' },
  group: { region: 'eu' },
};

function silencesOf(...given: readonly (readonly [SilenceMatcher, number, number])[]): Silences {
  return given.reduce<Silences>(
    (silences, [matcher, from, until], index) =>
      foldSilences(silences, {
        type: 'silenced',
        service: '*',
        silenceId: `s${index}`,
        at: from,
        matcher,
        by: 'ada',
        reason: 'disks',
        from,
        until,
      }),
    new Map(),
  );
}

describe('a silence is about', () => {
  test.each<readonly [string, SilenceMatcher, Partial<Silenceable>, boolean]>([
    ['its service', { service: 'checkout' }, {}, true],
    ['no other service', { service: 'search' }, {}, false],
    ['every service', { service: '*' }, {}, true],
    ['its severity', { severity: 'page' }, {}, true],
    ['no other severity', { severity: 'ticket' }, {}, false],
    ['its owner', { owner: 'payments' }, {}, true],
    ['no incident without an owner', { owner: '' }, { owner: undefined as never }, false],
    ['its rule', { rule: 'failing' }, {}, true],
    ['no incident that another rule stopped too', { rule: 'failing' }, { rules: ['failing', 'slow'] }, false],
    ['its labels', { labels: { team: 'a' } }, {}, true],
    ['no other value of a label', { labels: { team: 'b' } }, {}, false],
    ['no label that objects have by themselves', { labels: { constructor: 'x' } }, {}, false],
    ['its group', { group: { region: 'eu' } }, {}, true],
    ['no other group', { group: { region: 'us' } }, {}, false],
    ['what fits all that is named', { service: 'checkout', owner: 'payments', severity: 'page' }, {}, true],
    ['nothing that fits only a part', { service: 'checkout', owner: 'search' }, {}, false],
  ])('%s', (_, matcher, changes, fits) => {
    const found = silencingOf({ ...incident, ...changes }, silencesOf([matcher, 0, 10]), 5);
    expect(found !== undefined).toBe(fits);
  });

  test('what two of them are about together, until the first of them ends', () => {
    const silences = silencesOf([{ rule: 'failing' }, 0, 10], [{ rule: 'slow' }, 0, 7], [{ rule: 'slow' }, 0, 6]);
    expect(silencingOf({ ...incident, rules: ['failing', 'slow'] }, silences, 5)).toMatchObject({ until: 7 });
  });

  test('nothing before it begins, and nothing from its end on', () => {
    const silences = silencesOf([{ service: '*' }, 3, 6]);
    expect([2, 3, 5, 6].map((now) => silencingOf(incident, silences, now) !== undefined)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('nothing once it has ended', () => {
    const ended = foldSilences(silencesOf([{ service: '*' }, 0, 9]), {
      type: 'silence-ended',
      service: '*',
      silenceId: 's0',
      at: 3,
      because: 'by-hand',
    });
    expect(ended.size).toBe(0);
    expect(
      foldSilences(ended, { type: 'silence-ended', service: '*', silenceId: 'x', at: 3, because: 'expired' }),
    ).toBe(ended);
  });
});

test('a silence is wide when it is about nothing in particular', () => {
  expect(
    [{ service: '*' }, { severity: 'page' }, { service: '*', severity: 'ticket' }].map((each) =>
      isWide(each as SilenceMatcher),
    ),
  ).toEqual([true, true, true]);
  expect(
    [{ service: 'a' }, { owner: 'a' }, { service: '*', labels: { a: 'b' } }].map((each) =>
      isWide(each as SilenceMatcher),
    ),
  ).toEqual([false, false, false]);
});

test('a silence is told in words', () => {
  expect(describeMatcher({ service: '*', severity: 'page', labels: { team: 'a' }, group: { region: 'eu' } })).toBe(
    'every service, severity page, label team=a, group region=eu',
  );
  const until = Date.UTC(2026, 7, 22, 3);
  expect(describeSilencing({ kind: 'silence', silenceId: 's', by: 'ada', reason: 'disks', until })).toBe(
    'silenced by ada until 2026-08-22T03:00:00.000Z: disks',
  );
});

describe('maintenance', () => {
  const sunday = Date.UTC(2026, 7, 23);
  const weekly = {
    kind: 'weekly' as const,
    days: [6],
    startMinute: 22 * 60,
    endMinute: 2 * 60,
    timeZone: 'Etc/GMT-2',
    offsetAt: () => 120 * minute,
    because: 'patches',
  };
  const once = { kind: 'once' as const, from: sunday, to: sunday + 30 * 86_400_000, because: 'a move' };
  test.each([
    ['before it', -1, undefined],
    ['as it begins', 0, 'patches'],
    ['after midnight', 239, 'patches'],
    ['as it ends', 240, undefined],
    ['a week later', 7 * 1440 + 5, 'patches'],
  ])('comes again each week, by the clocks of its zone: %s', (_, minutes, reason) => {
    expect(maintenanceAt([weekly], sunday + 20 * 60 * minute + minutes * minute)?.reason).toBe(reason);
  });

  test('names the end of what lasts longest', () => {
    expect(maintenanceAt([weekly, once], sunday + 21 * 60 * minute)).toEqual({
      kind: 'maintenance',
      reason: 'a move',
      until: once.to,
    });
  });
});
