import { expect, test } from '@jest/globals';
import { groupText, groupValueText } from '../../../src/domain/service/group.ts';

test('a group reads as its key does, with long values shortened in the middle', () => {
  expect(groupText({})).toBe('');
  expect(groupText({ zone: 'b', region: 'eu' })).toBe('region="eu",zone="b"');
  const text = groupText({ path: `start${'x'.repeat(3000)}end` });
  expect(text).toMatch(/^path="start(x+)…(x+)end"$/);
  expect(text).toHaveLength('path=""'.length + 60);
  expect(groupText({ path: 'x'.repeat(60) })).toBe(`path="${'x'.repeat(60)}"`);
});

test('groups that differ in spaces or in what is not seen look different', () => {
  const values = ['eu', ' eu', '  eu', 'eu ', '\u202eeu', '\u2066eu', '\u007feu', '\u0000eu', '\teu', ''];
  const texts = values.map((zone) => groupText({ zone }));
  expect(new Set(texts).size).toBe(values.length);
  expect(texts.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(groupText({ zone: '\u202eeu' })).toBe('zone="\\u202eeu"');
});

test.each([
  ['eu', 'eu'],
  [' eu', '" eu"'],
  ['eu ', '"eu "'],
  ['', '""'],
  ['a b', 'a b'],
])('among words %j is written %s', (value, text) => {
  expect(groupValueText(value)).toBe(text);
});
