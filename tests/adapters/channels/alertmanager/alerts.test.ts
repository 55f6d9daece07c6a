import { describe, expect, test } from '@jest/globals';
import { alertLabels } from '../../../../src/adapters/channels/alertmanager/alert-labels.ts';
import { alertsOf, type AlertOptions } from '../../../../src/adapters/channels/alertmanager/alerts.ts';
import { Annotations } from '../../../../src/adapters/channels/alertmanager/annotations.ts';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import { testNotification } from '../../../../src/domain/notification/test-page.ts';
import { aNotification, aPage } from '../../../support/a-notification.ts';
import { aSuspect } from '../../../support/incident-story.ts';
import { memoryLog } from '../../../support/memory-log.ts';

const onset = aPage().onset.at;
const now = onset + 60_000;
const iso = (at: number): string => new Date(at).toISOString();
const minute = 60_000;
const options = (changes: Partial<AlertOptions> = {}): AlertOptions => ({
  now,
  lastsMs: 4 * minute,
  resolvedForMs: 15 * minute,
  labels: {},
  annotate: () => ({}),
  ...changes,
});
const labels = {
  alertname: 'payments-failing',
  incident: 'checkout-20260822T020742Z',
  owner: 'team-payments',
  service: 'checkout',
  severity: 'page',
  tier: '1',
};

test('a test is an alert of its own that ends by itself, soon enough after groups are first told', () => {
  const at = now;
  const notification = testNotification({ channel: 'oncall', by: 'Ada', severity: 'page', at });
  const annotate = ({ data }: { readonly data: { readonly title: string } }) => ({ summary: data.title });
  expect(alertsOf({ notification, collapsed: [], attempt: 1 }, options({ annotate, lastsMs: 40 * minute }))).toEqual([
    {
      labels: {
        alertname: 'andon-test',
        incident: 'andon-test-20260822T020812Z',
        service: 'andon-test',
        severity: 'page',
      },
      annotations: { summary: 'TEST: nothing is wrong' },
      startsAt: iso(at),
      endsAt: iso(at + 3 * minute),
    },
  ]);
});

describe('the alert of an incident', () => {
  test('begins with the onset, lasts beyond the next sends and leads to the incident', () => {
    expect(alertsOf({ notification: aNotification(), collapsed: [], attempt: 1 }, options())).toEqual([
      {
        labels,
        annotations: {},
        startsAt: iso(onset),
        endsAt: iso(now + 4 * minute),
        generatorURL: 'https://andon.example.com/incidents/checkout-20260822T020742Z',
      },
    ]);
  });

  test('fires when its onset lies in the future of Andon’s clock', () => {
    const notification = aNotification();
    const [alert] = alertsOf({ notification, collapsed: [], attempt: 1 }, options({ now: onset - minute }));
    expect(alert).toMatchObject({ startsAt: iso(onset), endsAt: iso(onset + 4 * minute) });
  });

  test.each([
    { name: 'recovery', page: { recoveredAt: onset + 20_000, resolvedAt: onset + 50_000 }, endsAt: onset + 20_000 },
    { name: 'closing by hand', page: {}, endsAt: onset + 30_100 },
    { name: 'now, where recovery is ahead of it', page: { recoveredAt: now + 5_000 }, endsAt: now },
    { name: 'its onset, where recovery is put before that', page: { recoveredAt: onset - 5_000 }, endsAt: onset },
  ])('ends with $name', ({ page, endsAt }) => {
    const notification = aNotification({ kind: 'resolved', sequence: 2, page });
    const [alert, ...others] = alertsOf(
      { notification, collapsed: [], attempt: 1, earlier: [aNotification()] },
      options(),
    );
    expect(alert).toMatchObject({ labels, startsAt: iso(onset), endsAt: iso(endsAt) });
    expect(others).toEqual([]);
  });

  test('is one and the same from firing over relapse to the end, whatever else is told', () => {
    const told = [
      aNotification(),
      aNotification({ kind: 'resolved', sequence: 2, page: { recoveredAt: now, relapses: 0 } }),
      aNotification({ kind: 'relapsed', sequence: 3, page: { relapses: 1, rules: ['payments-failing', 'slow'] } }),
      aNotification({
        kind: 'resolved',
        sequence: 4,
        page: { title: 'back', off: [], rules: ['payments-failing', 'slow'] },
      }),
    ];
    const all = told.flatMap((notification, index) =>
      alertsOf({ notification, collapsed: [], attempt: 1, earlier: told.slice(0, index) }, options()),
    );
    expect(all.map((alert) => alert.labels)).toEqual([labels, labels, labels, labels]);
  });
});

describe('an escalation', () => {
  const ticket = aNotification({ page: { severity: 'ticket', labels: { tier: '3' } } });
  const page = aNotification({ sequence: 2, kind: 'escalated', createdAt: onset + 50_000 });
  const resolved = aNotification({ sequence: 3, kind: 'resolved', page: { recoveredAt: onset + 55_000 } });
  const former = { ...labels, severity: 'ticket', tier: '3' };

  test('ends the alert that was there before in the same post', () => {
    const alerts = alertsOf({ notification: page, collapsed: [], attempt: 1, earlier: [ticket] }, options());
    expect(alerts).toMatchObject([
      { labels, endsAt: iso(now + 4 * minute) },
      { labels: former, startsAt: iso(onset), endsAt: iso(onset + 50_000) },
    ]);
  });

  test('that stands for a page that was never accepted ends its alert as well: the answer may have been lost', () => {
    const alerts = alertsOf({ notification: page, collapsed: [ticket], attempt: 1 }, options());
    expect(alerts.map((alert) => alert.labels)).toEqual([labels, former]);
  });

  test('has ended the former alert when it happened, also by the time of the resolution', () => {
    const alerts = alertsOf({ notification: resolved, collapsed: [], attempt: 1, earlier: [ticket, page] }, options());
    expect(alerts).toMatchObject([
      { labels, endsAt: iso(onset + 55_000) },
      { labels: former, endsAt: iso(onset + 50_000) },
    ]);
  });

  test.each([
    { name: 'is sent again for a quarter of an hour', later: 15 * minute, again: true, alerts: 2 },
    { name: 'is not sent again for longer', later: 15 * minute + 1, again: true, alerts: 1 },
    { name: 'is sent when it is news, however late', later: 60 * minute, again: false, alerts: 2 },
  ])('whose former alert $name', ({ later, again, alerts }) => {
    const attempt = { notification: page, collapsed: [], attempt: 1, earlier: [ticket], again };
    expect(alertsOf(attempt, options({ now: page.createdAt + later }))).toHaveLength(alerts);
  });
});

describe('labels', () => {
  test('of the rule file win, but for the service and the incident', () => {
    const page = aPage({
      labels: { severity: 'critical', alertname: 'Checkout', service: 'x', incident: 'y', team: 'pay' },
    });
    expect(alertLabels(page, { severity: 'none', cluster: 'eu-1' })).toEqual({
      alertname: 'Checkout',
      cluster: 'eu-1',
      incident: page.incidentId,
      owner: 'team-payments',
      service: 'checkout',
      severity: 'critical',
      team: 'pay',
    });
  });

  test('of the group are kept, under another name where theirs is taken', () => {
    const page = aPage({ group: { region: 'eu', severity: 'odd', 'k8s.pod': 'a-1', '0': 'zero' }, labels: {} });
    expect(alertLabels(page, {})).toMatchObject({
      region: 'eu',
      group_severity: 'odd',
      severity: 'page',
      k8s_pod: 'a-1',
      _0: 'zero',
    });
  });

  test('hold no empty, endless or broken values', () => {
    const page = aPage({ group: { empty: '', long: '😀'.repeat(1_500), broken: 'a\ud800' } });
    const made = alertLabels(page, {});
    expect(made).not.toHaveProperty('empty');
    expect(Array.from(made['long'] ?? '')).toHaveLength(1_000);
    expect(made['broken']).toBe('a\ufffd');
    expect(alertLabels(page, {})).toEqual(made);
  });
});

describe('annotations', () => {
  const facts = (page: Parameters<typeof aPage>[0] = {}) =>
    factSheetOf({ notification: aNotification({ page: page ?? {} }), collapsed: [], attempt: 1 });

  test('say what is off, what to do and what must hold again', () => {
    const impact = { badEvents: 1820.5, totalEvents: 20_500, peakBadRatio: 0.31 };
    expect(new Annotations('oncall', {}, memoryLog()).render(facts({ impact }))).toEqual({
      summary: 'checkout: success rate 91.2% over 1m, target at least 99.9% — since 02:07:12 UTC',
      description:
        'Payments are failing\noff: success rate 91.2% over 1m, target at least 99.9%\nfine: replication lag 0.4 seconds, target at most 10 seconds',
      runbook_url: 'https://runbooks.example.com/checkout',
      end_state: 'Customers can pay, and no order is lost',
      condition: 'success_rate.over("1m") < 0.97',
      impact: '1821 bad events beyond the targets, of 20500; at worst 31%',
    });
  });

  test('name what it may come from, how sure that is, and the way back', () => {
    const rendered = new Annotations('oncall', {}, memoryLog()).render(facts({ suspects: [aSuspect()] }));
    expect(rendered['suspects']).toMatch(
      /^deploy v42, by ada, 4m before the onset \(likely: .*; way back: kubectl rollout undo deployment\/checkout/,
    );
  });

  test('leave out what an incident lacks', () => {
    const { runbook: _, summary: __, ...page } = aPage();
    const notification = { ...aNotification(), page };
    const rendered = new Annotations('oncall', {}, memoryLog()).render(
      factSheetOf({ notification, collapsed: [], attempt: 1 }),
    );
    expect(Object.keys(rendered)).toEqual(['summary', 'description', 'end_state', 'condition']);
  });

  test('may be written otherwise, added and left out', () => {
    const templates = { summary: '{{service}} <{{severity}}>', description: '', dashboard: '{{link}}' };
    const rendered = new Annotations('oncall', templates, memoryLog()).render(facts());
    expect(rendered).toMatchObject({ summary: 'checkout <page>', dashboard: aPage().link });
    expect(rendered).not.toHaveProperty('description');
  });

  test('are cut, but never a link', () => {
    const templates = { long: '{{#each rules}}{{this}}{{/each}}', runbook_url: '{{runbook}}' };
    const page = {
      rules: Array.from({ length: 20 }, () => 'x'.repeat(200)),
      runbook: `https://r.example.com/${'y'.repeat(2_030)}`,
    };
    const rendered = new Annotations('oncall', templates, memoryLog()).render(facts(page));
    expect(rendered['long']).toHaveLength(2_000);
    expect(rendered).not.toHaveProperty('runbook_url');
  });

  test('are refused with their name when their template is wrong', () => {
    expect(() => new Annotations('oncall', { summary: '{{titel}}' }, memoryLog())).toThrow(
      /annotation summary: line 1, column 3: unknown field "titel"/,
    );
  });
});
