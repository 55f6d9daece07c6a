import { expect, test } from '@jest/globals';
import { secretsIn, withoutSecrets } from '../../../../src/adapters/channels/posting/without-secrets.ts';

const url = new URL('https://hooks.example.com/services/T0KEN/abc/T0KEN-at-the-end?sig=T0KEN-in-query&v=1');
const secrets = secretsIn(url, ['Bearer T0KEN-in-header', 'T0KEN-in-header-and-more']);

test.each([
  ['a header', 'no Bearer T0KEN-in-header here', 'no [redacted] here'],
  ['a token without its scheme', 'bad token "T0KEN-in-header"', 'bad token "[redacted]"'],
  ['a secret that begins as another one does', 'T0KEN-in-header-and-more', '[redacted]'],
  ['the path', 'nothing at /services/T0KEN/abc/T0KEN-at-the-end', 'nothing at [redacted]'],
  ['a long part of the path', 'no hook T0KEN-at-the-end', 'no hook [redacted]'],
  ['the query', '?sig=T0KEN-in-query&v=1', '?[redacted]'],
  ['a value of the query', 'the signature T0KEN-in-query is over', 'the signature [redacted] is over'],
  ['each of several', 'T0KEN-in-query T0KEN-in-query', '[redacted] [redacted]'],
  ['nothing else', 'v is 1, and Bearer is no secret', 'v is 1, and Bearer is no secret'],
])('cuts out %s', (_, text, told) => {
  expect(withoutSecrets(text, secrets)).toBe(told);
});

test('leaves short paths alone, which stand in many texts', () => {
  expect(secretsIn(new URL('https://hooks.example.com/hook?v=1'), [])).toEqual([]);
});
