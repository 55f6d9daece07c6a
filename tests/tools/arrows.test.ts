import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

const repository = resolve(import.meta.dirname, '../..');
let root: string;

async function makeRoot(): Promise<void> {
  root = await mkdtemp(join(tmpdir(), 'andon-arrows-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    await copyFile(join(repository, name), join(root, name));
  }
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
}

/** Exit code of `npm run arrows` over a tree of files, and each broken rule with the file that breaks it. */
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
      const broken = new Set([...stdout.matchAll(/^\s*error ([\w-]+: \S+)/gm)].map((match) => match[1] ?? ''));
      done({ code: error === null ? 0 : Number(error.code), broken: [...broken].toSorted() });
    });
  });
}

interface Package {
  readonly scripts: { readonly arrows: string };
}

const target = {
  'src/app/thing.ts': 'export interface Thing { readonly x: 1 }\nexport const thing = 1;\n',
  'src/domain/reading/read.ts': 'export type Read = 1;\n',
  'src/domain/incident/incident.ts': 'export type Incident = 1;\n',
  'src/domain/notification/told.ts': 'export type Told = 1;\n',
  'src/app/polling/loop.ts': 'export type Loop = 1;\n',
  'src/adapters/ntp/clock.ts': "import { now } from 'node:process';\nexport const clock = 1;\n",
  'src/adapters/channels/chat/sent.ts': 'export type Sent = 1;\n',
};

describe('a tree', () => {
  beforeEach(makeRoot);
  afterEach(() => rm(root, { recursive: true }));

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

  test('refuses a file that it cannot read, rather than passing it by', async () => {
    const { code } = await arrows({ ...target, 'src/domain/bad.ts': 'export const x = = 1;\n' });
    expect(code).toBeGreaterThan(0);
  });
});

const against = [
  {
    name: 'a plain import',
    file: 'src/domain/bad-1.ts',
    text: "import { thing } from '../app/thing.ts';\nexport const x = thing;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'import type',
    file: 'src/domain/bad-2.ts',
    text: "import type { Thing } from '../app/thing.ts';\nexport type X = Thing;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'an inline type import',
    file: 'src/domain/bad-3.ts',
    text: "import { type Thing } from '../app/thing.ts';\nexport type X = Thing;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'a re-exported type',
    file: 'src/domain/bad-4.ts',
    text: "export type { Thing } from '../app/thing.ts';\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'a dynamic import',
    file: 'src/app/bad-5.ts',
    text: "export const load = () => import('../adapters/ntp/clock.ts');\n",
    rule: 'app-imports-domain-only',
  },
  {
    name: 'a Node module in the domain',
    file: 'src/domain/bad-6.ts',
    text: "import { join } from 'node:path';\nexport const x = join;\n",
    rule: 'domain-is-pure',
  },
  {
    name: 'a Node module in config',
    file: 'src/config/bad-7.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    rule: 'config-does-no-io',
  },
  {
    name: 'one adapter in another',
    file: 'src/adapters/sundial/bad-8.ts',
    text: "export { clock } from '../ntp/clock.ts';\n",
    rule: 'adapters-never-import-each-other',
  },
  {
    name: 'one channel in another',
    file: 'src/adapters/channels/pager/bad-12.ts',
    text: "export type { Sent } from '../chat/sent.ts';\n",
    rule: 'channels-never-import-each-other',
  },
  {
    name: 'a channel in what all channels share',
    file: 'src/adapters/channels/posting/bad-13.ts',
    text: "export type { Sent } from '../chat/sent.ts';\n",
    rule: 'channels-never-import-each-other',
  },
  {
    name: 'an adapter in a command',
    file: 'src/cli/bad-9.ts',
    text: "import { clock } from '../adapters/ntp/clock.ts';\nexport const x = clock;\n",
    rule: 'only-compose-knows-adapters',
  },
  {
    name: 'a development package',
    file: 'src/adapters/sundial/bad-10.ts',
    text: "import { test } from 'fast-check';\nexport const x = test;\n",
    rule: 'not-to-dev-dependency',
  },
  {
    name: 'a file that is not there',
    file: 'src/app/bad-11.ts',
    text: "import { gone } from './gone.ts';\nexport const x = gone;\n",
    rule: 'resolvable',
  },
  {
    name: 'a text that knows of readings',
    file: 'src/domain/text/bad-12.ts',
    text: "import type { Read } from '../reading/read.ts';\nexport type X = Read;\n",
    rule: 'texts-stand-alone',
  },
  {
    name: 'a reading that knows of incidents',
    file: 'src/domain/reading/bad-13.ts',
    text: "import type { Incident } from '../incident/incident.ts';\nexport type X = Incident;\n",
    rule: 'incidents-stand-above-readings',
  },
  {
    name: 'an incident that knows who is told',
    file: 'src/domain/incident/bad-14.ts',
    text: "import type { Told } from '../notification/told.ts';\nexport type X = Told;\n",
    rule: 'incidents-do-not-know-who-acts-on-them',
  },
  {
    name: 'a source that knows of the loop',
    file: 'src/app/sources/bad-15.ts',
    text: "import type { Loop } from '../polling/loop.ts';\nexport type X = Loop;\n",
    rule: 'polling-stands-above-its-parts',
  },
];
const circle = {
  'src/app/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
  'src/app/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
};

// All in one tree: each look at one takes half a second of work.
describe('imports that go against the arrows', () => {
  let seen: { readonly code: number; readonly broken: readonly string[] };
  beforeAll(async () => {
    await makeRoot();
    const bad = Object.fromEntries(against.map(({ file, text }) => [file, text]));
    seen = await arrows({ ...target, ...bad, ...circle });
    await rm(root, { recursive: true });
  });

  test.each(against)('$name is seen', ({ file, rule }) => {
    expect(seen.broken).toContain(`${rule}: ${file}`);
  });

  test('a circle is seen, and no other', () => {
    const circles = seen.broken.filter((each) => each.startsWith('no-cycles'));
    expect(circles).toHaveLength(1);
    expect(circles[0]).toMatch(/^no-cycles: src\/app\/[ab]\.ts$/);
  });

  test('nothing else is refused, and the command fails', () => {
    const blamed = new Set(seen.broken.map((each) => each.split(': ')[1]));
    expect([...blamed].filter((file) => !/bad-\d+\.ts$|src\/app\/[ab]\.ts$/.test(file ?? ''))).toEqual([]);
    expect(seen.code).toBeGreaterThan(0);
  });
});
