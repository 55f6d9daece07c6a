import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createCurrentGitHubApp } from '../../../src/compose/github.ts';
import { composeHeartbeat } from '../../../src/compose/heartbeat.ts';
import { resolveSettings, type Settings } from '../../../src/config/settings.ts';
import { appId, appKey, GitHubServer, installation } from '../../support/github-server.ts';
import { ProxyServer } from '../../support/proxy-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { WebhookReceiver } from '../../support/webhook-receiver.ts';

const { signal: never } = new AbortController();

function settingsOf(given: Record<string, unknown>): Settings {
  const { settings, diagnostics } = resolveSettings(undefined, given);
  if (settings === undefined) throw new Error(JSON.stringify(diagnostics));
  return settings;
}

test('the heart beats by way of the proxy', async () => {
  await using proxy = await ProxyServer.start();
  await using receiver = await WebhookReceiver.start();
  proxy.hosts['watch.test'] = receiver.port;
  const settings = settingsOf({ heartbeat: { url: 'http://watch.test/beat' }, proxy: { url: proxy.url } });
  if (settings.heartbeat === undefined) throw new Error('the settings have a heartbeat');
  const heartbeat = composeHeartbeat(settings.heartbeat, systemClock, settings.proxy);
  expect(await heartbeat.part.watcher.beat(never)).toEqual({ kind: 'accepted' });
  await heartbeat.close();
  expect(proxy.requests).toMatchObject([{ target: 'http://watch.test/beat' }]);
  expect(receiver.requests).toMatchObject([{ path: '/beat' }]);
});

test('GitHub is answered by way of the proxy as soon as the settings name one, and straight as soon as they do not', async () => {
  await using folder = await temporaryDirectory();
  await using github = await GitHubServer.start();
  await using proxy = await ProxyServer.start();
  github.now = () => systemClock.now();
  const file = (name: string): string => join(folder.path, name);
  await writeFile(file('key'), appKey.privateKey);
  await writeFile(file('secret'), 'a-secret-of-github');
  proxy.hosts['github.test'] = Number(new URL(github.url).port);
  const current = createCurrentGitHubApp(systemClock);
  const use = (apiUrl: string, by: object): void => {
    const app = { id: appId, privateKeyFile: file('key'), apiUrl };
    const inbound = { github: { secretFile: file('secret'), services: { 'octo/web': 'shop' }, app } };
    current.use(settingsOf({ inbound, ...by }));
  };
  const answer = async (apiUrl: string) =>
    await current.current()?.answer(
      {
        callbackUrl: github.callbackUrl.replace(github.url, apiUrl),
        installation,
        environment: 'production',
        state: 'approved',
        comment: 'The line moves.',
      },
      never,
    );
  const far = 'http://github.test';
  use(far, { proxy: { url: proxy.url } });
  expect(await answer(far)).toEqual({ kind: 'accepted' });
  expect(proxy.requests).toHaveLength(2);
  await writeFile(file('password'), 'of-the-proxy');
  proxy.login = 'andon:of-the-proxy';
  use(far, { proxy: { url: proxy.url, basicAuth: { username: 'andon', passwordFile: file('password') } } });
  expect(await answer(far)).toEqual({ kind: 'accepted' });
  expect(proxy.requests).toHaveLength(4);
  use(github.url, {});
  expect(await answer(github.url)).toEqual({ kind: 'accepted' });
  expect(proxy.requests).toHaveLength(4);
  await current.close();
});
