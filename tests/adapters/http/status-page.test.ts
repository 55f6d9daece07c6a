import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { statusPage, type PageFacts } from '../../../src/adapters/http/status-page.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { anEvent, aStop, replicationLag, storyStart, successRate } from '../../support/incident-story.ts';
import { aStatus, checkoutView, searchView } from '../../support/service-views.ts';
import { ShadowBook } from '../../../src/app/shadow/shadow-book.ts';
import { aShadowClearing, aShadowFiring } from '../../support/shadow-events.ts';
import { aWorld } from './http-world.ts';
import { textOf } from './page-text.ts';

function pageOf(facts: Partial<PageFacts> = {}): string {
  return statusPage({
    services: [checkoutView, searchView],
    incidents: [],
    status: aStatus,
    readiness: { ready: true, reasons: [] },
    now: storyStart + 3_600_000,
    ...facts,
  });
}

describe('the page', () => {
  test('says of an open incident that it relapsed since when it is off again, and that nobody watches it', () => {
    const book = new IncidentBook();
    const onset = {
      at: storyStart + 1_490_000,
      earliest: storyStart,
      latest: storyStart,
      method: 'change-point' as const,
    };
    book.apply([
      anEvent('opened', 1, 100),
      anEvent('resolved', 2, 1300),
      anEvent('relapsed', 3, 1500, { onset }),
      anEvent('unwatched', 4, 1600),
    ]);
    const text = textOf(pageOf({ incidents: book.list({ limit: 9 }) }));
    expect(text).toContain('open, unwatched');
    expect(text).toContain('35m 10s off again since 2026-08-22 02:24:50Z (first off 2026-08-22 02:00:00Z)');
  });

  test('has no table that a phone would cut: each cell says what it is', () => {
    const book = new IncidentBook();
    const cart = { incidentId: 'inc-2', service: 'cart' };
    book.apply([anEvent('opened', 1, 100), anEvent('opened', 2, 100, cart), anEvent('resolved', 3, 1300, cart)]);
    const page = pageOf({ incidents: book.list({ limit: 9 }) });
    expect(page.match(/<table(?! class="rows")/g)).toBeNull();
    const bare = [...page.matchAll(/<td>(?!<span class="tag|<a |<\/td>)([^<]*)/g)].map(([, text]) => text);
    // A bound says so itself.
    expect(bare.filter((text) => !/^at (?:least|most) /.test(text ?? ''))).toEqual([]);
  });

  test('shows lines, targets with value and bound, rules that are not quiet, and reasons', () => {
    const text = textOf(pageOf());

    expect(text).toContain('line stopped payments-failing: firing inc-1');
    expect(text).toContain('success rate 95.1% at least 99.9% 5m missed');
    expect(text).toContain('replication lag stale replication_lag: newest sample is 5m old at most 10 newest unknown');
    expect(text).toContain('groups-dropped: 3 groups are beyond the limit of 20');
    expect(text).not.toContain('budget-burning');
    expect(text).toContain('region&#x3D;&quot;eu&quot;');
    expect(text).toContain('not yet evaluated');
  });

  test.each([
    ['recording-rules', 'Error budgets are counted by recording rules of the source main'],
    ['counters', undefined],
  ] as const)('says of error budgets from %s who counts them', (errorBudgetsFrom, words) => {
    const text = textOf(pageOf({ services: [{ ...checkoutView, errorBudgetsFrom }] }));
    if (words === undefined) expect(text).not.toContain('recording rules');
    else expect(text).toContain(words);
  });

  test.each([
    ['held', [{ ...successRate, verdict: 'held' as const }, replicationLag], 'moving', 'line moving'],
    ['all unknown', [replicationLag, replicationLag], 'unknown', 'line moving, unseen'],
    ['none yet', [], 'unknown', 'line moving, unseen'],
  ])('a line that moves is green only when something of it is seen: %s', (_, targets, style, words) => {
    const scopes = [{ group: {}, line: 'moving' as const, targets, rules: [] }];

    expect(pageOf({ services: [{ ...searchView, scopes }] })).toContain(`<span class="tag ${style}">${words}</span>`);
  });

  test('says of a budget that it is excluded now, until when and why, and lists what is left out', () => {
    const stretch = (fromHours: number, toHours: number, because: string) => ({
      from: storyStart + fromHours * 3_600_000,
      to: storyStart + toHours * 3_600_000,
      because,
    });
    const [first] = checkoutView.budgets;
    if (first === undefined) throw new Error('the view has no budget');
    const budget = {
      ...first,
      excluded: [stretch(-50, -48, 'patches'), stretch(-1, 0, 'upgrade')],
      excludedNow: stretch(-1, 2, 'upgrade'),
      excludedAhead: [stretch(0, 2, 'upgrade'), stretch(90, 91, 'move')],
    };
    const page = pageOf({ services: [{ ...checkoutView, budgets: [budget] }] });
    const text = textOf(page);
    expect(page).toContain('<span class="tag unknown">10%</span>');
    expect(pageOf()).toContain('<span class="tag held">10%</span>');
    const [now, past, next] = [2, -50, 90].map((hours) =>
      new Date(storyStart + hours * 3_600_000).toISOString().replace('T', ' ').replace('.000Z', 'Z'),
    );

    expect(text).toContain(`10% excluded until ${now}, because upgrade`);
    expect(text).toContain(`success rate: will be left out: ${next} to`);
    expect(text).toContain(`success rate: left out: ${past} to`);
    expect(textOf(pageOf())).not.toContain('left out');
  });

  test('writes out what would turn text around', () => {
    const scopes = [{ group: { zone: '\u202eeu' }, line: 'moving' as const, targets: [successRate], rules: [] }];
    const page = pageOf({ services: [{ ...searchView, service: 'a\u2066b', scopes }] });

    expect(page).not.toMatch(/[\u202e\u2066]/);
    expect(page).toContain('\\u202eeu');
    expect(page).toContain('a\\u2066b');
  });

  test('a line that is stopped stays so when nothing is seen of it', () => {
    const scopes = [{ group: {}, line: 'stopped' as const, targets: [replicationLag], rules: [] }];

    expect(pageOf({ services: [{ ...searchView, scopes }] })).toContain(
      '<span class="tag stopped">line stopped</span>',
    );
  });

  test('shows what is wrong with Andon itself, and nothing when all is well', () => {
    const warned = textOf(pageOf({ readiness: { ready: false, reasons: ['checkout: its past is being read'] } }));
    for (const part of [
      'Not ready yet: checkout',
      'The settings or rule files have problems; everything runs as before.',
      'a.yaml:3:7: no',
      'store cannot keep',
      'Source main',
    ]) {
      expect(warned).toContain(part);
    }

    const changing = textOf(
      pageOf({
        status: {
          ...aStatus,
          reload: { ...aStatus.reload, atNextStart: ['data: /b takes effect at the next start'] },
          channels: [{ name: 'pager', type: 'none', configured: false, pending: 3 }],
        },
      }),
    );
    expect(changing).toContain('data: /b takes effect at the next start');
    expect(changing).toContain('3 pages wait for the channel pager, which is not configured');

    const well = pageOf({
      status: {
        ...aStatus,
        reload: { ok: true, lastAttemptAt: 0, problems: [], atNextStart: [] },
        store: { degraded: false },
        sources: [],
      },
    });
    expect(well).not.toContain('role="alert"');
  });

  test('shows incidents with their age, who is on it and where the runbook is', () => {
    const book = new IncidentBook();
    book.apply([anEvent('opened', 1, 100), anEvent('acknowledged', 2, 150)]);

    const page = pageOf({ incidents: book.list({ limit: 10 }) });

    expect(textOf(page)).toContain('page Payments fail inc-1 checkout open 1h 2026-08-22 02:00:00Z Ada runbook');
    expect(page).toContain('href="https://runbooks.example.com/checkout"');
  });

  test('tells what is back and watched for a relapse from what is open', () => {
    const book = new IncidentBook();
    book.apply([anEvent('opened', 1, 100), anEvent('resolved', 2, 1300)]);

    const text = textOf(pageOf({ incidents: book.list({ limit: 10 }) }));

    expect(text).toContain('Open incidents None. Back, and watched for a relapse');
    expect(text).toMatch(/page Payments fail inc-1 checkout 11m 40s 48m 20s 2026-08-22 02:11:40Z nobody/);
  });

  test('escapes whatever rules, labels and people wrote', () => {
    const evil = '<script>alert("x")</script>';
    const book = new IncidentBook();
    book.apply([
      anEvent('opened', 1, 0, { incidentId: evil, stop: aStop({ summary: evil, runbook: 'javascript:alert(1)' }) }),
      anEvent('acknowledged', 2, 1, { incidentId: evil, by: evil }),
    ]);
    const service = { ...checkoutView, service: evil, owner: evil, endState: evil, runbook: 'JavaScript:alert(1)' };
    const scopes = [{ ...checkoutView.scopes[0], group: { evil }, line: 'moving' as const, targets: [], rules: [] }];

    const page = pageOf({ services: [{ ...service, scopes }], incidents: book.list({ limit: 1 }) });

    expect(page).not.toContain('<script');
    expect(page.toLowerCase()).not.toContain('javascript:');
    expect(page).toContain('&lt;script&gt;');
  });

  test('says so when there is nothing', () => {
    expect(textOf(pageOf({ services: [] }))).toContain('Open incidents None. Services No service is watched.');
  });
});

test('is served with a policy that lets in its own style sheet and nothing else', async () => {
  await using world = await aWorld({ events: [anEvent('opened', 1, 100)] });

  const response = await world.get('/');
  const page = await response.text();

  const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${digest}'`);
  expect(page).not.toMatch(/<script|\son\w+=|src=|@import|url\(/);
  expect(page).toContain('Payments fail');
});

describe('a gate on the page', () => {
  const freeze = { service: 'checkout', by: 'Ada <b>', reason: 'moving the database' };

  test('says its state in words, who stopped the line and until when, and what else is seen', async () => {
    await using world = await aWorld();
    world.gates.poll('checkout', 0.5);
    await world.gates.acts.freeze({ ...freeze, forMs: 3_600_000 });
    await world.gates.acts.freeze({ ...freeze, service: '*', reason: 'holidays', by: 'Grace' });
    await world.gates.acts.freeze({ ...freeze, reason: 'x', by: 'Eve', liftsWhen: 'end-state-held' });
    const page = await (await world.get('/')).text();
    const text = textOf(page);
    for (const part of [
      'gate stop Ada &lt;b&gt; stopped the line of checkout until 03:00:00 UTC: moving the database warn : checkout: success rate 50%',
      'Ada &lt;b&gt; stopped this line at 2026-08-22 02:00:00Z, until 2026-08-22 03:00:00Z (in 50m): moving the database',
      'lift it: andon lift checkout-freeze-20260822T020000Z --reason TEXT',
      'Grace stopped every line at 2026-08-22 02:00:00Z, until somebody lifts it: holidays',
      'Eve stopped this line at 2026-08-22 02:00:00Z, until the end state has held: x',
    ]) {
      expect(text).toContain(part);
    }
    expect(page).toContain('<span class="tag missed">gate stop</span>');
  });

  test('says who let changes pass', async () => {
    await using world = await aWorld();
    await world.gates.acts.freeze(freeze);
    const leave = { service: 'checkout', by: 'Grace', reason: 'hotfix', forMs: 1_800_000 };
    await world.gates.acts.override({ ...leave, change: 'sha-1' });
    const once = textOf(await (await world.get('/')).text());
    expect(once).toContain('gate stop');
    expect(once).toContain('Grace lets the change sha-1 pass until 2026-08-22 02:30:00Z (in 20m): hotfix');
    await world.gates.acts.override(leave);
    const text = textOf(await (await world.get('/')).text());
    expect(text).toContain('gate pass, overridden the gate is overridden, says Grace: hotfix (otherwise stop: Ada');
    expect(text).toContain('Grace lets changes pass until');
    expect(text).toContain('end it: andon end-override checkout-override-20260822T020000Z-2 --reason TEXT');
  });

  test('is green while it passes', async () => {
    await using world = await aWorld();
    expect(await (await world.get('/')).text()).toContain('<span class="tag held">gate pass</span>');
  });
});

describe('a rule on trial', () => {
  test('is never said to stop anything, and what it would have stopped is listed', () => {
    const rule = { severity: 'page', condition: 'x', shadow: true } as const;
    const rules = [
      { ...rule, rule: 'early', state: 'firing' as const },
      { ...rule, rule: 'slow', state: 'pending' as const },
      { ...rule, rule: 'quiet', state: 'inactive' as const },
    ];
    const scopes = [{ group: {}, line: 'moving' as const, targets: [successRate], rules }];
    const book = new ShadowBook();
    book.apply([
      aShadowFiring(1, { shadowId: 'other', service: 'elsewhere', rule: 'not-here' }),
      aShadowFiring(2, { shadowId: 'a', rule: 'first' }),
      aShadowClearing(62, { shadowId: 'a' }),
      aShadowFiring(63, { shadowId: 'b', rule: 'early', group: { region: 'eu' } }),
    ]);
    const page = pageOf({ services: [{ ...checkoutView, scopes }], shadows: book.list({ limit: 10 }) });
    const text = textOf(page);
    for (const part of [
      'early: would have stopped the line slow: pending (only records)',
      'early (page) would have stopped the line of region&#x3D;&quot;eu&quot; at 2026-08-22 02:01:03Z, and still would',
      'first (page) would have stopped the line at 2026-08-22 02:00:02Z, for 1m',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('quiet');
    expect(text).not.toContain('not-here');
    expect(page).not.toContain('class="firing"');
  });
});
