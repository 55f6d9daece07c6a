import { describe, expect, test } from '@jest/globals';
import { chatMessageOf, type ChatMessage } from '../../../../src/adapters/channels/facts/chat-message.ts';
import { httpLink } from '../../../../src/adapters/channels/facts/http-link.ts';
import { compileText } from '../../../../src/adapters/channels/template/text-template.ts';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import type { NotificationKind } from '../../../../src/domain/notification/notification.ts';
import type { Page } from '../../../../src/domain/notification/page.ts';
import { aNotification, aPage } from '../../../support/a-notification.ts';

function messageOf(page: Partial<Page> = {}, kind: NotificationKind = 'firing'): ChatMessage {
  return chatMessageOf(factSheetOf({ notification: aNotification({ kind, page }), collapsed: [], attempt: 1 }));
}

function factOf(message: ChatMessage, name: string): string | undefined {
  return message.facts.find((fact) => fact.name === name)?.text;
}

const { onset, off } = aPage();
const [missed] = off;
if (missed === undefined) throw new Error('the page has something off');
/** Another incident that is told under it. */
const another = {
  incidentId: 'i',
  service: 'cart',
  group: {},
  title: 'x',
  since: onset.at,
  severity: 'page',
  phase: 'open',
} as const;

test('what was off is not said to be off now where nobody has seen it since', () => {
  expect(messageOf().offHeading).toBe('Off now');
  const seenAt = Date.UTC(2026, 7, 22, 2, 1, 5);
  expect(messageOf({ seenAt }).offHeading).toBe('Off at 02:01:05 UTC, when last seen');
  expect(messageOf({ seenAt }, 'resolved').offHeading).toBe('Off when last seen');
});

test('what is off together is named, and what of it is back', () => {
  const one = { ...another, group: { region: 'eu' } };
  const back = { ...one, service: 'search', group: {}, phase: 'watching' as const };
  expect(factOf(messageOf({ together: [one, back] }), 'Together')).toBe('cart region eu, search (back)');
  const held = { ...one, group: {}, state: 'held' as const, held: { forMs: 3_000, ofMs: 10_000 } };
  const stated = { together: [{ ...one, state: 'off' as const }, held], offCount: { off: 1, of: 3 }, off: [] };
  expect(factOf(messageOf(stated), 'Together')).toBe(
    '1 of 3 off now, this one counted: cart region eu (off), cart (back, held for 3s of 10s)',
  );
  expect(messageOf(stated).off).toEqual(['cart region eu: x']);
  expect(messageOf({ ...stated, offCount: { off: 5, of: 8 } }).off).toEqual(['cart region eu: x', 'and 4 more']);
  const many = Array.from({ length: 30 }, () => one);
  expect(factOf(messageOf({ together: many, furtherCount: 5 }), 'Together')).toMatch(/ and 15 more$/);
  expect(factOf(messageOf(), 'Together')).toBeUndefined();
});

test('an outage of twenty names all twenty, however long their names are', () => {
  const services = Array.from({ length: 20 }, (_, index) => `service-${index}-${'x'.repeat(50)}`);
  const together = services.map((service) => ({ ...another, incidentId: service, service }));
  expect(factOf(messageOf({ together }), 'Together')).toBe(services.join(', '));
});

test('the times of an incident that stands for others are said to be its own', () => {
  const names = (page: Partial<Page>) => messageOf(page, 'resolved').facts.map(({ name }) => name);
  expect(names({ together: [another] })).toEqual(expect.arrayContaining(['Itself from', 'Itself to']));
  expect(names({}).filter((name) => name.startsWith('Itself'))).toEqual([]);
});

describe('since when', () => {
  test.each([
    ['change-point', '02:07:12 UTC (02:07:10 to 02:07:15), detected 30s later'],
    ['contiguous-breach', '02:07:12 UTC (02:07:10 to 02:07:15), detected 30s later'],
    ['history-limit', '02:07:12 UTC or before, detected 30s later'],
    ['detection', '02:07:42 UTC, when it was detected, or before'],
  ] as const)('by %s is %s', (method, text) => {
    expect(factOf(messageOf({ onset: { ...onset, method } }), 'Since')).toBe(text);
  });

  test('names the day when it is not that of the message, and no bounds when there are none', () => {
    const at = onset.at - 86_400_000;
    const message = messageOf({ onset: { ...onset, at, earliest: at, latest: at } });
    expect(factOf(message, 'Since')).toBe('2026-08-21 02:07:12 UTC, detected 1d later');
  });

  test('is of the first time when it is off again', () => {
    const message = messageOf({ relapses: 2 }, 'relapsed');
    expect(factOf(message, 'First off')).toMatch(/^02:07:12 UTC/);
    expect(factOf(message, 'Relapsed')).toBe('2 times');
  });
});

describe('how it moves', () => {
  test.each([
    [-0.021, 'ratio', 'worsening by 2.1 points a minute'],
    [0.00034, 'ratio', 'improving by 0.034 points a minute'],
    [-5.2, 'ratio', 'worsening fast'],
    [-0.92, 'ratio', 'worsening fast'],
    [0.5, 'ratio', 'improving fast'],
    [0, 'ratio', 'steady'],
    [-1e-12, 'ratio', 'worsening'],
    [-12, 'orders', 'worsening by 12 orders a minute'],
    [-12, undefined, 'worsening by 12 a minute'],
  ])('%d %s is %s', (perMinute, unit, text) => {
    const target = { signal: 'x', bound: 'atLeast', value: 0.999, ...(unit === undefined ? {} : { unit }) } as const;
    expect(messageOf({ off: [{ ...missed, target, perMinute }] }).off[0]).toMatch(new RegExp(` — ${text}$`));
  });

  test('is left out where it is not known', () => {
    const { perMinute: _, ...still } = missed;
    expect(messageOf({ off: [still] }).off).toEqual(['success rate 91.2% over 1m, target at least 99.9%']);
  });
});

test('what is seen to be off comes before what cannot be told', () => {
  const blind = {
    ...missed,
    verdict: 'unknown',
    reading: { kind: 'unknown', reason: 'stale', detail: 'old' },
  } as const;
  const message = messageOf({ off: [...Array.from({ length: 9 }, () => blind), missed] });
  expect(message.off[0]).toMatch(/^success rate 91.2%/);
  expect(message.off.slice(8)).toEqual(['and 2 more']);
});

describe('long lists', () => {
  test('say how much more there is', () => {
    expect(messageOf({ off: Array.from({ length: 11 }, () => missed) }).off.slice(8)).toEqual(['and 3 more']);
  });

  test('do not say it where they had been cut before', () => {
    const message = messageOf({ off: Array.from({ length: 200 }, () => missed) });
    expect(message.off.slice(8)).toEqual(['and more']);
    expect(message.footnotes).toContain('Shortened: the incident has more');
  });
});

test('says that a condition was not true but unknown', () => {
  const message = messageOf({ because: 'unknown-too-long' });
  expect(factOf(message, 'Why')).toBe('its condition cannot be decided');
  expect(message.footnotes).toContain('success_rate.over("1m") < 0.97 was unknown for too long');
});

test.each([
  [1820.4, '1,820'],
  [1_234_567, '1,234,567'],
  [3.2149, '3.2'],
  [0.5, '0.5'],
])('%d bad events are written %s', (badEvents, text) => {
  const impact = { badEvents, totalEvents: 2_000_000, peakBadRatio: 0.3141 };
  expect(factOf(messageOf({ impact }, 'resolved'), 'Impact')).toBe(
    `${text} bad events beyond what is allowed, out of 2,000,000; 31.4% bad at worst`,
  );
});

test('texts are of one line and hide nothing', () => {
  const message = messageOf({ owner: 'a\r\n\tb\u202ec \ud800', endState: ' \n ' });
  expect(factOf(message, 'Owner')).toBe('a b\\u202ec \ufffd');
  expect(factOf(message, 'End state')).toBeUndefined();
});

describe('a link', () => {
  test.each([
    ['https://a.example/x', 'https://a.example/x'],
    ['https://a.example/x|y z', 'https://a.example/x%7Cy%20z'],
    ['javascript:alert(1)', undefined],
    ['file:///etc/passwd', undefined],
    ['nowhere', undefined],
    [`https://a.example/${'x'.repeat(1_000)}`, undefined],
    [undefined, undefined],
  ])('to %s is %s', (url, whole) => {
    expect(httpLink('Runbook', url)?.url).toBe(whole);
  });
});

test('a text of ours with a misspelt field fails rather than say nothing', () => {
  expect(() => compileText('{{titel}}')({ title: 'x' })).toThrow(/titel/);
});
