import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { metricsPage, metricsPagePath } from '../../tools/metrics-page.ts';

test('docs/metrics.md says what the catalogue says (run tools/metrics-page.ts after a change)', () => {
  expect(readFileSync(metricsPagePath, 'utf8')).toBe(metricsPage());
});
