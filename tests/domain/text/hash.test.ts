import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashText } from '../../../src/domain/text/hash.ts';

test('a hash is eleven characters that stay the same from release to release', () => {
  expect(hashText('')).toBe(hashText(''));
  expect([hashText(''), hashText('andon'), hashText('andom')]).toMatchInlineSnapshot(`
   [
     "04st3gxlbss",
     "28654cbqqqb",
     "1nbpv3hskn2",
   ]
  `);
  fc.assert(fc.property(fc.string(), (text) => /^[0-9a-z]{11}$/.test(hashText(text))));
});

test('a hundred thousand texts that differ in little have hashes of their own', () => {
  const hashes = new Set(Array.from({ length: 100_000 }, (_, index) => hashText(`{"value":0.${index}}`)));
  expect(hashes.size).toBe(100_000);
});
