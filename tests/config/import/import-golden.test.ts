import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { renderDiagnostic } from '../../../src/cli/render-diagnostic.ts';
import { dialects } from '../../../src/config/import/dialect.ts';
import { importRules } from '../../../src/config/import/import-rules.ts';
import { loadRules } from '../../../src/config/load-rules.ts';

const folder = fileURLToPath(new URL('../../golden/import/', import.meta.url));
const update = process.env['UPDATE_GOLDEN'] === '1';
const dayMs = 86_400_000;

const inputs = dialects.flatMap((dialect) =>
  readdirSync(join(folder, dialect))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.rules.yaml'))
    .sort()
    .map((name) => ({ dialect, name, path: join(folder, dialect, name) })),
);

describe.each(inputs)('$dialect: $name', ({ dialect, name, path }) => {
  const content = readFileSync(path);
  const imported = importRules(dialect, [{ path: name, content }], { periodMs: 30 * dayMs });

  test('becomes the rule files that stand beside it', () => {
    const text = imported.files.map((file) => file.text).join('---\n');
    const golden = path.replace(/\.yaml$/, '.rules.yaml');
    if (update) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  test('names what stands beside it', () => {
    const text = imported.diagnostics.map((each) => renderDiagnostic(each, { colors: false })).join('\n');
    const golden = path.replace(/\.yaml$/, '.txt');
    if (update) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  test('becomes what the loader takes without an error', () => {
    const files = imported.files.map(({ service, text }) => ({ path: service, content: Buffer.from(text) }));
    const { services, diagnostics } = loadRules(files);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(services.map(({ name: service }) => service)).toEqual(imported.files.map(({ service }) => service));
    expect(services).not.toHaveLength(0);
  });
});

test('no golden is left without its input', () => {
  const known = new Set(
    inputs.flatMap(({ path }) => ['.yaml', '.rules.yaml', '.txt'].map((end) => path.replace(/\.yaml$/, end))),
  );
  const found = dialects.flatMap((dialect) =>
    readdirSync(join(folder, dialect)).map((name) => join(folder, dialect, name)),
  );
  expect(found.filter((path) => !known.has(path))).toEqual([]);
});
