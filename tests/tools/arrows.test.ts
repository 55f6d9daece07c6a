import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const repository = resolve(import.meta.dirname, '../..');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'andon-arrows-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    await copyFile(join(repository, name), join(root, name));
  }
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
});
afterEach(() => rm(root, { recursive: true }));

/** Exit code and broken rules of `npm run arrows` over a tree of files. */
async function arrows(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as Package;
  const [program = '', ...args] = scripts.arrows.split(' ');
  const words = [join(repository, 'node_modules/.bin', program), ...args];
  return new Promise<{ code: number; broken: readonly string[] }>((done) => {
    execFile(process.execPath, words, { cwd: root }, (error, stdout) => {
      const broken = new Set([...stdout.matchAll(/^\s*error ([\w-]+): /gm)].map((match) => match[1] ?? ''));
      done({ code: error === null ? 0 : Number(error.code), broken: [...broken].toSorted() });
    });
  });
}

interface Package {
  readonly scripts: { readonly arrows: string };
}

const target = {
  'src/app/thing.ts': 'export interface Thing { readonly x: 1 }\nexport const thing = 1;\n',
  'src/adapters/ntp/clock.ts': "import { now } from 'node:process';\nexport const clock = 1;\n",
};

test('lets imports pass that go with the arrows', async () => {
  const { code, broken } = await arrows({
    'src/domain/thing.ts': 'export interface Thing { readonly x: 1 }\n',
    'src/app/use.ts': "import type { Thing } from '../domain/thing.ts';\nexport type Used = Thing;\n",
    'src/adapters/ntp/clock.ts':
      "import { hrtime } from 'node:process';\nimport type { Used } from '../../app/use.ts';\nexport const clock = (u: Used) => [u, hrtime];\n",
    'src/compose.ts': "export { clock } from './adapters/ntp/clock.ts';\n",
  });
  expect({ code, broken }).toEqual({ code: 0, broken: [] });
});

test.each([
  {
    name: 'a plain import',
    file: 'src/domain/bad.ts',
    text: "import { thing } from '../app/thing.ts';\nexport const x = thing;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'import type',
    file: 'src/domain/bad.ts',
    text: "import type { Thing } from '../app/thing.ts';\nexport type X = Thing;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'an inline type import',
    file: 'src/domain/bad.ts',
    text: "import { type Thing } from '../app/thing.ts';\nexport type X = Thing;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'a re-exported type',
    file: 'src/domain/bad.ts',
    text: "export type { Thing } from '../app/thing.ts';\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'a dynamic import',
    file: 'src/app/bad.ts',
    text: "export const load = () => import('../adapters/ntp/clock.ts');\n",
    rule: 'app-imports-domain-only',
  },
  {
    name: 'a Node module in the domain',
    file: 'src/domain/bad.ts',
    text: "import { join } from 'node:path';\nexport const x = join;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'a Node module in config',
    file: 'src/config/bad.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    rule: 'config-does-no-io',
  },
  {
    name: 'one adapter in another',
    file: 'src/adapters/sundial/bad.ts',
    text: "export { clock } from '../ntp/clock.ts';\n",
    rule: 'adapters-never-import-each-other',
  },
  {
    name: 'an adapter in a command',
    file: 'src/cli/bad.ts',
    text: "import { clock } from '../adapters/ntp/clock.ts';\nexport const x = clock;\n",
    rule: 'only-compose-knows-adapters',
  },
  {
    name: 'a development package',
    file: 'src/adapters/sundial/bad.ts',
    text: "import { test } from 'fast-check';\nexport const x = test;\n",
    rule: 'not-to-dev-dependency',
  },
  {
    name: 'a file that is not there',
    file: 'src/app/bad.ts',
    text: "import { gone } from './gone.ts';\nexport const x = gone;\n",
    rule: 'resolvable',
  },
])('sees $name that goes against the arrows', async ({ file, text, rule }) => {
  const { code, broken } = await arrows({ ...target, [file]: text });
  expect(broken).toContain(rule);
  expect(code).toBeGreaterThan(0);
});

test('refuses a file that it cannot read, rather than passing it by', async () => {
  const { code } = await arrows({ ...target, 'src/domain/bad.ts': 'export const x = = 1;\n' });
  expect(code).toBeGreaterThan(0);
});

test('sees a circle', async () => {
  const { broken } = await arrows({
    'src/app/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
    'src/app/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
  });
  expect(broken).toEqual(['no-cycles']);
});
