import { describe, expect, test } from '@jest/globals';
import { ServicesWire } from '../../src/adapters/http/wire/service.ts';
import { renderViews } from '../../src/cli/evaluate-table.ts';
import { replicationLag, successRate } from '../support/incident-story.ts';
import { checkoutView, searchView } from '../support/service-views.ts';

describe('a snapshot as text', () => {
  test('has a line for every target, and one for every rule that is not quiet', () => {
    const text = renderViews([checkoutView, searchView], 'text', { colors: false });

    expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['SERVICE', 'GROUP', 'TARGET', 'OVER', 'NOW', 'BOUND', 'VERDICT', 'REASON'],
      ['checkout', '-', 'success rate', '5m', '95.1%', 'at least 99.9%', 'missed'],
      [
        'checkout',
        '-',
        'replication lag',
        'newest',
        '-',
        'at most 10',
        'unknown',
        'stale: replication_lag: newest sample is 5m old',
      ],
      ['search', 'region="eu"', 'success rate', '5m', '95.1%', 'at least 99.9%', 'held'],
      [''],
      ['SERVICE', 'GROUP', 'RULE', 'STATE', 'CONDITION'],
      ['checkout', '-', 'payments-failing', 'firing', 'success_rate.over("1m") < 0.97'],
      [''],
      ['SERVICE', 'GROUP', 'BUDGET', 'OBJECTIVE', 'LEFT', 'GOOD', 'BURN RATE', 'LASTS', 'COVERAGE', 'REASON'],
      ['checkout', '-', 'success rate', '99.9% over 30d', '10%', '99.91%', '1h 15x', '2h', '99%'],
      [
        'checkout',
        '-',
        'monthly',
        '99.9% over 30d',
        'short-history',
        '-',
        'for ever',
        '12%',
        'monthly: counts cover 12% of the 30d before now; 12% of the period is read so far',
      ],
      [''],
      ['groups-dropped', 'checkout: 3 groups are beyond the limit of 20'],
      [''],
    ]);
  });

  test('says of a budget that it is excluded now, and lists what is left out', () => {
    const [first] = checkoutView.budgets;
    if (first === undefined) throw new Error('the view has no budget');
    const at = (hours: number) => Date.UTC(2026, 10, 23, hours);
    const budgets = [
      {
        ...first,
        excluded: [{ from: at(2), to: at(3), because: 'patches' }],
        excludedNow: { from: at(12), to: at(14), because: 'upgrade' },
        excludedAhead: [{ from: at(13), to: at(14), because: 'upgrade' }],
      },
    ];
    const text = renderViews([{ ...checkoutView, budgets }], 'text', { colors: false });

    expect(text).toContain('99%       excluded until 2026-11-23T14:00:00.000Z, because upgrade');
    expect(text).toContain(
      '\nLeft out of error budgets:\n' +
        'checkout, success rate: excluded until 2026-11-23T14:00:00.000Z, because upgrade\n' +
        'checkout, success rate: left out: 2026-11-23T02:00:00.000Z to 2026-11-23T03:00:00.000Z, because patches\n',
    );
    expect(renderViews([checkoutView], 'text', { colors: false })).not.toContain('eft out');
  });

  test('tells the groups of a target that a whole service asks of each', () => {
    const targets = [{ ...replicationLag, group: { zone: 'a' } }];
    const scopes = [{ group: {}, line: 'moving' as const, targets, rules: [] }];

    expect(renderViews([{ ...searchView, scopes }], 'text', { colors: false })).toContain(
      'search   zone="a"  replication lag',
    );
  });

  test('marks a rule that only records', () => {
    const scopes = checkoutView.scopes.map((scope) => ({
      ...scope,
      rules: scope.rules.map((rule) => ({ ...rule, shadow: true as const })),
    }));
    expect(renderViews([{ ...checkoutView, scopes }], 'text', { colors: false })).toContain(
      'payments-failing  firing (shadow)  success_rate',
    );
  });

  test('says of a pending rule that nobody waits until its time is up', () => {
    const says = 'which `evaluate` does not wait out';
    const scopes = checkoutView.scopes.map((scope) => ({
      ...scope,
      rules: scope.rules.map((rule) => ({ ...rule, state: 'pending' as const })),
    }));

    expect(renderViews([{ ...checkoutView, scopes }], 'text', { colors: false })).toContain(says);
    expect(renderViews([checkoutView], 'text', { colors: false })).not.toContain(says);
    expect(() => JSON.parse(renderViews([{ ...checkoutView, scopes }], 'json', { colors: false }))).not.toThrow();
  });

  test('paints verdicts only when asked to', () => {
    const missed = '\u001b[31mmissed\u001b[39m';

    expect(renderViews([checkoutView], 'text', { colors: true })).toContain(missed);
    expect(renderViews([checkoutView], 'text', { colors: false })).not.toContain('\u001b');
  });

  test('lets no label steer the terminal', () => {
    const scopes = [{ group: { evil: '\u001b[2J' }, line: 'moving' as const, targets: [successRate], rules: [] }];

    expect(renderViews([{ ...searchView, service: '\u001b[2J', scopes }], 'text', { colors: false })).not.toContain(
      '\u001b',
    );
  });

  test('shows long groups short, and unlike groups unlike', () => {
    const groups = ['eu', ' eu', '  eu', '\u202eeu', `x${'y'.repeat(3000)}z`];
    const scopes = groups.map((zone) => ({
      group: { zone },
      line: 'moving' as const,
      targets: [successRate],
      rules: [],
    }));
    const views = [{ ...searchView, scopes }];
    const lines = renderViews(views, 'text', { colors: false })
      .split('\n')
      .filter((line) => line.includes('zone='));

    expect(new Set(lines).size).toBe(groups.length);
    for (const zone of ['" eu"', '"  eu"', '"\\u202eeu"', 'y…y']) expect(lines.join('\n')).toContain(zone);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(160);
    expect(renderViews(views, 'json', { colors: false })).toContain('y'.repeat(3000));
  });

  test('says when there is nothing to show', () => {
    expect(renderViews([], 'text', { colors: false })).toBe('No service.\n');
    expect(renderViews([{ ...searchView, scopes: [] }], 'text', { colors: false })).toBe(
      'search: nothing has been evaluated\n',
    );
  });
});

test('a snapshot as JSON has the shape of GET /api/v1/services', () => {
  const json: unknown = JSON.parse(renderViews([checkoutView, searchView], 'json', { colors: true }));

  expect(ServicesWire.parse(json).services.map(({ service }) => service)).toEqual(['checkout', 'search']);
});
