import { describe, expect, test } from '@jest/globals';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { presetTiers } from '../../../src/domain/budget/burn-tiers.ts';
import { declarationWords } from '../../../src/domain/incident/declaration-words.ts';
import { definitionChanges } from '../../../src/domain/incident/definition-change.ts';
import { describeDefinition } from '../../../src/domain/incident/describe-definition-change.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { aBudget, calendar, day, monday } from '../budget/budgets.ts';
import { aGauge, aRatio, aRule, aService, below } from '../../support/simulation.ts';

const minute = 60_000;
const before = aService();
const { endState } = before;
const [target] = endState.targets;
if (target === undefined) throw new Error('no target');
const gauged = { ...aGauge, unit: 'items' };
const budget = aBudget({ name: 'success_rate', signal: 'success_rate', tiers: presetTiers('page', 30 * day) });
const promised = aService({ budgets: [budget], rules: [aRule(), ...budgetRules([budget])] });
const paged = 'page above 14.4x over 1h and 5m; page above 6x over 6h and 30m';

function promising(changes: Partial<typeof budget>): Service {
  const changed = { ...budget, ...changes };
  return aService({ budgets: [changed], rules: [aRule(), ...budgetRules([changed])] });
}

/** What the timeline says when one declaration takes the place of another. */
function told(old: Service, now: Service): readonly string[] {
  const { changes, further: furtherChanges } = definitionChanges(declarationWords(old), declarationWords(now));
  return describeDefinition({ before: 'r1', after: 'r2', endState: 'x', changes, furtherChanges }).split('\n');
}

describe('another declaration says what it changed:', () => {
  test.each<[string, Service, Service, readonly string[]]>([
    [
      'a bound',
      before,
      aService({ endState: { ...endState, targets: [{ ...target, value: 0.99, unit: 'ratio' }] } }),
      ['target success_rate: bound changed from at least 0.999 over 1m to at least 99% over 1m'],
    ],
    [
      'a second target of the same signal, and the first one as it was',
      before,
      aService({ endState: { ...endState, targets: [{ ...target, value: 0.9, overMs: 5 * minute }, target] } }),
      ['target success_rate added: at least 0.9 over 5m'],
    ],
    [
      'a target that is gone',
      aService({
        signals: [aRatio, gauged],
        endState: { ...endState, targets: [target, { signal: 'lag', bound: 'atMost', value: 9, unit: 'items' }] },
      }),
      aService({ signals: [aRatio, gauged] }),
      ['target lag removed; it was: at most 9 items'],
    ],
    [
      'the words, the hold and the watch window of the end state',
      before,
      aService({ endState: { ...endState, summary: 'All can pay', holdMs: 5_000, watchMs: minute } }),
      [
        'end state: summary changed from Customers can pay to All can pay',
        'end state: hold changed from 1m to 5s',
        'end state: watch changed from 5m to 1m',
      ],
    ],
    [
      'a rule, field by field',
      before,
      aService({ rules: [aRule({ forMs: 30_000, severity: 'ticket', when: below('success_rate', minute, 0.9) })] }),
      [
        'rule payments-failing: condition changed from success_rate.over("60s") < 0.97 to success_rate.over("60s") < 0.9',
        'rule payments-failing: severity changed from page to ticket',
        'rule payments-failing: for is now 30s',
      ],
    ],
    [
      'what a rule that cannot be decided does',
      aService({ rules: [aRule({ onUnknown: { policy: 'open', afterMs: 5 * minute } })] }),
      before,
      ['rule payments-failing: opens when unknown for is not declared any more; it was 5m'],
    ],
    [
      'a rule under another name',
      before,
      aService({ rules: [aRule({ name: 'failing', formerly: ['payments-failing'], forMs: 5_000 })] }),
      ['rule failing: name changed from payments-failing to failing', 'rule failing: for is now 5s'],
    ],
    [
      'a signal under another name, with the target that names it',
      before,
      aService({
        signals: [{ ...aRatio, name: 'paid' }],
        endState: { ...endState, targets: [{ ...target, signal: 'paid' }] },
      }),
      ['target paid: name changed from success_rate to paid', 'signal paid: name changed from success_rate to paid'],
    ],
    [
      'a new rule, and the one that went',
      before,
      aService({ rules: [aRule({ name: 'other', when: below('success_rate', 5_000, 0.5), forMs: 10_000 })] }),
      [
        'rule other added: success_rate.over("5s") < 0.5, for 10s, page',
        'rule payments-failing removed; it was: success_rate.over("60s") < 0.97, page',
      ],
    ],
    [
      'an objective and a period, and nothing twice of the rules that they make',
      promised,
      promising({ objective: 0.99, period: calendar('month') }),
      [
        'error budget success_rate: objective changed from 99.9% to 99%',
        'error budget success_rate: period changed from 30d to a calendar month, UTC',
      ],
    ],
    [
      'burn rates',
      promised,
      promising({ tiers: presetTiers('page', 30 * day).slice(0, 1) }),
      [`error budget success_rate: burn rates changed from ${paged} to page above 14.4x over 1h and 5m`],
    ],
    [
      'a budget that is new',
      before,
      promised,
      [`error budget success_rate added: 99.9%, period 30d, burn rates ${paged}`],
    ],
    [
      'how a budget counts, and what is left out of it',
      promised,
      promising({
        method: { kind: 'timeslices', sliceMs: minute, target: 0.95 },
        minimumBad: 20,
        exclusions: [
          { kind: 'once', from: monday, to: monday + 60 * minute, because: 'moved' },
          {
            kind: 'weekly',
            days: [5, 6],
            startMinute: 1320,
            endMinute: 120,
            timeZone: 'UTC',
            offsetAt: () => 0,
            because: 'backups',
          },
        ],
      }),
      [
        'error budget success_rate: method is now timeslices of 1m at least 95% good',
        'error budget success_rate: least bad events is now 20',
        'error budget success_rate: excluded is now 2026-06-15T00:00:00.000Z to 2026-06-15T01:00:00.000Z; Sat, Sun 22:00 to 02:00, UTC',
      ],
    ],
    [
      'that rules of the source count',
      promised,
      { ...promised, budgetsFrom: 'recording-rules' },
      ['error budget success_rate: counted by is now recording rules'],
    ],
    [
      'what a signal measures',
      aService({ signals: [aRatio, gauged] }),
      aService({
        signals: [
          { ...aRatio, by: ['region'] },
          { ...gauged, query: 'max(lag)', unit: 'seconds' },
        ],
      }),
      [
        'signal success_rate: by is now region',
        'signal lag: query changed from lag to max(lag)',
        'signal lag: unit changed from items to seconds',
      ],
    ],
    ['nothing that has words', before, before, ['only in what cannot be told in words; the end state is: x']],
  ])('%s', (_, old, now, expected) => {
    expect(told(old, now)).toEqual(expected);
  });

  test('counters and latency thresholds are told as they are written', () => {
    const term = (sign: 1 | -1, text: string) => ({ sign, selector: text, at: [text, ''] });
    const counted = {
      ...aRatio,
      numerator: 'bad' as const,
      numeratorTerms: [term(1, 'all'), term(-1, 'good')],
      totalTerms: [term(1, 'all')],
    };
    const latency = (thresholdSeconds: number, native: boolean) => ({
      ...aRatio,
      name: 'latency',
      kind: 'latency' as const,
      numerator: 'good' as const,
      histogram: 'seconds{a="b"}',
      thresholdSeconds,
      native,
    });
    expect(
      told(
        aService({ signals: [counted] }),
        aService({ signals: [{ ...counted, totalTerms: [term(1, 'any')] }, latency(0.3, false)] }),
      ),
    ).toEqual([
      'signal success_rate: total changed from all to any',
      'signal latency added: histogram seconds{a="b"}, threshold 300ms',
    ]);
    expect(told(aService({ signals: [] }), aService({ signals: [counted] }))).toEqual([
      'signal success_rate added: bad all - good, total all',
    ]);
    expect(
      told(
        aService({ signals: [aRatio, latency(0.3, false)] }),
        aService({ signals: [aRatio, latency(0.0005, true)] }),
      ),
    ).toEqual([
      'signal latency: histogram changed from seconds{a="b"} to seconds{a="b"} (native)',
      'signal latency: threshold changed from 300ms to 0.0005s',
    ]);
  });
});

describe('however much changed', () => {
  const many = (count: number, bound: number): Service =>
    aService({
      rules: Array.from({ length: count }, (_, index) =>
        aRule({ name: `r${index}`, when: below('success_rate', minute, bound) }),
      ),
    });

  test('ten changes are told and the others counted', () => {
    const lines = told(many(25, 0.9), many(25, 0.8));
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('and 15 more');
  });

  test.each([200, 5_000])('a text of %d characters is cut round what differs', (length) => {
    const query = (end: string) =>
      aService({ signals: [aRatio, { ...aGauge, query: `${'x'.repeat(length)}${end}${'y'.repeat(300)}` }] });
    const { changes } = definitionChanges(declarationWords(query('before')), declarationWords(query('after')));
    expect(changes).toHaveLength(1);
    expect(changes[0]?.from).toMatch(/^…x+beforey+…$/);
    expect(changes[0]?.to).toMatch(/^…x+aftery+…$/);
    for (const text of [changes[0]?.from, changes[0]?.to]) expect(text?.length).toBeLessThanOrEqual(160);
  });

  test('no text is cut in the middle of a character', () => {
    const query = (text: string) => aService({ signals: [aRatio, { ...aGauge, query: `${'💥'.repeat(400)}${text}` }] });
    const { changes } = definitionChanges(declarationWords(query('a')), declarationWords(query('b')));
    for (const { from = '', to = '' } of changes) expect(from.isWellFormed() && to.isWellFormed()).toBe(true);
  });
});

test('a change that nobody saw is told as that, and so is a service that came back', () => {
  const known = { before: 'r1', endState: 'Customers can pay' };
  expect(describeDefinition({ ...known, after: 'r2' })).toBe(
    'what changed is not known; the end state is now: Customers can pay',
  );
  expect(describeDefinition({ ...known, after: 'r1' })).toBe(
    'the service is watched again, as it was declared before: Customers can pay',
  );
});
