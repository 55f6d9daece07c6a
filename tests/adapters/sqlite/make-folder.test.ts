import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeFolder } from '../../../src/adapters/sqlite/make-folder.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('the folder of the store', () => {
  test('is made with those above it, for its owner only, and left alone when it is there', async () => {
    await using folder = await temporaryDirectory();
    const deep = join(folder.path, 'a', 'b', 'c');
    makeFolder(deep);
    makeFolder(deep);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder.path, 'a')).mode & 0o777).toBe(0o700);
  });

  test('that cannot be made is an error at once, where Node alone would try for ever', () => {
    expect(() => makeFolder('/proc/andon/data')).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
  });

  test('behind a link that leads nowhere is an error', async () => {
    await using folder = await temporaryDirectory();
    mkdirSync(join(folder.path, 'there'));
    symlinkSync(join(folder.path, 'nowhere'), join(folder.path, 'link'));
    expect(() => makeFolder(join(folder.path, 'link'))).toThrow(/EEXIST|ENOENT/);
  });
});
