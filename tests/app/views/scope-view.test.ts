import { describe, expect, test } from '@jest/globals';
import { emptyView, viewOf } from '../../../src/app/polling/watch.ts';
import type { ServiceView } from '../../../src/app/views/service-view.ts';
import { groupKey } from '../../../src/domain/service/group.ts';
import { aRatio, aRule, aService, below, Simulation } from '../../support/simulation.ts';

const minute = 60_000;
const service = aService({
  signals: [aRatio, { ...aRatio, name: 'errors', by: ['region'] }],
  rules: [
    aRule({ name: 'whole' }),
    aRule({ name: 'regional', formerly: ['local'], when: below('errors', minute, 0.97) }),
  ],
});
const listed = ({ scopes }: ServiceView) =>
  scopes.map(({ group, rules }) => [groupKey(group), rules.map(({ rule }) => rule)]);

describe('a scope of a service', () => {
  test('lists the rules that are judged in it, and no other', () => {
    const run = new Simulation({ service, groups: [{ region: 'eu' }] }).runUntil(5 * minute);
    if (run.last === undefined) throw new Error('nothing was evaluated');

    const expected = [
      ['region="eu"', ['regional']],
      ['', ['whole']],
    ];
    expect(listed(viewOf(service, run.last))).toEqual(expected);
    expect(listed(emptyView(service, run.state))).toEqual(expected);
  });

  test('lists no rule when all of them are judged for the whole service', () => {
    const whole = {
      ...service,
      endState: {
        ...service.endState,
        targets: [{ signal: 'errors', bound: 'atLeast' as const, value: 0.9, overMs: minute }],
      },
      rules: [aRule({ name: 'whole' })],
    };
    const run = new Simulation({ service: whole, groups: [{ region: 'eu' }] }).runUntil(5 * minute);
    if (run.last === undefined) throw new Error('nothing was evaluated');

    expect(listed(viewOf(whole, run.last))).toEqual([
      ['region="eu"', []],
      ['', ['whole']],
    ]);
  });

  test('lists a renamed rule under its new name before the service is evaluated again', () => {
    const run = new Simulation({ service, groups: [{ region: 'eu' }] }).runUntil(5 * minute);
    const renamed = { ...service, rules: [aRule({ name: 'everywhere', formerly: ['whole'] })] };
    expect(listed(emptyView(renamed, run.state))).toEqual([
      ['region="eu"', []],
      ['', ['everywhere']],
    ]);
  });
});
