import { expect, test } from '@jest/globals';
import { anySelector, plainSelector } from '../../src/config/service/selector-in.ts';

test.each(['up', 'a:b_total', 'a{}', 'a{b="c"}', 'a{b="c",d!="",e=~"5..|4..",f!~"x.*",}', `a{b="it's"}`, 'a{b="=~,"}'])(
  '%s is read without a grammar just as with it',
  (text) => {
    expect(plainSelector(text)).toBeDefined();
    expect(plainSelector(text)).toEqual(anySelector(text));
  },
);

test.each([
  'a{b = "c"}',
  `a{b='c'}`,
  'a{b="\\\\d"}',
  'a{b="x}"}',
  '{__name__="a"}',
  'a{__name__="b"}',
  '{"http.duration",b="c"}',
  'a{b="c",,}',
  'a{b="c" d="e"}',
  'a[5m]',
])('%s is left to the grammar', (text) => {
  expect(plainSelector(text)).toBeUndefined();
});
