import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { completed } from '../../tools/complete-lock.mjs';

describe('a lock file', () => {
  test('gets the packages for other platforms that npm left out', () => {
    const { packages, added } = completed({
      '': { version: '0.1.0' },
      'node_modules/b-linux-x64-gnu': { version: '1.2.3', optional: true },
      'node_modules/b': {
        version: '1.2.3',
        dev: true,
        optionalDependencies: {
          'b-darwin-arm64': '1.2.3',
          'b-linux-arm-musleabihf': '1.2.3',
          'b-linux-x64-gnu': '1.2.3',
          '@b/wasm32-wasi': '1.2.3',
        },
      },
    });
    expect(added).toEqual([
      'node_modules/b-darwin-arm64',
      'node_modules/b-linux-arm-musleabihf',
      'node_modules/@b/wasm32-wasi',
    ]);
    expect(packages).toMatchObject({
      'node_modules/b-darwin-arm64': { version: '1.2.3', dev: true, optional: true, os: ['darwin'], cpu: ['arm64'] },
      'node_modules/b-linux-arm-musleabihf': { os: ['linux'], cpu: ['arm'], libc: ['musl'] },
      'node_modules/@b/wasm32-wasi': { os: ['wasi'], cpu: ['wasm32'] },
      'node_modules/b-linux-x64-gnu': { version: '1.2.3', optional: true },
    });
  });

  test('keeps what is nested, ranges and optional packages for every platform as they are', () => {
    const { added } = completed({
      'node_modules/a': {
        optionalDependencies: { 'a-darwin-x64': '1.0.0', 'a-win32-x64': '^1.0.0', colors: '1.0.0' },
      },
      'node_modules/a/node_modules/a-darwin-x64': { version: '1.0.0' },
    });
    expect(added).toEqual([]);
  });

  test('of this repository is complete, so that `npm ci` takes it: run `npm run lock` after a change of package.json', async () => {
    const text = await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
    const lock = JSON.parse(text) as { readonly packages: Parameters<typeof completed>[0] };
    expect(completed(lock.packages).added).toEqual([]);
  });
});
