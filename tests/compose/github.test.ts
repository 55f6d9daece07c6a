import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createCurrentGitHubApp } from '../../src/compose/github.ts';
import { resolveSettings, type Settings } from '../../src/config/settings.ts';
import { appKey, reviewPath } from '../support/github-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function settingsWith(github: string): Settings {
  const content = new TextEncoder().encode(`inbound: { github: { secretFile: /run/secret${github} } }\n`);
  const { settings, diagnostics } = resolveSettings({ path: 'andon.yaml', content });
  expect(diagnostics).toEqual([]);
  if (settings === undefined) throw new Error('the settings have problems');
  return settings;
}

test('a reload keeps the GitHub App and its tokens unless its own settings change', async () => {
  const github = createCurrentGitHubApp(new ManualClock());
  expect(github.current()).toBeUndefined();
  const app = ', app: { id: 7, privateKeyFile: /run/app.pem }';
  github.use(settingsWith(app));
  const first = github.current();
  expect(first?.mayCall('https://api.github.com/repos/a/b/actions/runs/1/deployment_protection_rule')).toBe(true);
  github.use(settingsWith(`${app}, services: { a/b: checkout }`));
  expect(github.current()).toBe(first);
  github.use(settingsWith(', app: { id: 7, privateKeyFile: /run/app.pem, waitAtMost: 2h }'));
  expect(github.current()).not.toBe(first);
  expect(github.current()?.waitAtMostMs).toBe(7_200_000);
  github.use(settingsWith(''));
  expect(github.current()).toBeUndefined();
  await github.close();
});

test('an API at an address that hands out credentials is not called', async () => {
  await using folder = await temporaryDirectory();
  const privateKeyFile = join(folder.path, 'app.pem');
  await writeFile(privateKeyFile, appKey.privateKey);
  const github = createCurrentGitHubApp(new ManualClock());
  github.use(settingsWith(`, app: { id: 7, privateKeyFile: ${privateKeyFile}, apiUrl: "http://169.254.169.254" }`));
  const reply = {
    callbackUrl: `http://169.254.169.254${reviewPath}`,
    installation: 11,
    environment: 'production',
    comment: '',
  };
  expect(await github.current()?.answer(reply, new AbortController().signal)).toMatchObject({
    kind: 'refused',
    reason: 'forbidden-address',
  });
  await github.close();
});
