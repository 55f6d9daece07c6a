import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findFileFault } from '../../src/compose/find-file-fault.ts';
import { appKey } from '../support/github-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const curve = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

test.each<[string, string, string | undefined]>([
  ['the key that GitHub gives', appKey.privateKey, undefined],
  ['the public half', appKey.publicKey, 'is no private key in PEM'],
  ['a key of another kind', curve.privateKey, 'must be an RSA key, and this one is ec'],
  ['a webhook secret', 'correct-horse-battery-staple', 'is no private key in PEM'],
])('the private key file of a GitHub App may hold, or not: %s', async (_, text, fault) => {
  await using folder = await temporaryDirectory();
  const path = join(folder.path, 'app.pem');
  await writeFile(path, text);
  const found = await findFileFault({ path, key: [], kind: 'app-key' });
  if (fault === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject({ code: 'invalid-file', message: expect.stringContaining(fault) as unknown });
  expect(found?.message ?? '').not.toContain('correct-horse');
});

test.each([
  ['an integration key', 'R0T0KEN0123456789abcdefABCDEF012', undefined],
  ['one that is cut', 'R0T0KEN0123456789abcdefABCDEF01', 'holds no integration key of PagerDuty'],
  ['an API token', 'u+R0T0KEN-_yzabcdefghijklmnopqrs', 'holds no integration key of PagerDuty'],
])('the routing key file of a PagerDuty channel may hold, or not: %s', async (_, text, fault) => {
  await using folder = await temporaryDirectory();
  const path = join(folder.path, 'key');
  await writeFile(path, `${text}\n`);
  const found = await findFileFault({ path, key: [], kind: 'routing-key' });
  if (fault === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject({ code: 'invalid-file', message: expect.stringContaining(fault) as unknown });
  expect(JSON.stringify(found ?? '')).not.toContain('T0KEN');
});
