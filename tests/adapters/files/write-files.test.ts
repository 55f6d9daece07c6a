import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { writeFiles } from '../../../src/adapters/files/write-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const files = [
  { name: 'a.yaml', text: 'a' },
  { name: 'b.yaml', text: 'b' },
];

describe('files are written into a folder', () => {
  test('that is made, with those above it', async () => {
    await using folder = await temporaryDirectory();
    const target = join(folder.path, 'x', 'y');
    expect(await writeFiles(target, files, { replace: false })).toEqual({
      written: [join(target, 'a.yaml'), join(target, 'b.yaml')],
    });
    expect(await readFile(join(target, 'b.yaml'), 'utf8')).toBe('b');
  });

  test('but none of them when one is there already, even as a link that leads nowhere', async () => {
    await using folder = await temporaryDirectory();
    await symlink('nowhere', join(folder.path, 'b.yaml'));
    expect(await writeFiles(folder.path, files, { replace: false })).toEqual({
      problem: `${join(folder.path, 'b.yaml')} is there already, so nothing was written; --force replaces`,
    });
    await expect(readFile(join(folder.path, 'a.yaml'))).rejects.toThrow('ENOENT');
  });

  test('over what is there when that is asked for', async () => {
    await using folder = await temporaryDirectory();
    await writeFile(join(folder.path, 'a.yaml'), 'a much longer text');
    await writeFiles(folder.path, files, { replace: true });
    expect(await readFile(join(folder.path, 'a.yaml'), 'utf8')).toBe('a');
  });

  test('or it is said why not', async () => {
    await using folder = await temporaryDirectory();
    const inTheWay = join(folder.path, 'file');
    await writeFile(inTheWay, '');
    expect(await writeFiles(inTheWay, files, { replace: true })).toEqual({
      problem: `${inTheWay} is in the way: it has to be a folder`,
    });
    await mkdir(join(folder.path, 'a.yaml'));
    expect(await writeFiles(folder.path, files, { replace: true })).toEqual({
      problem: `${join(folder.path, 'a.yaml')} is a folder, and a file goes there`,
    });
  });
});
