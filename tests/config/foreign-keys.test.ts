import { expect, test } from '@jest/globals';
import { foreignKeyHint } from '../../src/config/foreign-keys.ts';

const ofTier = ['severity', 'budget', 'over', 'short'];
const ofTarget = ['signal', 'atLeast', 'atMost', 'over'];

test.each([
  ['a tier', 'factor', ofTier, expect.stringMatching(/^did you mean budget\?/)],
  ['a tier', 'longWindow', ofTier, 'did you mean over?'],
  ['a tier', 'shortWindow', ofTier, 'did you mean short?'],
  ['a target', 'window', ofTarget, 'did you mean over?'],
  ['a target', 'factor', ofTarget, undefined],
  ['a service', 'window', ['name', 'owner'], undefined],
  ['a tier', 'toString', ofTier, undefined],
])('%s with %s is told which of our keys is meant, if one is', (_, key, known, hint) => {
  expect(foreignKeyHint(key, known)).toEqual(hint);
});
