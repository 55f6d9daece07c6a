import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { modulesProblem } from '../../tools/node-modules.mjs';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'andon-modules-'));
});
afterEach(() => rm(root, { recursive: true }));

type Packages = Readonly<Record<string, { readonly version: string; readonly optional?: true }>>;

const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a-win32': { version: '1.0.0', optional: true },
};

async function withInstalled(installed: Packages | undefined): Promise<void> {
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (installed === undefined) return;
  await mkdir(join(root, 'node_modules'));
  await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
}

describe('whether npm packages must be installed', () => {
  test.each([
    { name: 'nothing is installed', installed: undefined, problem: 'missing' },
    { name: 'what is asked for is there', installed: { 'node_modules/a': { version: '1.0.0' } }, problem: undefined },
    { name: 'a package is missing', installed: {}, problem: 'out of date' },
    {
      name: 'a package has another version',
      installed: { 'node_modules/a': { version: '0.9.0' } },
      problem: 'out of date',
    },
    {
      name: 'an optional package has another version',
      installed: {
        'node_modules/a': { version: '1.0.0' },
        'node_modules/a-win32': { version: '0.9.0', optional: true as const },
      },
      problem: 'out of date',
    },
  ])('$name: $problem', async ({ installed, problem }) => {
    await withInstalled(installed);
    expect(modulesProblem(root)).toBe(problem);
  });
});
