import { describe, expect, test } from '@jest/globals';
import {
  fitLength,
  shortenEnd,
  shortenMiddle,
  singleLine,
  visibleText,
} from '../../../src/domain/text/visible-text.ts';

const flag = '🚩';

describe('text from elsewhere', () => {
  test('shows what would turn it around', () => {
    expect(visibleText('a\u202eb')).toBe('a\\u202eb');
  });

  test('stands on one line, whole', () => {
    expect(singleLine(' a\r\n\tb\u2028c\ud83d ')).toBe('a b c\ufffd');
  });
});

describe('text that is too long', () => {
  test.each([
    ['as long as it may be', 'abcd', 'abcd'],
    ['longer', 'abcde', 'abc…'],
    ['as long in characters, and longer in halves of them', flag.repeat(4), flag.repeat(4)],
    ['longer, of characters in two halves', flag.repeat(5), `${flag.repeat(3)}…`],
  ])('loses its end: %s', (_, text, kept) => {
    expect(shortenEnd(text, 4)).toBe(kept);
  });

  test.each([
    ['as long as it may be', 'abcd', 'abcd'],
    ['longer', 'abcde', 'abc…'],
    ['cut at a space', 'ab cde', 'ab…'],
    ['cut inside a character', `ab${flag}c`, 'ab…'],
    ['with half a character', 'a\ud83d', 'a\ufffd'],
  ])('fits a length: %s', (_, text, kept) => {
    expect(fitLength(text, 4)).toBe(kept);
  });

  test('loses its middle', () => {
    expect(shortenMiddle('abcdefgh', 5)).toBe('ab…gh');
  });
});
