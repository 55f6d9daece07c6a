import { describe, expect, test } from '@jest/globals';
import {
  eventLimitBytes,
  eventOf,
  pagerDutyEventOf,
} from '../../../../src/adapters/channels/pagerduty/pagerduty-event.ts';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import type { NotificationKind } from '../../../../src/domain/notification/notification.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { aSuspect } from '../../../support/incident-story.ts';
import { routingKey } from './pagerduty-bench.ts';

const attempt = (changes: Parameters<typeof aNotification>[0] = {}) => ({
  notification: aNotification(changes),
  collapsed: [],
  attempt: 1,
});

test('a page is a trigger with all that is known', () => {
  expect(pagerDutyEventOf(attempt(), routingKey)).toEqual({
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: 'checkout-20260822T020742Z',
    client: 'Andon',
    client_url: 'https://andon.example.com/incidents/checkout-20260822T020742Z',
    links: [
      { href: 'https://andon.example.com/incidents/checkout-20260822T020742Z', text: 'Incident in Andon' },
      { href: 'https://runbooks.example.com/checkout', text: 'Runbook' },
    ],
    payload: {
      summary: 'checkout: success rate 91.2% over 1m, target at least 99.9% — since 02:07:12 UTC',
      source: 'checkout',
      severity: 'critical',
      timestamp: '2026-08-22T02:07:42.100Z',
      component: 'success_rate',
      class: 'payments-failing',
      custom_details: {
        off: ['success rate 91.2% over 1m, target at least 99.9%'],
        summary: 'Payments are failing',
        onset: '2026-08-22T02:07:12.000Z',
        onset_earliest: '2026-08-22T02:07:10.000Z',
        onset_latest: '2026-08-22T02:07:15.000Z',
        detected: '2026-08-22T02:07:42.000Z',
        time_to_detect_seconds: 30,
        owner: 'team-payments',
        rules: ['payments-failing'],
        condition: 'success_rate.over("1m") < 0.97',
        because: 'condition-true',
        end_state: 'Customers can pay, and no order is lost',
        fine: ['replication lag 0.4 seconds, target at most 10 seconds'],
        labels: { tier: '1' },
        service: 'checkout',
        incident: 'checkout-20260822T020742Z',
        runbook: 'https://runbooks.example.com/checkout',
        link: 'https://andon.example.com/incidents/checkout-20260822T020742Z',
      },
    },
  });
});

test('the details name what it may come from, how sure that is, and the way back', () => {
  const { payload } = pagerDutyEventOf(attempt({ page: { suspects: [aSuspect()] } }), routingKey);
  expect(payload?.custom_details).toMatchObject({
    suspects: [
      expect.stringMatching(/^deploy v42, by ada, 4m before the onset \(likely: .*; way back: kubectl rollout undo/),
    ],
    way_back: 'kubectl rollout undo deployment/checkout',
  });
});

test('the details name every service of one outage', () => {
  const together = Array.from({ length: 19 }, (_, at) => ({
    incidentId: `s${at}-1`,
    service: `s${at}`,
    group: {},
    title: 'failing',
    since: Date.UTC(2026, 7, 22, 2, 7),
    severity: 'page' as const,
    phase: 'open' as const,
    state: at === 0 ? ('back' as const) : ('off' as const),
  }));
  const { payload } = pagerDutyEventOf(attempt({ page: { together, furtherCount: 3 } }), routingKey);
  expect(payload?.custom_details).toMatchObject({
    together: ['s0: failing (back)', ...together.slice(1).map(({ service }) => `${service}: failing (off)`)],
    together_further: 3,
  });
});

test.each<[NotificationKind, string]>([
  ['firing', 'trigger'],
  ['escalated', 'trigger'],
  ['relapsed', 'trigger'],
  ['repeated', 'trigger'],
  ['unacknowledged', 'trigger'],
  ['test', 'trigger'],
  ['acknowledged', 'acknowledge'],
  ['resolved', 'resolve'],
])('%s is to %s, under the key of the incident', (kind, action) => {
  const event = pagerDutyEventOf(attempt({ kind }), routingKey);
  expect(event).toMatchObject({ event_action: action, dedup_key: 'checkout-20260822T020742Z' });
  expect('payload' in event).toBe(action === 'trigger');
});

test.each([
  ['page', 'firing', 'critical'],
  ['ticket', 'firing', 'warning'],
  ['page', 'test', 'info'],
] as const)('a %s (%s) is %s', (severity, kind, expected) => {
  expect(pagerDutyEventOf(attempt({ kind, page: { severity } }), routingKey).payload?.severity).toBe(expected);
});

test('a group of a service is named as one', () => {
  const page = { group: { region: 'eu', zone: 'a' } };
  expect(pagerDutyEventOf(attempt({ page }), routingKey).payload?.group).toBe('region=eu, zone=a');
});

describe('what PagerDuty would refuse', () => {
  test('a summary is cut to 1,024 characters, and is one line', () => {
    const sheet = factSheetOf(attempt());
    const title = `a\u0000b\n${'😀'.repeat(2_000)}`;
    const summary = eventOf('firing', { ...sheet, data: { ...sheet.data, title } }, routingKey).payload?.summary ?? '';
    expect(Array.from(summary)).toHaveLength(1_024);
    expect(summary).toMatch(/^a b 😀+…$/u);
  });

  test('links that are no web pages are left out', () => {
    const event = pagerDutyEventOf(
      attempt({ page: { link: 'javascript:alert(1)', runbook: 'see the wiki' } }),
      routingKey,
    );
    expect(event.links).toBeUndefined();
    expect(event.client_url).toBeUndefined();
  });

  test('details are dropped before the page is: just below the limit they stay', () => {
    const sheet = factSheetOf(attempt());
    const bytes = (fill: number) => {
      const event = eventOf('firing', { ...sheet, data: { ...sheet.data, condition: 'x'.repeat(fill) } }, routingKey);
      return { event, size: Buffer.byteLength(JSON.stringify(event)) };
    };
    const room = eventLimitBytes - bytes(0).size;
    expect(bytes(room).size).toBe(eventLimitBytes);
    expect(bytes(room).event.payload?.custom_details).toBeDefined();
    const over = bytes(room + 1).event;
    expect(over.payload?.custom_details).toBeUndefined();
    expect(over.payload?.summary).toBe(sheet.data.title);
    expect(over.links).toHaveLength(2);
  });
});

test('the same attempt is always the same event', () => {
  expect(pagerDutyEventOf(attempt(), routingKey)).toEqual(pagerDutyEventOf({ ...attempt(), attempt: 7 }, routingKey));
});
