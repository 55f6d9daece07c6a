import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SecretFile } from '../../../src/adapters/prometheus/secret-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('reads the secret without the line break at its end', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'token');
  await writeFile(path, 's3cret\n');
  expect(await new SecretFile(path, () => 0).read()).toEqual({ kind: 'ok', text: 's3cret' });
});

test('looks at the file once a second and reads it again when it has changed', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'token');
  await writeFile(path, 'old');
  let now = 0;
  const file = new SecretFile(path, () => now);
  expect(await file.read()).toMatchObject({ text: 'old' });
  await writeFile(path, 'newer');
  now = 999;
  expect(await file.read()).toMatchObject({ text: 'old' });
  now = 1_000;
  expect(await file.read()).toMatchObject({ text: 'newer' });
});

test('follows a link that is swapped, as Kubernetes swaps secrets', async () => {
  await using directory = await temporaryDirectory();
  const at = (...names: string[]): string => join(directory.path, ...names);
  for (const version of ['one', 'two']) {
    await mkdir(at(version));
    await writeFile(at(version, 'token'), version);
  }
  await symlink('one', at('..data'));
  await symlink(join('..data', 'token'), at('token'));
  let now = 0;
  const file = new SecretFile(at('token'), () => now);
  expect(await file.read()).toMatchObject({ text: 'one' });
  await symlink('two', at('..data_tmp'));
  await rename(at('..data_tmp'), at('..data'));
  now = 1_000;
  expect(await file.read()).toMatchObject({ text: 'two' });
});

test('says which file cannot be used, and takes it at once when it is back', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'token');
  let now = 0;
  const file = new SecretFile(path, () => now);
  expect(await file.read()).toEqual({ kind: 'unreadable', detail: `cannot use the file ${path}: ENOENT` });
  await writeFile(path, '\n');
  expect(await file.read()).toMatchObject({ detail: expect.stringContaining('it is empty') });
  await writeFile(path, 'x'.repeat(2_000_000));
  expect(await file.read()).toMatchObject({ detail: expect.stringContaining('larger than 1 MiB') });
  await writeFile(path, 'fine');
  expect(await file.read()).toEqual({ kind: 'ok', text: 'fine' });
  await rm(path);
  now = 1_000;
  expect(await file.read()).toMatchObject({ kind: 'unreadable' });
});
