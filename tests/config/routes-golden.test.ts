import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { renderDiagnostic } from '../../src/cli/render-diagnostic.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { resolveSettings, routeDiagnostics } from '../../src/config/settings.ts';
import { byPosition } from '../../src/domain/text/diagnostic.ts';

const folder = fileURLToPath(new URL('../golden/routes/', import.meta.url));
const names = readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [name.replace(/\.yaml$/, '')] : []));
const rules = loadRules([{ path: 'rules/services.yaml', content: readFileSync(join(folder, 'rules/services.yaml')) }]);

/** As `andon check --settings` says it. */
function check(name: string): string {
  const resolved = resolveSettings({ path: 'andon.yaml', content: readFileSync(join(folder, `${name}.yaml`)) });
  const diagnostics = [...resolved.diagnostics, ...routeDiagnostics(resolved, rules.services)].sort(byPosition);
  return diagnostics.map((each) => renderDiagnostic(each, { colors: false })).join('\n');
}

test('the services are loaded without an error', () => {
  // One of them tries out its rules, and says so.
  expect(rules.diagnostics.map(({ code }) => code)).toEqual(['only-shadow-rules']);
  expect(rules.services.map(({ name }) => name)).toEqual(['checkout', 'search', 'tried-out']);
});

test.each(names)('%s gets the diagnostics that stand beside it', (name) => {
  const text = check(name);
  const golden = join(folder, `${name}.txt`);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text === '').toBe(name === 'good');
  expect(text).toBe(readFileSync(golden, 'utf8'));
});
