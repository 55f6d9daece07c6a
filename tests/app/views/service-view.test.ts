import { expect, test } from '@jest/globals';
import { viewRule } from '../../../src/app/views/service-view.ts';
import type { RuleState } from '../../../src/domain/incident/service-state.ts';
import type { StopRule } from '../../../src/domain/service/service.ts';

const rule = { name: 'payments-failing', severity: 'page', when: { text: 'a < 1' } } as StopRule;
const quiet: RuleState = { rule: rule.name, undecidedMs: 0, firing: false };

test.each<[string, RuleState | undefined, object]>([
  ['without a state is inactive', undefined, { state: 'inactive' }],
  ['that is false is inactive', quiet, { state: 'inactive' }],
  ['that is true, but not for long enough, is pending', { ...quiet, trueSince: 5 }, { state: 'pending', since: 5 }],
  [
    'that has been true for long enough is firing',
    { ...quiet, trueSince: 5, firing: true },
    { state: 'firing', since: 5 },
  ],
  ['that still fires is firing', { ...quiet, firing: true }, { state: 'firing' }],
  [
    'that can no longer be decided is unknown, whatever it was',
    { ...quiet, trueSince: 5, firing: true, unknownSince: 9 },
    { state: 'unknown', since: 9 },
  ],
])('a rule %s', (_, state, expected) => {
  expect(viewRule(rule, state)).toEqual({ rule: rule.name, severity: 'page', condition: 'a < 1', ...expected });
});
