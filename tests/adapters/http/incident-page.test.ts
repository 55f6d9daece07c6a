import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { incidentPage } from '../../../src/adapters/http/incident-page.ts';
import { IncidentBook, type IncidentRecord } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { incidentLink } from '../../../src/domain/notification/notification-plan.ts';
import { aClaim, anEvent, aStop, aWholeStory, eventTypes, storyStart } from '../../support/incident-story.ts';
import { anOpenIncident } from '../../support/gate-bench.ts';
import { viewsKeptOpen } from '../../support/service-views.ts';
import { aWorld } from './http-world.ts';
import { textOf } from './page-text.ts';

function recordOf(events: readonly StoredEvent[]): IncidentRecord {
  const book = new IncidentBook();
  book.apply(events);
  return book.get(events[0]?.incidentId ?? '') as IncidentRecord;
}

function pageOf(...events: readonly StoredEvent[]): string {
  return incidentPage(recordOf(events), storyStart + 3_600_000);
}

describe('the page of an incident', () => {
  test('tells what people said mends it where they said it', () => {
    const record = recordOf([anEvent('opened', 1, 100), anEvent('acknowledged', 3, 300)]);
    const page = incidentPage(record, storyStart, { claims: [aClaim(2, 200)] });
    const types = [...page.matchAll(/<td class="when">([a-z-]+)<\/td>/g)].map(([, type]) => type);
    expect(types).toEqual(['opened', 'remedy-claimed', 'acknowledged']);
  });

  test('tells a whole story with bounds, impact and the timeline oldest first', () => {
    const text = textOf(pageOf(...aWholeStory()));

    for (const part of [
      'Payments fail',
      'page closed inc-1 runbook',
      'Service checkout',
      'Owner team-payments',
      'Condition success_rate.over(&quot;1m&quot;) &lt; 0.97',
      'End state Customers can pay',
      'Onset 2026-08-22 02:00:10Z, between 2026-08-22 01:59:45Z and 2026-08-22 02:00:15Z (change-point)',
      'Detected 2026-08-22 02:01:40Z, 1m 30s after onset',
      'Notified 5s after it was detected, 3s after it was recorded',
      'Acknowledged by Ada, 2m after the incident was opened',
      'Recovered 2026-08-22 02:11:40Z, between 2026-08-22 02:11:25Z and 2026-08-22 02:11:40Z, 11m 30s after onset',
      'Relapses 0',
      'Impact 4200 bad events beyond the targets, of 100000; at worst 20% (success rate)',
    ]) {
      expect(text).toContain(part);
    }
    const types = ['opened', 'notified', 'onset-settled', 'acknowledged', 'resolved', 'closed'];
    const rows = text.slice(text.indexOf('Timeline')).match(/\+(?:\d+[hms] )+[a-z-]+/g);
    expect(rows?.map((row) => row.split(' ').at(-1))).toEqual(types);
    expect(text).toContain('+3m 30s acknowledged Ada: looking');
    expect(text).not.toContain('andon incidents acknowledge');
  });

  test('says what the incident spent of error budgets, above and in the timeline', () => {
    const budgetsSpent = [
      { budget: 'success_rate', spent: 0.0278, remaining: 0.872 },
      { budget: 'latency', spent: 0.5, remaining: -0.1, about: true },
    ];
    const text = textOf(pageOf(anEvent('opened', 1, 100), anEvent('resolved', 2, 1300, { budgetsSpent })));

    const told =
      'Error budget success rate: this incident spent 2.78% of it; 87.2% was left when service was back ' +
      'Error budget latency: this incident spent about 50% of it; it was overspent by 10% when service was back';
    expect(text).toContain(`Budgets spent ${told}`);
    expect(text).toContain(`and 2026-08-22 02:11:40Z ${told}`);
    expect(textOf(pageOf(...aWholeStory()))).not.toContain('Budgets spent');
  });

  test('of an open one says how to acknowledge it, what is off and what nobody knows', () => {
    const page = pageOf(anEvent('opened', 1, 100, { group: { region: 'eu' } }), anEvent('blinded', 2, 120));
    const text = textOf(page);

    for (const part of [
      'andon incidents acknowledge inc-1',
      'POST /api/v1/incidents/inc-1/acknowledge',
      'Group region&#x3D;&quot;eu&quot;',
      'not settled yet',
      'Recovered not yet',
      'by nobody',
      'missed success rate 95.1% over 5m, target at least 99.9%',
      'nobody can tell whether service is back',
      'source-down: the source does not answer',
    ]) {
      expect(text).toContain(part);
    }
    expect(page).toContain('href="https://runbooks.example.com/checkout"');
  });

  test('of one that has resolved offers nobody to acknowledge it', () => {
    const text = textOf(pageOf(anEvent('opened', 1, 100), anEvent('resolved', 2, 1300)));
    expect(text).not.toContain('andon incidents acknowledge');
  });

  test('says what keeps an open one open, with the values of now and what it has spent so far', async () => {
    await using world = await aWorld({ events: [anEvent('opened', 1, 100)], parts: { services: viewsKeptOpen } });
    const text = textOf(await (await world.get('/incidents/inc-1')).text());
    expect(text).toContain(
      'What keeps it open, as of 2026-08-22 02:02:00Z ' +
        'Rule success-rate-budget-page is true: error budget success rate burns at 21.3x over 1h and 18x over 5m (fires above 14.4x) ' +
        'Rule lagging cannot be decided (stale): replication_lag: newest sample is 5m old ' +
        'Target missed: success rate 95.1% over 5m, target at least 99.9% ' +
        'Target unknown: replication lag unknown (stale), target at most 10 ' +
        'Error budget success rate: this incident has spent 2.78% of it so far; 87.2% is left ' +
        'Error budget latency: what this incident has spent of it is not known (short-history): counts cover 40% of the 30d before now page open',
    );
  });

  test('says how far the hold has come when nothing else keeps it open', async () => {
    const held = { rules: [], heldSince: storyStart, heldMs: 95_500 };
    const services = () =>
      viewsKeptOpen(held).map((view) => ({ ...view, scopes: view.scopes.map((scope) => ({ ...scope, targets: [] })) }));
    await using world = await aWorld({ events: [anEvent('opened', 1, 100)], parts: { services } });
    expect(textOf(await (await world.get('/incidents/inc-1')).text())).toContain(
      'The end state has held for 1m 35s; once it has for 10m, the incident resolves (8m 25s to go)',
    );
  });

  test.each([
    ['was not evaluated yet', [], 'Not known yet: its service has not been evaluated since Andon started'],
    ['is watched by nobody', [anEvent('unwatched', 2, 200)], 'Not known: nobody watches its service any more.'],
  ])('says why nothing is known of now when its service %s', (_, more, words) => {
    const text = textOf(pageOf(anEvent('opened', 1, 100), ...more));
    expect(text).toContain(`What keeps it open ${words}`);
  });

  test('of a resolved one says nothing of what keeps it open', async () => {
    await using world = await aWorld({ events: aWholeStory().slice(0, 5), parts: { services: viewsKeptOpen } });
    expect(textOf(await (await world.get('/incidents/inc-1')).text())).not.toContain('keeps it open');
  });

  test('gives what a rule saw of error budgets its time, above and in the timeline, to the end', () => {
    const seen = 'Error budget success rate: burns at 20x over 1h and 18x over 5m (fires above 14.4x)';
    const text = textOf(
      pageOf(
        anEvent('opened', 1, 100),
        anEvent('rule-joined', 2, 160, { stop: aStop({ rule: 'budget-burning', budgets: [seen] }) }),
        anEvent('resolved', 3, 1300),
      ),
    );
    expect(text).toContain(`Error budgets As of 2026-08-22 02:02:40Z: ${seen}`);
    expect(text).toContain(`rule-joined budget-burning (page, condition-true) ${seen} success rate 95.1% over 5m`);
  });

  test('says what a new declaration changed', () => {
    const changes = [
      { what: 'error-budget', name: 'success_rate', change: 'changed', field: 'objective', from: '99.9%', to: '99%' },
      { what: 'rule', name: 'old', change: 'removed', from: 'a < 1, page' },
    ] as const;
    const text = textOf(
      pageOf(anEvent('opened', 1, 100), anEvent('definition-changed', 2, 200, { changes, furtherChanges: 3 })),
    );
    expect(text).toContain(
      'definition-changed error budget success_rate: objective changed from 99.9% to 99% rule old removed; it was: a &lt; 1, page and 3 more',
    );
  });

  test('has a line for every type of event', () => {
    const page = pageOf(...eventTypes.map((type, index) => anEvent(type, index + 1, index)));

    for (const type of eventTypes) expect(page).toContain(`>${type}</td>`);
    for (const detail of ['budget-burning (page, condition-true)', 'pager: rejected', 'Ada: rolled back', 'after 1m']) {
      expect(page).toContain(detail);
    }
  });

  test('escapes whatever rules, labels and people wrote', () => {
    const evil = '"><script>alert("x")</script>';
    const page = pageOf(
      anEvent('opened', 1, 0, {
        incidentId: evil,
        service: evil,
        group: { [evil]: evil },
        owner: evil,
        endState: evil,
        stop: aStop({ rule: evil, summary: evil, condition: evil, runbook: 'JavaScript:alert(1)' }),
      }),
      anEvent('acknowledged', 2, 1, { incidentId: evil, by: evil, note: evil }),
    );

    expect(page).not.toContain('<script');
    expect(page.toLowerCase()).not.toContain('javascript:');
  });
});

describe('where a notification leads', () => {
  test.each(['inc-1', 'inc 1/é?'])('the link of %s is answered with its page, under the policy of all', async (id) => {
    await using world = await aWorld({ events: [anEvent('opened', 1, 100, { incidentId: id })] });

    const response = await world.get(incidentLink('', id));
    const page = await response.text();

    const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${digest}'`);
    expect(page).not.toMatch(/<script|\son\w+=|src=|@import|url\(/);
    expect(page).toContain(`<code>${id}</code>`);
    expect(world.requests[0]?.route).toBe('/incidents/{id}');
  });

  test('an incident that is not kept has a page that says so', async () => {
    await using world = await aWorld();

    const response = await world.get(`/incidents/${encodeURIComponent('<b>nothing')}${'x'.repeat(500)}`);
    const page = await response.text();

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(textOf(page)).toContain('No incident &lt;b&gt;nothing');
    expect(page).toContain('href="../"');
    expect(page).not.toContain('x'.repeat(300));
  });

  test('the links of the page at / lead there too, and from there to the JSON, below any path', async () => {
    await using world = await aWorld({ events: [anEvent('opened', 1, 100)] });
    const base = 'https://proxy.example.com/andon/';
    const linked = (page: string, from: string): string[] =>
      [...page.matchAll(/href="(?!https?:)([^"]+)"/g)].map(([, href = '']) => new URL(href, from).href);

    const home = linked(await (await world.get('/')).text(), base);
    const incident = linked(await (await world.get('/incidents/inc-1')).text(), `${base}incidents/inc-1`);

    expect(home).toContain(`${base}incidents/inc-1`);
    expect(incident).toEqual([base, `${base}api/v1/incidents/inc-1`]);
  });
});

describe('the gate on the page of an incident', () => {
  test('says what holds changes back, and how the fix passes', async () => {
    const opened = anEvent('opened', 1, 100, { incidentId: 'checkout-20260822T020711Z' });
    await using world = await aWorld({ events: [opened] });
    world.gates.poll('checkout', 0.5, { incident: anOpenIncident(world.gates.clock.now() - 60_000) });
    await world.gates.acts.freeze({ service: 'checkout', by: 'Ada', reason: 'looking' });
    const text = textOf(await (await world.get('/incidents/checkout-20260822T020711Z')).text());
    for (const part of [
      'What the gate of checkout says gate stop Ada stopped the line of checkout: looking stop : checkout is off since',
      'Ada stopped this line at 2026-08-22 02:00:00Z, until somebody lifts it: looking',
      'andon gate checkout --change CHANGE --remedies checkout-20260822T020711Z --reason TEXT',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('is gone with the incident', async () => {
    await using world = await aWorld({ events: aWholeStory() });
    const text = textOf(await (await world.get('/incidents/inc-1')).text());
    expect(text).toContain('page closed inc-1');
    expect(text).not.toContain('gate');
  });
});

test('instants are shown to the second in one piece, with all their digits at hand', () => {
  const page = pageOf(anEvent('opened', 1, 100), anEvent('resolved', 2, 1300));

  expect(page).toContain(
    '<time datetime="2026-08-22T02:01:40.000Z" title="2026-08-22T02:01:40.000Z">2026-08-22 02:01:40Z</time>',
  );
  expect(textOf(page)).not.toMatch(/\d\dT\d\d:|\.\d{3}Z/);
  expect(page).toMatch(/time, tbody th \{ white-space: nowrap; \}/);
});
