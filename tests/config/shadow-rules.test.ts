import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { burnAlerts } from '../../src/config/generate/burn-alerts.ts';
import { inexpressible } from '../../src/config/generate/inexpressible.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { declarationWords } from '../../src/domain/incident/declaration-words.ts';
import type { Service } from '../../src/domain/service/service.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(join(root, 'tests/golden/check/good/shadow-rules.yaml'), 'utf8');

function loaded(changed: string): Service {
  const { services, diagnostics } = loadRules([{ path: 'shop.yaml', content: Buffer.from(changed) }]);
  const [service] = services;
  if (service === undefined) throw new Error(JSON.stringify(diagnostics));
  return service;
}

describe('shadow: true', () => {
  test('marks a rule, and tiers of a budget, which make a rule of their own with its own words', () => {
    expect(loaded(text).rules.map(({ name, shadow, summary }) => [name, shadow, summary])).toEqual([
      ['failing', undefined, undefined],
      ['failing-longer', true, undefined],
      ['success-rate-budget-page', undefined, expect.stringContaining('burns too fast')],
      ['success-rate-budget-page-shadow', true, 'A tighter tier on trial'],
    ]);
  });

  test.each([
    ['a rule', ', for: 2m, shadow: true', ', for: 2m'],
    ['a tier', ', over: 1h, shadow: true', ', over: 2h'],
  ])('is part of what is declared: %s', (_, marked, plain) => {
    expect(loaded(text.replace(marked, plain)).revision).not.toBe(loaded(text).revision);
  });

  test('that is false is as if it were not there', () => {
    const plain = text.replace(', for: 2m, shadow: true', ', for: 2m');
    expect(loaded(text.replace(', for: 2m, shadow: true', ', for: 2m, shadow: false')).revision).toBe(
      loaded(plain).revision,
    );
  });

  test('stands in the words of a declaration', () => {
    const parts = declarationWords(loaded(text));
    expect(parts.find(({ name }) => name === 'failing-longer')?.fields).toMatchObject({ shadow: 'only records' });
    expect(parts.find(({ what }) => what === 'error-budget')?.fields['burn rates']).toMatch(
      /page above 14.4x over 1h and 5m; .*page above 7.2x over 1h and 5m \(only records\)$/,
    );
  });

  test('makes no alert of Prometheus', () => {
    const service = loaded(text);
    const [budget] = service.budgets;
    const [signal] = service.signals;
    if (budget === undefined || signal?.kind !== 'ratio') throw new Error('no budget');
    const alertsOf = (tiers: typeof budget.tiers) =>
      burnAlerts({ service, signal, budget: { ...budget, tiers }, id: 'shop-success_rate', periodMs: 30 * 86_400_000 });
    const all = alertsOf(budget.tiers);
    expect(all).toHaveLength(1);
    expect(all).toEqual(alertsOf(budget.tiers.filter(({ shadow }) => shadow !== true)));
    expect(alertsOf(budget.tiers.filter(({ shadow }) => shadow === true))).toEqual([]);
  });

  test('is named where alerts are generated, and what stops the line as before', () => {
    expect(inexpressible(loaded(text)).map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['spec.errorBudgets.0.burnRates', 'no alert for the tiers of `success_rate` that only record (`shadow: true`)'],
      ['spec.stopTheLine.0', expect.stringContaining('no rule for `failing`')],
      ['spec.stopTheLine.1', expect.stringContaining('no rule for `failing-longer`')],
    ]);
  });
});
