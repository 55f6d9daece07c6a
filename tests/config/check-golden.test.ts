import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { renderDiagnostic } from '../../src/cli/render-diagnostic.ts';
import { maxFileBytes } from '../../src/config/decode-file.ts';
import { loadRules } from '../../src/config/load-rules.ts';

const folder = fileURLToPath(new URL('../golden/check/', import.meta.url));
const update = process.env['UPDATE_GOLDEN'] === '1';

function filesIn(kind: 'good' | 'bad'): readonly string[] {
  return readdirSync(join(folder, kind))
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

function load(kind: 'good' | 'bad', name: string) {
  return loadRules([{ path: name, content: readFileSync(join(folder, kind, name)) }]);
}

describe('every good file', () => {
  test.each(filesIn('good'))('%s is loaded without a word', (name) => {
    const { services, diagnostics } = load('good', name);
    expect(diagnostics).toEqual([]);
    expect(services.length).toBeGreaterThan(0);
  });
});

describe('every bad file', () => {
  test.each(filesIn('bad'))('%s gets the diagnostics that stand beside it', (name) => {
    const { diagnostics } = load('bad', name);
    const text = diagnostics.map((each) => renderDiagnostic(each, { colors: false })).join('\n');
    const goldenPath = join(folder, 'bad', name.replace(/\.yaml$/, '.txt'));
    if (update) writeFileSync(goldenPath, text);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(text).toBe(readFileSync(goldenPath, 'utf8'));
  });

  test('no golden text is left without its file', () => {
    const names = new Set(filesIn('bad').map((name) => name.replace(/\.yaml$/, '.txt')));
    const texts = readdirSync(join(folder, 'bad')).filter((name) => name.endsWith('.txt'));
    expect(texts.filter((name) => !names.has(name))).toEqual([]);
  });

  test('a document with an error yields no service', () => {
    for (const name of filesIn('bad')) {
      const { services, diagnostics } = load('bad', name);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      // A second document may be fine on its own.
      if (errors.length > 0 && name !== 'duplicate-service.yaml') expect([name, services.length]).toEqual([name, 0]);
    }
  });
});

describe('files that are too much', () => {
  const codes = (text: string): readonly string[] =>
    loadRules([{ path: 'x.yaml', content: Buffer.from(text) }]).diagnostics.map(({ code }) => code);

  test('a file above the limit is refused unread', () => {
    expect(codes('#'.repeat(maxFileBytes + 1))).toEqual(['file-too-large']);
    expect(codes('#'.repeat(maxFileBytes))).toEqual(['empty-file']);
  });

  test('a file with too many documents is read up to the limit', () => {
    const found = codes('--- 1\n'.repeat(1200));
    expect(found.filter((code) => code === 'wrong-type')).toHaveLength(1000);
    expect(found.at(-1)).toBe('too-many-documents');
  });

  test.each([
    ['brackets', '['.repeat(100_000)],
    ['sequences', '- '.repeat(50_000)],
    ['mappings', '{a: '.repeat(30_000)],
    ['keys', Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['aliases', `a: &a 1\nb:\n${' - *a\n'.repeat(30_000)}`],
    ['quotes', '"'.repeat(100_000)],
    ['garbage', '\u0001%&*!|>'.repeat(30_000)],
  ])('%s without end are a diagnostic, soon', (_, text) => {
    const before = performance.now();
    expect(codes(text).length).toBeGreaterThan(0);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
