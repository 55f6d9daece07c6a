import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkTemplate } from '../../src/adapters/channels/template/template.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { allPages, readPage, root, type Block } from './pages.ts';

/** How a block of a language may be tested. `picture` shows something that cannot be run. */
const markers: Readonly<Record<string, readonly string[]>> = {
  text: ['picture', 'demo'],
  sh: ['script', 'run', 'daemon', 'cluster'],
  console: ['run'],
  js: ['receiver'],
  yaml: ['rule', 'settings', 'excerpt', 'prometheus-rules', 'provisioning', 'values'],
};

/** Pages that are written from code, or whose examples are held against the code by the tests of their part. */
const testedElsewhere = [
  'docs/alertmanager.md',
  'docs/alertmanager-in.md',
  'docs/http.md',
  'docs/image.md',
  'docs/metrics.md',
  'docs/pagerduty.md',
  'docs/rules.md',
  'docs/settings.md',
  'docs/sources.md',
  'docs/store.md',
  'docs/webhook.md',
];

const pages = allPages().filter(({ path }) => !testedElsewhere.includes(path));
const blocks = pages.flatMap((page) => page.blocks);
const marked = (...names: readonly string[]): readonly [string, Block][] =>
  blocks.filter(({ marker }) => names.includes(marker)).map((block) => [block.where, block]);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

test.each(pages.flatMap((page) => page.blocks.map((block): [string, Block] => [block.where, block])))(
  '%s says how it is tested',
  (_, { language, marker }) => {
    expect(markers[language] ?? [`no block of ${language}`]).toContain(marker);
  },
);

test.each(marked('rule'))('%s is a rule file without problems', (where, { text }) => {
  const { services, diagnostics } = loadRules([{ path: where, content: Buffer.from(text) }]);
  expect(diagnostics).toEqual([]);
  expect(services).not.toHaveLength(0);
});

test.each(marked('settings'))('%s is a settings file without problems', (where, { text }) => {
  const { settings, diagnostics } = resolveSettings({ path: where, content: Buffer.from(text) }, {}, checkTemplate);
  expect(diagnostics).toEqual([]);
  expect(settings).toBeDefined();
});

test.each(
  readPage('docs/sources.md')
    .blocks.filter(({ language }) => language === 'yaml')
    .map((block): [string, Block] => [block.where, block]),
)('%s is a settings file, or a part of a source, without problems', (where, { text }) => {
  const whole = text.startsWith('sources:')
    ? text
    : `sources:\n  - url: http://prometheus:9090\n${text.replaceAll(/^/gm, '    ')}`;
  expect(resolveSettings({ path: where, content: Buffer.from(whole) }).diagnostics).toEqual([]);
});

test.each(marked('excerpt'))('%s stands in the file it is from, word for word', (_, { options, text }) => {
  expect(readFileSync(join(root, options['excerpt'] ?? ''), 'utf8')).toContain(text);
});

test.each(marked('script'))('%s names scripts that exist', (_, { text }) => {
  for (const line of text.trimEnd().split('\n')) {
    const [, named] = /^npm run (\S+)/.exec(line) ?? [];
    const known =
      named === undefined
        ? /^npm (?:ci|test)$|^PATH="\$PWD\/node_modules\/\.bin:\$PATH" dist\/main\.js run --settings andon\.yaml$/.test(
            line,
          )
        : named in scripts;
    expect(known ? '' : line).toBe('');
  }
});

test.each(marked('prometheus-rules'))('%s is taken by Prometheus', async (_, { text }) => {
  await using folder = await temporaryDirectory();
  const file = join(folder.path, 'rules.yml');
  writeFileSync(file, text);
  const alerts = text.match(/alert:/g)?.length ?? 0;
  expect(
    execFileSync(process.env['PROMTOOL_BIN'] ?? 'promtool', ['check', 'rules', file], { encoding: 'utf8' }),
  ).toContain(`SUCCESS: ${alerts} rules found`);
});

describe("what the README shows of the demo's output", () => {
  const [, shown] = marked('demo')[0] ?? [];
  const story = readFileSync(join(root, 'demo/tell-story.ts'), 'utf8');

  test('tells the steps that the demo tells, in their order', () => {
    const told = [...story.matchAll(/\btell\([^']*?'(\w+)'/gs)].map(([, step]) => step);
    const steps = [...(shown?.text ?? '').matchAll(/^\d\d:\d\d:\d\d .{10} (\w+)/gm)].map(([, step]) => step);
    expect(told).not.toHaveLength(0);
    expect(steps).toEqual(told);
  });

  test('has the table that the demo prints', () => {
    const names = (text: string): readonly string[] =>
      [...text.matchAll(/^│ (\w.*?) +│/gm)].map(([, name = '']) => name);
    const golden = names(readFileSync(join(root, 'tests/golden/demo-story.txt'), 'utf8'));
    expect(names(shown?.text ?? '')).toEqual(golden.slice(0, 4));
  });
});

test('the release that the changelog prepares is the one of package.json', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  expect(readPage('CHANGELOG.md').text).toContain(version);
  expect(readPage('README.md').text).toContain(`version ${version}`);
});

test('the licence is the one that package.json names', () => {
  const { license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly license: string };
  expect(license).toBe('Apache-2.0');
  expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/Apache License\s+Version 2\.0, January 2004/);
});

test('the README cites the bench of faults as it was measured', () => {
  const results = readFileSync(join(root, 'bench/RESULTS.md'), 'utf8');
  const faults = JSON.parse(/^\{"bench":"faults".*\}$/m.exec(results)?.[0] ?? '{}') as Readonly<Record<string, number>>;
  expect(readPage('README.md').text.replaceAll(/\s+/g, ' ')).toContain(
    `with Andon after ${faults['andonFalseResolves']} of ${faults['faults']} faults, with vmalert and Alertmanager after ${faults['referenceFalseResolves']}`,
  );
});
