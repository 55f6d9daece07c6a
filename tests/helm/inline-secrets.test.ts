import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { resolveSettings } from '../../src/config/settings.ts';
import { root } from '../docs/pages.ts';
import { chartsForTests } from './charts.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();
const secret = 'T0123SECRET';
const sources = [{ url: 'http://prometheus:9090' }];
const channel = (settings: object) => ({ sources, channels: [{ name: 'chat', ...settings }] });

async function renderedWith(settings: object): Promise<{ readonly code: number; readonly stderr: string }> {
  await writeFile(join(charts.path, 'settings.yaml'), stringify({ settings }));
  return await charts.helm('template', ...scenarios.smallest.slice(0, -2), '--values', 'settings.yaml');
}

const codesOf = (settings: object): readonly string[] =>
  resolveSettings({ path: 'andon.yaml', content: Buffer.from(stringify(settings)) }).diagnostics.map(
    ({ code }) => code,
  );

describe('a secret in the settings', () => {
  const url = 'settings.channels[0]';
  test.each([
    [`${url}.slack.url is a URL`, channel({ slack: { url: `https://hooks.slack.com/services/${secret}` } })],
    [`${url}.slack.url is a URL`, channel({ slack: { url: `https://HOOKS.Slack-Gov.com.:443/services/${secret}` } })],
    [`${url}.teams.url is a URL`, channel({ teams: { url: `https://x.logic.azure.com/workflows/${secret}` } })],
    [`${url}.teams.url is a URL`, channel({ teams: { url: `https://a.webhook.office.com/${secret}` } })],
    [`${url}.webhook.url is a URL`, channel({ webhook: { url: `https://discord.com/api/webhooks/${secret}` } })],
    [`${url}.webhook.url is a URL`, channel({ webhook: { url: `https://chat.googleapis.com/v1/${secret}` } })],
    ['settings.heartbeat.url is a URL', { sources, heartbeat: { url: `https://hc-ping.com/${secret}` } }],
    [`${url}.webhook.url is a URL`, channel({ webhook: { url: `https://ada:${secret}@on-call.example.com/` } })],
    ['settings.sources[0].url is a URL', { sources: [{ url: `HTTP://ada:${secret}@prometheus:9090` }] }],
    ['settings.externalUrl is a URL', { sources, externalUrl: `https://${secret}@andon.example.com` }],
    ['settings.tracing.otlpEndpoint is a URL', { sources, tracing: { otlpEndpoint: `http://u:${secret}@otel:4318` } }],
    [
      'settings.sources[0].headers.Authorization carries a secret',
      { sources: [{ url: 'http://p:9090', headers: { Authorization: secret } }] },
    ],
    [
      `${url}.webhook.headers.X-Api-Key carries a secret`,
      channel({ webhook: { url: 'http://x', headers: { 'X-Api-Key': secret } } }),
    ],
    [
      'settings.heartbeat.headers.x-auth-token carries a secret',
      { sources, heartbeat: { url: 'http://x', headers: { 'x-auth-token': secret } } },
    ],
  ])('%s is refused before it is readable in a ConfigMap, as `andon check` refuses it', async (path, settings) => {
    const { code, stderr } = await renderedWith(settings);
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(stderr).toContain('would be readable in a ConfigMap');
    expect(stderr).not.toContain(secret);
    expect(codesOf(settings).filter((each) => ['inline-secret', 'invalid-url'].includes(each))).toHaveLength(1);
  });

  test.each([
    channel({ webhook: { url: 'https://on-call.example.com/api/webhooks/x?to=a@b' } }),
    channel({ slack: { url: 'https://myhooks.slack.com.example.com/services/x' } }),
    { sources: [{ url: 'http://prometheus:9090', headers: { 'X-Scope-OrgID': 'shop' } }] },
  ])('is not seen where there is none: %j', async (settings) => {
    expect((await renderedWith(settings)).stderr).toBe('');
    expect(codesOf(settings)).toEqual([]);
  });

  test('in the URL of the proxy is told the key that the proxy has for it', async () => {
    const { stderr } = await renderedWith({ sources, proxy: { url: `http://ada:${secret}@proxy:3128` } });
    expect(stderr).toContain('settings.proxy.url is a URL with a user name or password');
    expect(stderr).toContain(
      'Write `proxy: { basicAuth: { username: …, passwordFile: /run/secrets/andon/<name>/<key> } }`',
    );
    expect(stderr).not.toContain('headerFiles');
    expect(stderr).not.toContain(secret);
  });

  test('is refused in the environment of the container too', async () => {
    const set = `extraEnv[0].name=ANDON_WEBHOOK,extraEnv[0].value=https://hooks.slack.com/services/${secret}`;
    const refusal = await charts.refusal(...scenarios.smallest, '--set', set);
    expect(refusal).toContain('extraEnv: ANDON_WEBHOOK is a URL with which whoever has it can post');
    expect(refusal).not.toContain(secret);
  });
});

test('the chart looks for secrets by the expressions that `andon check` looks by', () => {
  const template = readFileSync(join(root, 'helm/andon/templates/_checks-settings.tpl'), 'utf8');
  const expressionIn = (file: string, name: string) =>
    new RegExp(String.raw`const ${name} =\s*/(.+)/(i?);`).exec(
      readFileSync(join(root, 'src/config/settings', file), 'utf8'),
    ) ?? [];
  const [, hosts = '?'] = expressionIn('channels/posting-fields.ts', 'hostsOfSecretUrls');
  const [, headers = '?', anyCase] = expressionIn('settings-fields.ts', 'secretHeader');
  expect(template).toContain(`\`${hosts}\``);
  expect(anyCase).toBe('i');
  expect(template).toContain(`\`(?i)${headers}\``);
  const [discord = '?'] =
    /\(\?:\^\|\\\.\)discord[^/]*/.exec(
      readFileSync(join(root, 'src/config/settings/channels/posting-fields.ts'), 'utf8'),
    ) ?? [];
  expect(template).toContain(`\`${discord}\``);
});
