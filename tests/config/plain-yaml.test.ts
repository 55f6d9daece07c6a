import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { plainDocuments } from '../../src/config/plain-yaml.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const valuesOf = (text: string): readonly unknown[] => [...plainDocuments(text)].map(({ value }) => value);

describe('what rule files are written in', () => {
  test.each([
    ['a text', 'a: some words', { a: 'some words' }],
    [
      'a text with signs',
      `a: x{y="z",w!~"5.."} < 0.9 || y.over("1m") > 2`,
      { a: `x{y="z",w!~"5.."} < 0.9 || y.over("1m") > 2` },
    ],
    ['a URL', 'a: https://x.example/y#z', { a: 'https://x.example/y#z' }],
    ['a comment behind', 'a: b # c', { a: 'b' }],
    ['comments around', '# x\n\na:\n    # y\n  # z\n  b: c\n# w\n', { a: { b: 'c' } }],
    ['numbers', 'a: 12\nb: -1.50\nc: 0', { a: 12, b: -1.5, c: 0 }],
    [
      'what only begins as a number',
      'a: 99.9%\nb: 1h30m\nc: 2026-01-01\nd: 5d',
      { a: '99.9%', b: '1h30m', c: '2026-01-01', d: '5d' },
    ],
    ['words', 'a: true\nb: false\nc: null\nd: yes', { a: true, b: false, c: null, d: 'yes' }],
    ['quotes', `a: 'it''s'\nb: "say \\"no\\"\\n"\nc: '# : {'`, { a: "it's", b: 'say "no"\n', c: '# : {' }],
    [
      'flows',
      `a: { b: c d, e: 'f, g', h: [1, "2"] }\nb: []\nc: {}`,
      { a: { b: 'c d', e: 'f, g', h: [1, '2'] }, b: [], c: {} },
    ],
    ['lists', 'a:\n  - b\n  - 1 # c\n  - {d: e}\n', { a: ['b', 1, { d: 'e' }] }],
    ['a list as far left as its key', 'a:\n- b\n- c\nd: e', { a: ['b', 'c'], d: 'e' }],
    [
      'mappings in a list',
      'a:\n  - b: c\n    d:\n      e: f\n  -   g: h\n',
      { a: [{ b: 'c', d: { e: 'f' } }, { g: 'h' }] },
    ],
    ['a block of lines', 'a: |\n  # b\n    c\n\n  d\n\ne: f', { a: '# b\n  c\n\nd\n', e: 'f' }],
    ['a block without its last line break', 'a: |-\n  b\n', { a: 'b' }],
    ['a block that is folded', 'a: >-\n  b\n  c\nd: >\n  e\n', { a: 'b c', d: 'e\n' }],
    ['paragraphs of a block that is folded', 'a: >\n  b\n  c\n\n  d\n    e\n  f', { a: 'b c\nd\n  e\nf\n' }],
    ['a block in a list', 'a:\n  - |\n    b', { a: ['b\n'] }],
    ['a list in a list', '- - a\n  - b\n', [['a', 'b']]],
    ['keys in quotes', `"a": {'b': c}`, { a: { b: 'c' } }],
    ['a text below its key', 'a:\n  b', { a: 'b' }],
    ['a comma before nothing', 'a: [b, ]', { a: ['b'] }],
    ['odd spellings of words', 'a: True\nb: NULL', { a: true, b: null }],
    ['what other versions of YAML merge', '<<: {a: b}', { '<<': { a: 'b' } }],
    ['other alphabets', 'a: «größer» als — 😀', { a: '«größer» als — 😀' }],
  ])('%s is read as the parser reads it', (_, text, value) => {
    expect(valuesOf(text)).toEqual([value]);
    expect(parse(text)).toEqual(value);
  });

  test('several documents are read one by one, and blank ones have no value', () => {
    expect(valuesOf('# x\n---\na: 1\n---\n---\nb: 2\n')).toEqual([undefined, { a: 1 }, undefined, { b: 2 }]);
  });

  test.each(readdirSync(join(root, 'rules')).filter((name) => name.endsWith('.yaml')))('rules/%s is', (name) => {
    const text = readFileSync(join(root, 'rules', name), 'utf8');
    expect(valuesOf(text)).toEqual([parse(text)]);
  });
});

describe('what is left to the parser', () => {
  test.each([
    ['a tab', 'a:\tb'],
    ['a carriage return', 'a: b\r\nc: d'],
    ['a blank that is none', 'a: b\u00a0'],
    ['a byte order mark', '\ufeffa: b'],
    ['an anchor', 'a: &b c'],
    ['an alias', 'a: *b'],
    ['a tag', 'a: !!str 1'],
    ['a tag on nothing', '!!str '],
    ['a tag within a flow', 'a: [!!str 1]'],
    ['a directive', '%YAML 1.2\n---\na: b'],
    ['the end of a document', 'a: b\n...\n'],
    ['something behind three dashes', '--- a: b'],
    ['more than three dashes', 'a: b\n---- c'],
    ['a key twice', 'a: b\na: c'],
    ['a key in a flow twice', 'a: {b: c, b: d}'],
    ['a key that is no text', 'true: a'],
    ['a key that is a number', '1: a'],
    ['a prototype', '__proto__: {a: b}'],
    ['a key without a value', 'a:\nb: c'],
    ['a mapping within a line', 'a: b: c'],
    ['a colon at the end', 'a: b:'],
    ['a text of several lines', 'a: b\n  c'],
    ['quotes of several lines', 'a: "b\n  c"'],
    ['quotes that stay open', "a: 'b"],
    ['something behind quotes', 'a: "b" c'],
    ['a comment right behind quotes', 'a: "b"#c'],
    ['an escape for a character', 'a: "\\u0041"'],
    ['a flow of several lines', 'a: [b,\n  c]'],
    ['a flow that stays open', 'a: [b'],
    ['a key without a value in a flow', 'a: {b}'],
    ['nothing before a comma', 'a: [, b]'],
    ['a number that can be read in two ways', 'a: 007'],
    ['a number in hexadecimal', 'a: 0x1F'],
    ['a number with an exponent', 'a: 1e3'],
    ['a number with a sign', 'a: +1'],
    ['a number without its zero', 'a: .5'],
    ['nothing, as a tilde', 'a: ~'],
    ['an item without a value', 'a:\n  -\n  - b'],
    ['a bad indent', 'a:\n    b: c\n  d: e'],
    ['an indent out of nowhere', 'a: b\n  c: d'],
    ['a list that goes on further left', 'a:\n  - b\n - c'],
    ['an indent at the start', '  a: b'],
    ['three dashes further right', '  ---\n  a: b'],
    ['a key behind an item in quotes', 'a:\n- "b" c: d'],
    ['a key behind an item with a colon in quotes', 'a:\n- "b: "c: d'],
    ['a key behind an item in brackets', 'a:\n- [b] c: d'],
    ['a key far before its colon', `a${' '.repeat(1_030)}: b`],
    ['a key that is marked as one', '? a\n: b'],
    ['a list as a key', '[a]: b'],
    ['a block that keeps its line breaks', 'a: |+\n  b\n\n'],
    ['a block with an indent in its header', 'a: |2\n  b'],
    ['a block that begins with a blank line', 'a: |\n\n  b'],
    ['a block with blanks in a blank line', 'a: |\n  b\n   \n  c'],
    ['a block without lines', 'a: |\nb: c'],
    ['a very deep flow', `a: ${'['.repeat(40)}${']'.repeat(40)}`],
    ['a very long key', `${'a'.repeat(200)}: b`],
    ['more values than a document may have', `a: [${'1,'.repeat(100_000)}1]`],
  ])('%s', (_, text) => {
    expect(valuesOf(text)).toEqual([]);
  });

  test('everything from the document before on', () => {
    expect(valuesOf('a: 1\n---\nb: 2\n---\nc: &x 3\n---\nd: 4\n')).toEqual([{ a: 1 }]);
  });
});
