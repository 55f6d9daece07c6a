import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { ruleFileJsonSchema, ruleFileJsonSchemaText } from '../../src/config/json-schema.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { ruleReference } from '../../src/config/rule-reference.ts';
import { settingsReference } from '../../src/config/settings-reference.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test.each([
  ['rules/andon.schema.json', ruleFileJsonSchemaText],
  ['docs/rules.md', ruleReference],
  ['docs/settings.md', settingsReference],
])('%s says what the schema says; UPDATE=1 writes it anew', (path, generate) => {
  if (process.env['UPDATE'] === '1') writeFileSync(join(root, path), generate());
  expect(readFileSync(join(root, path), 'utf8')).toBe(generate());
});

describe('the pages state the limits that the schema enforces', () => {
  /** The value column of a key in a section of a page. */
  const valueOf = (page: string, section: string, key: string): string | undefined => {
    const [, rest = ''] = page.split(`\n## \`${section}\`\n`);
    const [body = ''] = rest.split('\n## ');
    const row = body.split('\n').find((line) => line.startsWith(`| \`${key}\``));
    return row?.split(' | ')[1];
  };

  test.each([
    ['rules', 'metadata', 'name', 'name'],
    ['rules', 'metadata', 'owner', 'text (at most 200 characters)'],
    ['rules', 'metadata', 'runbook', 'URL'],
    ['rules', 'spec.signals.<name>', 'by', 'list of label names (at most 5)'],
    ['rules', 'spec.signals.<name>', 'maxGroups', 'whole number (1 to 1000)'],
    ['rules', 'spec.signals.<name>.latency', 'threshold', 'duration (1ms to 1d)'],
    ['rules', 'spec.endState', 'hold', 'duration (1s to 1d)'],
    ['rules', 'spec.endState', 'watch', 'duration (up to 7d)'],
    ['rules', 'spec.endState', 'targets', 'list of mappings (at least 1)'],
    ['rules', 'spec.errorBudgets[]', 'period', 'duration (1h to 366d) or mapping'],
    ['rules', 'spec.errorBudgets[]', 'burnRates', 'list of `page` or `ticket` or mapping (at most 16)'],
    ['rules', 'spec.errorBudgets[]', 'minimumBad', 'whole number (1 to 1000000)'],
    ['rules', 'spec.errorBudgets[]', 'exclude', 'list of mappings (at most 500)'],
    ['rules', 'spec.errorBudgets[].method', 'timeslices', 'duration (10s to 1d)'],
    ['rules', 'spec.errorBudgets[].burnRates[]', 'over', 'duration (1s to 30d)'],
    ['settings', 'sources[]', 'timeout', 'duration (100ms to 2m)'],
    ['settings', 'sources[]', 'maxResponseBytes', 'size (1B to 1GiB)'],
    ['settings', 'api', 'rateLimit', 'whole number (1 to 100000)'],
  ])('of %s: in %s, %s is a %s', (page, section, key, expected) => {
    expect(valueOf(page === 'rules' ? ruleReference() : settingsReference(), section, key)).toBe(expected);
  });

  test('and everywhere else: no duration, and no number that the schema bounds, stands there without its bounds', () => {
    const cells = [ruleReference(), settingsReference()].flatMap((page) =>
      page.split('\n').flatMap((line) => (/^\| `[A-Za-z]+`/.test(line) ? [line.split(' | ')[1] ?? ''] : [])),
    );
    expect(cells.filter((cell) => /^(?:duration|whole number|size)/.test(cell)).length).toBeGreaterThan(20);
    expect(cells.filter((cell) => /(?:duration|whole number|size)(?! \()/.test(cell))).toEqual([]);
  });
});

describe('the JSON Schema for editors', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(ruleFileJsonSchema());
  const documents = (path: string) =>
    parseAllDocuments(readFileSync(path, 'utf8')).map((document): unknown => document.toJS());
  const good = ['rules', 'tests/golden/check/good'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => join(folder, name)),
  );

  test.each(good)('accepts %s', (path) => {
    for (const document of documents(join(root, path))) {
      validate(document);
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  test.each([
    'unknown-key',
    'missing-keys',
    'wrong-types',
    'enum',
    'names',
    'signal-kinds',
    'threshold',
    'api-version',
    'on-unknown',
    'runbook',
    'labels',
    'budget-period',
    'budget-exclude-shape',
    'budget-method-shape',
    'budget-tiers-shape',
  ])('draws a squiggle under %s', (name) => {
    const [document] = documents(join(root, 'tests/golden/check/bad', `${name}.yaml`));
    expect(validate(document)).toBe(false);
  });

  test.each([
    ['http://a', true],
    ['HTTPS://Runbooks.example.com/x', true],
    ['hTtP://a', true],
    ['ftp://a', false],
    ['https://a b', false],
    ['https:// ', false],
    ['see https://a', false],
  ])('and the loader agree about the URL %s: %j', (url, expected) => {
    const text = readFileSync(join(root, 'tests/golden/check/good/minimal.yaml'), 'utf8').replace(
      'name: shop',
      `name: shop\n  runbook: ${JSON.stringify(url)}`,
    );
    const [document] = parseAllDocuments(text).map((each): unknown => each.toJS());
    expect(validate(document)).toBe(expected);
    expect(loadRules([{ path: 'x.yaml', content: Buffer.from(text) }]).diagnostics.length === 0).toBe(expected);
  });

  test('describes every key', () => {
    const silent: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { properties?: Record<string, { description?: string }> };
      for (const [key, field] of Object.entries(properties ?? {})) {
        if (field.description === undefined) silent.push(`${path}.${key}`);
      }
      for (const [key, inner] of Object.entries(node)) walk(inner, `${path}.${key}`);
    };
    walk(ruleFileJsonSchema(), '');
    expect(silent).toEqual([]);
  });
});
