import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../src/adapters/metrics/catalogue.ts';
import type { ProgramProcess } from '../../src/cli/program-process.ts';
import { runProgram } from '../../src/cli/program.ts';
import { unknownReasons } from '../../src/domain/reading/reading.ts';
import { learnCadence, mostPollsPerInterval } from '../../src/domain/reading/cadence.ts';
import { formatDuration } from '../../src/domain/text/duration.ts';
import { timingFor } from '../../src/domain/reading/timing.ts';
import { allPages, codeWords, readPage, root, type Page } from './pages.ts';

const pages = allPages();
const each = pages.map((page): [string, Page] => [page.path, page]);

/** Pages about Andon itself; the other one is about the programs that Andon asks, with endpoints and flags of their own. */
const own = each.filter(([path]) => path !== 'docs/sources.md');

const commands = [
  ['run'],
  ['check'],
  ['evaluate'],
  ['generate', 'prometheus-rules'],
  ...['sloth', 'pyrra', 'openslo'].map((name) => ['import', name]),
  ['version'],
  ['status'],
  ['routes'],
  ['notify', 'test'],
  ['gate'],
  ['stop'],
  ['lift'],
  ['freezes'],
  ['override'],
  ['end-override'],
  ['overrides'],
  ...['add', 'list', 'end'].map((name) => ['silence', name]),
  ...['record', 'list'].map((name) => ['change', name]),
  ...['list', 'show', 'ack', 'note', 'close'].map((name) => ['incidents', name]),
];
const help = new Map(await Promise.all(commands.map(async (words) => [words.join(' '), await helpOf(words)] as const)));

async function helpOf(words: readonly string[]): Promise<string> {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const io = { stdout, stderr: stdout, env: { USER: 'ada' }, on: () => undefined, off: () => undefined };
  expect(await runProgram(['node', 'andon', ...words, '--help'], io as unknown as ProgramProcess)).toBe(0);
  return String(stdout.read());
}

test.each(each)('every link of %s leads somewhere', (_, page) => {
  const links = [...page.prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  expect(links.filter((target) => !target.startsWith('https://') && !leadsSomewhere(page, target))).toEqual([]);
});

function leadsSomewhere(page: Page, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page.path : normalize(join(dirname(page.path), path));
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(readPage(file)).includes(anchor);
}

/** As GitHub makes them from headings. */
function anchorsOf(page: Page): readonly string[] {
  return [...page.prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(each)('every file that %s names is there', (_, page) => {
  const named = codeWords(page).filter((word) =>
    /^(?:src|docs|tests|tools|rules|demo|bench|dashboards|helm|\.ci)\/[\w./-]*$/.test(word),
  );
  expect(named.filter((word) => !existsSync(join(root, word)))).toEqual([]);
});

test.each(each)('every metric that %s names is in the catalogue', (_, page) => {
  const known: readonly string[] = Object.values(catalogue).map(({ name }) => name);
  const named = [...page.text.matchAll(/\bandon_\w+/g)].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, ''));
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test.each(own)('every endpoint that %s names is in the OpenAPI document', (_, page) => {
  const { paths } = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const named = [...page.prose.matchAll(/\b(GET|POST) (\/[^\s`?]*)/g)].map(([, method = '', path = '']) => ({
    method,
    path,
  }));
  const missing = named.filter(({ method, path }) => path !== '/' && paths[path]?.[method.toLowerCase()] === undefined);
  expect(missing).toEqual([]);
});

test.each(each)('every npm script that %s names is in package.json', (_, page) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = [...page.text.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test.each(own)('every flag that %s names is one of the command line', (_, page) => {
  const known = flagsOf([...help.values()].join('\n'));
  const named = codeWords(page).flatMap((word) => (/^(?:--|andon )/.test(word) ? flagsOf(word) : []));
  expect(named.filter((flag) => !known.includes(flag))).toEqual([]);
});

test.each(each)('every command that %s names is one of the command line', (_, page) => {
  const named = codeWords(page).flatMap((word) => /^andon ([a-z-]+)/.exec(word)?.[1] ?? []);
  const known = ['help', ...commands.map(([command]) => command)];
  expect(named.filter((command) => !known.includes(command))).toEqual([]);
});

test.each(each)('every variable that %s names is read somewhere', (_, page) => {
  const named = [...page.prose.matchAll(/\b(?:ANDON|UPDATE)(?:_[A-Z]+)*(?==1|`)/g)].map(([name]) => name);
  const readers = ['src/cli', 'tests'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('docs/'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  expect(named.filter((name) => !readers.some((text) => text.includes(`'${name}'`)))).toEqual([]);
});

function flagsOf(text: string): readonly string[] {
  return text.match(/--[a-z][a-z-]+/g) ?? [];
}

describe('the flags of the daemon', () => {
  const { prose } = readPage('docs/operating.md');

  test('stand in operating.md with their variables, each and no other', () => {
    const told = [...prose.matchAll(/^\| `(--[a-z-]+)` \| `(ANDON_\w+)` \|/gm)].map(([, flag, variable]) => [
      flag,
      variable,
    ]);
    const real = [...(help.get('run') ?? '').matchAll(/^ {2}(--[a-z-]+).*?env:\s+(ANDON_\w+)/gms)].map(
      ([, flag, variable]) => [flag, variable],
    );
    expect(real).not.toHaveLength(0);
    expect(told).toEqual(real);
  });
});

describe('the words', () => {
  const firstCells = (path: string): readonly string[] =>
    [...readPage(path).prose.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, word = '']) => word);

  test('glossary.md has every reason for which there is no value, and no other', () => {
    expect(firstCells('docs/glossary.md')).toEqual([...unknownReasons]);
  });

  test('timing.md has every method of an onset, and no other', () => {
    const type =
      /export type OnsetMethod =(.*?)\n\n/s.exec(
        readFileSync(join(root, 'src/domain/estimate/onset.ts'), 'utf8'),
      )?.[1] ?? '';
    expect(firstCells('docs/timing.md')).toEqual([...type.matchAll(/\| '([a-z-]+)'/g)].map(([, method]) => method));
  });
});

describe('the numbers of timing.md', () => {
  const { prose } = readPage('docs/timing.md');

  test('are the limits that follow from the interval', () => {
    const rows = [...prose.matchAll(/^\| (?:a reading|steps are|time between).*\| (\S+ s) \| (\S+ s) \|$/gm)];
    const limits = [15_000, 1_000].map((intervalMs) => timingFor(intervalMs));
    expect(rows.map(([, at15, at1]) => [at15, at1])).toEqual(
      (['staleAfterMs', 'settleMs', 'maxGapMs'] as const).map((limit) =>
        limits.map((timing) => `${timing[limit] / 1000} s`),
      ),
    );
  });

  test('are those of the cadence', () => {
    const at = (count: number) => Array.from({ length: count }, (_, index) => index * 2_000);
    const followed = learnCadence(15_000, at(mostPollsPerInterval));
    expect(followed.spread).toBe(false);
    expect(prose).toContain(`up to ${followed.phases.length} instants`);
    expect(prose).toContain(`for ${followed.landingMs} ms at first`);
    const spread = learnCadence(15_000, at(mostPollsPerInterval + 1));
    expect(spread).toMatchObject({ spread: true, landingMs: 0 });
    expect(prose).toContain(`${spread.phases.length} times an interval`);
    expect(formatDuration((spread.phases[1] ?? 0) - (spread.phases[0] ?? 0))).toBe('3s750ms');
  });
});
