import { expect, test } from '@jest/globals';
import { compilePage } from '../../../src/adapters/http/page-shell.ts';

test('shows instants as people read them, keeps them to the millisecond, and escapes what stands around them', () => {
  const page = compilePage('<p>{{times text}}</p>');
  expect(page({ text: 'a <b> since 2026-08-22T02:07:11.250Z' })).toBe(
    '<p>a &lt;b&gt; since <time datetime="2026-08-22T02:07:11.250Z" title="2026-08-22T02:07:11.250Z">2026-08-22 02:07:11Z</time></p>',
  );
});

test.each(['id-2026-08-22T02:07:11Zx', '2026-08-22T02:07:11', '12026-08-22T02:07:11Z'])(
  'leaves %s alone, which is no instant',
  (text) => {
    expect(compilePage('{{times text}}')({ text })).toBe(text);
  },
);

test.each(['{{text}}', '{{times text}}', '{{#each rows}}{{times text}}{{/each}}'])(
  'a fact that %s needs and nobody gave is an error, and no word on the page',
  (template) => {
    expect(() => compilePage(template)({ rows: [{}] })).toThrow(/text/);
  },
);
