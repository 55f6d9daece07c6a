import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pagerDutyEventOf } from '../../src/adapters/channels/pagerduty/pagerduty-event.ts';
import { alertOutcomes } from '../../src/app/ports/telemetry.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { aNotification } from '../support/a-notification.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { readPage } from './pages.ts';

const pagerDuty = readPage('docs/pagerduty.md');
const alertmanager = readPage('docs/alertmanager-in.md');

test('docs/pagerduty.md shows the event that is posted', () => {
  const shown: unknown = JSON.parse(pagerDuty.blocks.find(({ language }) => language === 'json')?.text ?? '');
  const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
  expect(shown).toEqual(pagerDutyEventOf(attempt, 'R0123456789abcdefghijklmnopqrstu'));
});

test.each(
  [...pagerDuty.blocks, ...alertmanager.blocks]
    .filter(({ marker }) => marker === 'settings')
    .map(({ where, text }) => [where, text] as const),
)('%s is a settings file without problems', (where, text) => {
  const { settings, diagnostics } = resolveSettings({ path: where, content: Buffer.from(text) });
  expect(diagnostics).toEqual([]);
  expect(settings).toBeDefined();
});

test('docs/alertmanager-in.md names every outcome', () => {
  const text = [alertmanager.prose, ...alertmanager.blocks.map((block) => block.text)].join('\n');
  expect(alertOutcomes.filter((outcome) => !text.includes(outcome))).toEqual([]);
});

test('docs/alertmanager-in.md has a configuration that Alertmanager takes, and that leads Andon’s own alerts elsewhere', async () => {
  await using folder = await temporaryDirectory();
  const file = join(folder.path, 'alertmanager.yml');
  writeFileSync(file, alertmanager.blocks.find(({ marker }) => marker === 'alertmanager')?.text ?? '');
  const amtool = (...args: readonly string[]): string =>
    execFileSync(process.env['AMTOOL_BIN'] ?? 'amtool', [...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  expect(amtool('check-config', file)).toContain('SUCCESS');
  const routed = (...labels: readonly string[]): string =>
    amtool('config', 'routes', 'test', `--config.file=${file}`, ...labels).trim();
  expect(routed('service=checkout')).toBe('andon,default');
  expect(routed('service=checkout', 'incident=checkout-20260822T020742Z')).toBe('default');
});
