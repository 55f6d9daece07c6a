import type { Attempt } from '../../../../src/app/ports/channel.ts';
import type { NotificationKind } from '../../../../src/domain/notification/notification.ts';
import { testNotification } from '../../../../src/domain/notification/test-page.ts';
import type { Page } from '../../../../src/domain/notification/page.ts';
import type { TargetVerdict } from '../../../../src/domain/reading/verdict.ts';
import { aNotification, aPage } from '../../../support/a-notification.ts';

const { onset, off } = aPage();
const minute = 60_000;

function story(kind: NotificationKind, sequence: number, afterMs: number, page: Partial<Page> = {}): Attempt {
  const notification = aNotification({ kind, sequence, createdAt: onset.at + afterMs, page });
  return { notification, collapsed: [], attempt: 1 };
}

const missed = off.slice(0, 1);
const slow: TargetVerdict = {
  target: { signal: 'latency', bound: 'atLeast', value: 0.95, overMs: 300_000, unit: 'ratio' },
  reading: { kind: 'value', value: 0.801, sampleAt: onset.at + 89_000, good: 801, total: 1000 },
  verdict: 'missed',
  perMinute: 0.004,
};
const blind: TargetVerdict = {
  target: { signal: 'replication_lag', bound: 'atMost', value: 10, unit: 'seconds' },
  reading: { kind: 'unknown', reason: 'stale', detail: 'newest sample is 5m old' },
  verdict: 'unknown',
};
const resolved: Partial<Page> = {
  title: 'checkout: back in its end state since 02:31:05 UTC, was off for 23m 53s',
  summary:
    'Payments are failing. Error budget success rate: this incident spent 2.78% of it; 87.2% was left when service was back',
  off: [],
  recoveredAt: onset.at + 1_433_000,
  recovery: { at: onset.at + 1_433_000, earliest: onset.at + 1_430_000, latest: onset.at + 1_440_000 },
  resolvedAt: onset.at + 2_033_000,
  impact: { badEvents: 1820.4, totalEvents: 20_500, peakBadRatio: 0.31, signal: 'success_rate' },
  budgetsSpent: [{ budget: 'success_rate', spent: 0.0278, remaining: 0.872 }],
};
/** A page without anything that it can do without. */
const { owner: _owner, runbook: _runbook, summary: _summary, link: _link, ...without } = aPage();
const bare: Page = { ...without, labels: {}, off: [], fine: [], because: 'unknown-too-long' };

/** What a label or a rule's author may try, knowing or not. */
const hostile =
  '<!channel> <@U123> <https://evil.example.com|Runbook> &lt;!here&gt; **bold** _it_ `code` [x](https://evil.example.com) {{DATE(2026-01-01T00:00:00Z)}} <at>all</at>\n# heading \u202egnp';

/** Facts that fit the fact sheet, but hardly a chat: what escaping makes of them is several times as long. */
export function aDenseStory(character: string): Attempt {
  const text = character.repeat(480);
  const dense = { ...slow, target: { ...slow.target, signal: character.repeat(420) } };
  const off = Array.from({ length: character === '&' ? 1 : 8 }, () => dense);
  const texts = {
    title: text.slice(0, 240),
    summary: text,
    owner: text,
    endState: text,
    condition: text,
    rules: [text],
  };
  return story('firing', 1, 30_100, {
    ...texts,
    labels: { a: text },
    off,
    fine: off.slice(0, 3),
    runbook: `https://runbooks.example.com/?${'a&'.repeat(200)}`,
  });
}

/** The notifications that every channel has to tell well, and some that it has to survive. */
export const stories = {
  firing: story('firing', 1, 30_100),
  'firing-of-a-group': story('firing', 1, 30_100, {
    title: 'checkout (region eu): error budget burns 14.4 times too fast — since 2026-08-21 23:50:00 UTC',
    group: { region: 'eu' },
    severity: 'ticket',
    summary: 'The budget will not last. Error budget success rate: 31.4% left, gone in 9h at this pace',
    rules: ['budget-burning'],
    onset: { ...onset, at: onset.at - 8_232_000, earliest: onset.at - 8_232_000, method: 'history-limit' },
    off: [],
    labels: {},
  }),
  escalated: story('escalated', 2, 95_000, {
    title:
      'checkout: escalated to page: success rate 91.2% over 1m, target at least 99.9%, and 2 more off — since 02:07:12 UTC',
    rules: ['payments-slow', 'payments-failing'],
    off: [...missed, slow, blind],
    fine: [],
  }),
  relapsed: story('relapsed', 4, 51 * minute, {
    title:
      'checkout: off again since 02:58:11 UTC: success rate 91.2% over 1m, target at least 99.9% — first off since 02:07:12 UTC',
    relapses: 1,
  }),
  resolved: story('resolved', 3, 2_033_100, resolved),
  repeated: story('repeated', 3, 10 * minute, {
    title:
      'checkout: still off: success rate 91.2% over 1m, target at least 99.9% — since 02:07:12 UTC, and nobody has acknowledged it',
  }),
  unacknowledged: story('unacknowledged', 4, 15 * minute, {
    title:
      'checkout: still open: its targets hold, but not yet for long enough — since 02:07:12 UTC, and nobody has acknowledged it',
    off: [],
  }),
  acknowledged: story('acknowledged', 5, 16 * minute, {
    title: 'checkout: acknowledged by Ada: success rate 91.2% over 1m, target at least 99.9% — since 02:07:12 UTC',
    acknowledgedBy: 'Ada',
  }),
  test: {
    notification: testNotification({
      channel: 'oncall',
      by: 'Ada',
      severity: 'ticket',
      at: onset.at,
      externalUrl: 'https://andon.example.com',
    }),
    collapsed: [],
    attempt: 1,
  },
  'closed-by-hand': story('resolved', 3, 95 * minute, {
    title: 'checkout: closed by hand by Ada, recovery was not seen: the service was retired',
    off: [blind],
    closedByHand: { by: 'Ada', because: 'the service was retired' },
  }),
  'standing-for-others': {
    ...story('resolved', 3, 2_033_100, resolved),
    collapsed: [aNotification(), aNotification({ sequence: 2, kind: 'escalated' })],
  },
  bare: { notification: { ...aNotification(), page: bare }, collapsed: [], attempt: 1 },
  hostile: story('firing', 1, 30_100, {
    title: `checkout: ${hostile}`.replaceAll(/\s+/g, ' '),
    summary: hostile,
    endState: hostile,
    labels: { team: hostile },
    owner: hostile,
    runbook: 'https://runbooks.example.com/a|b?x=<!channel>&y="z"',
    link: 'javascript:alert(1)',
  }),
  oversized: story('firing', 1, 30_100, {
    title: `checkout: ${'success rate & latency < target '.repeat(7)}`,
    summary: 'Payments & refunds are failing. '.repeat(400),
    endState: 'Customers can pay. '.repeat(100),
    condition: Array.from({ length: 80 }, (_, index) => `signal_${index} < 0.9`).join(' || '),
    labels: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`label_${index}`, '&<>'.repeat(60)])),
    off: Array.from({ length: 60 }, (_, index) => ({
      ...slow,
      group: { pod: `checkout-${index}-${'<&>'.repeat(40)}` },
    })),
    fine: Array.from({ length: 60 }, () => slow),
    runbook: `https://runbooks.example.com/${'x'.repeat(1_500)}`,
  }),
} as const satisfies Readonly<Record<string, Attempt>>;

export const storyNames = Object.keys(stories) as readonly (keyof typeof stories)[];
