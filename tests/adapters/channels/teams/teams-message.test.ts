import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import { escapeMarkdown } from '../../../../src/adapters/channels/teams/markdown.ts';
import { teamsMessageOf } from '../../../../src/adapters/channels/teams/teams-message.ts';
import type { Attempt } from '../../../../src/app/ports/channel.ts';
import { expectGolden } from '../facts/golden.ts';
import { aDenseStory, stories, storyNames } from '../facts/stories.ts';
import { wildAttempts } from '../facts/wild-attempts.ts';

function cardOf(attempt: Attempt) {
  const [attachment] = teamsMessageOf(factSheetOf(attempt)).attachments;
  if (attachment === undefined) throw new Error('a message has one card');
  return attachment.content;
}

/** Markup that is left once everything behind a backslash is taken out: none but our own bold names and bullets. */
function markupIn(text: string): readonly string[] {
  const bare = text.replace(/^\*\*[A-Z][a-z ]+\*\*/, '').replaceAll(/\\[!-/:-@[-`{-~]/g, ',');
  return (
    bare.match(
      /[*`[\]]|<(?! )(?=[a-z/!?@])|~~|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\{\{|&#?\w+;|^(?:[-+#>]|\d+[.)])|\n/giu,
    ) ?? []
  );
}

function holdsTo(attempt: Attempt): void {
  const message = teamsMessageOf(factSheetOf(attempt));
  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(25_000);
  const { body, actions = [] } = cardOf(attempt);
  for (const { text } of body) {
    expect(text.trim()).not.toBe('');
    expect(markupIn(text)).toEqual([]);
  }
  for (const { url } of actions) expect(new URL(url).protocol).toMatch(/^https?:$/);
  expect(teamsMessageOf(factSheetOf(attempt))).toEqual(message);
}

test.each(storyNames)('%s reads as in its golden file, and Teams takes it', (name) => {
  holdsTo(stories[name]);
  expectGolden(`teams/${name}`, teamsMessageOf(factSheetOf(stories[name])));
});

test('nothing in the facts breaks the limit of Teams, or is more than text to it', () => {
  fc.assert(fc.property(wildAttempts, holdsTo), { numRuns: 150 });
});

test('what fits until it is escaped is cut all the same, and says so', () => {
  const dense = aDenseStory('*');
  expect(factSheetOf(dense).data.truncated).toBe(false);
  holdsTo(dense);
  expect(cardOf(dense).body.map(({ text }) => text)).toContain('Shortened: the incident has more');
});

test('links are left out where they are none, and whole where they are', () => {
  expect(cardOf(stories.hostile).actions?.map(({ url }) => url)).toEqual([
    'https://runbooks.example.com/a%7Cb?x=%3C!channel%3E&y=%22z%22',
  ]);
  expect(cardOf(stories.oversized).actions?.map(({ title }) => title)).toEqual(['Incident']);
  expect(cardOf(stories.bare)).not.toHaveProperty('actions');
});

describe('escaping', () => {
  test.each([
    ['success_rate.over("1m") < 0.97', 'success_rate.over("1m") < 0.97'],
    ['_it_ *bold* ~~gone~~', '\\_it\\_ \\*bold\\* \\~~gone\\~~'],
    ['a < 1 || b > 2', 'a < 1 || b > 2'],
    ['> quoted', '\\> quoted'],
    ['[x](https://evil.example.com)', '\\[x\\](https://evil.example.com)'],
    ['a\\b', 'a\\\\b'],
    ['{{DATE(2026-01-01T00:00:00Z)}}', '\\{{DATE(2026-01-01T00:00:00Z)}}'],
    ['{pod="a"}', '{pod="a"}'],
    ['&lt; & &#60;', '\\&lt; & \\&#60;'],
    ['1. one', '1\\. one'],
    ['- one', '\\- one'],
    ['# one', '\\# one'],
    ['<at>all</at>', '\\<at>all\\</at>'],
  ])('%s is sent as %s', (text, sent) => {
    expect(escapeMarkdown(text)).toBe(sent);
  });

  test('loses nothing: without the backslashes it is the text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeMarkdown(text).replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(text);
      }),
    );
  });
});
