import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify, parse } from 'yaml';
import { alertsOf } from '../../src/adapters/channels/alertmanager/alerts.ts';
import { Annotations, usualAnnotations } from '../../src/adapters/channels/alertmanager/annotations.ts';
import { checkTemplate } from '../../src/adapters/channels/template/template.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { aNotification } from '../support/a-notification.ts';
import { memoryLog } from '../support/memory-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { readPage } from './pages.ts';

const { blocks, prose } = readPage('docs/alertmanager.md');
const [settings = '', routing = '', annotations = ''] = blocks
  .filter(({ language }) => language === 'yaml')
  .map(({ text }) => text);

test('shows the alert that is posted', () => {
  const log = memoryLog();
  const sent = alertsOf(
    { notification: aNotification({ page: { fine: [] } }), collapsed: [], attempt: 1 },
    {
      now: Date.UTC(2026, 7, 22, 2, 8),
      lastsMs: 240_000,
      resolvedForMs: 900_000,
      labels: {},
      annotate: (facts) => new Annotations('oncall', {}, log).render(facts),
    },
  );
  expect(JSON.parse(blocks.find(({ language }) => language === 'json')?.text ?? '')).toEqual(sent);
});

test('names the usual annotations', () => {
  expect(Object.keys(usualAnnotations).filter((name) => !prose.includes(`\`${name}\``))).toEqual([]);
});

test.each([
  ['the settings', settings],
  ['the annotations', `channels:\n  - name: oncall\n${annotations}`],
])('has a settings file without problems in %s', (_, text) => {
  const found = resolveSettings({ path: 'andon.yaml', content: Buffer.from(text) }, {}, checkTemplate);
  expect(found.diagnostics).toEqual([]);
  expect(found.settings?.channels).toMatchObject([{ name: 'oncall', alertmanager: {} }]);
});

test('has routes that Alertmanager takes, and that lead where the page says', async () => {
  await using folder = await temporaryDirectory();
  const file = join(folder.path, 'alertmanager.yml');
  const receivers = [{ name: 'tickets' }, { name: 'pager' }];
  writeFileSync(file, stringify({ ...(parse(routing) as object), receivers }));
  const amtool = (...args: readonly string[]): string =>
    execFileSync(process.env['AMTOOL_BIN'] ?? 'amtool', [...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  expect(amtool('check-config', file)).toContain('SUCCESS');
  const routed = (severity: string): string =>
    amtool(
      'config',
      'routes',
      'test',
      `--config.file=${file}`,
      'incident=shop-1',
      'service=shop',
      `severity=${severity}`,
    );
  expect([routed('page').trim(), routed('ticket').trim()]).toEqual(['pager', 'tickets']);
});
