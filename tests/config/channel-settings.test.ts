import { describe, expect, test } from '@jest/globals';
import { postingOf, resolveSettings } from '../../src/config/settings.ts';
import { checkTemplate } from '../../src/adapters/channels/template/template.ts';
import { namedFiles } from '../../src/config/settings/named-files.ts';

function read(channel: string) {
  const content = new TextEncoder().encode(`channels:\n  - name: a\n    ${channel}\n`);
  return resolveSettings({ path: 'andon.yaml', content });
}

describe('a channel', () => {
  test.each([
    ['slack: { urlFile: /run/slack }', { urlFile: '/run/slack', concurrency: 1, timeout: 15_000, staleAfter: 900_000 }],
    ['slack: { url: "https://mattermost.example.com/hooks/x", concurrency: 3 }', { concurrency: 3 }],
    [
      'pagerduty: { routingKeyFile: /run/key }',
      { routingKeyFile: '/run/key', url: 'https://events.pagerduty.com', concurrency: 4 },
    ],
    ['pagerduty: { routingKeyFile: a, region: us }', { url: 'https://events.pagerduty.com' }],
    ['pagerduty: { routingKeyFile: a, region: eu }', { url: 'https://events.eu.pagerduty.com' }],
    ['pagerduty: { routingKeyFile: a, url: "http://proxy/pd" }', { url: 'http://proxy/pd' }],
    ['teams: { urlFile: /run/teams }', { urlFile: '/run/teams', concurrency: 1, headers: {} }],
    [
      'cdevents: { url: "http://broker/events", environment: production }',
      { url: 'http://broker/events', source: '/andon', mode: 'structured', concurrency: 4 },
    ],
    [
      'cdevents: { url: "http://b", environment: eu, source: "https://andon.example.com", mode: binary }',
      { environment: 'eu', source: 'https://andon.example.com', mode: 'binary' },
    ],
  ])('is read from %s', (text, posting) => {
    const { settings, diagnostics } = read(text);
    expect(diagnostics).toEqual([]);
    expect(settings?.channels.map(postingOf)).toMatchObject([posting]);
  });

  test.each([
    ['slack: {}', 'invalid-value'],
    ['slack: { url: "http://a", urlFile: b }', 'invalid-value'],
    ['slack: { urlFile: b, channel: "#on-call" }', 'unknown-key'],
    ['pagerduty: {}', 'missing-key'],
    ['pagerduty: { routingKey: R0T0KEN0123456789abcdefABCDEF012 }', 'unknown-key'],
    ['pagerduty: { routingKeyFile: a, region: mars }', 'invalid-value'],
    ['pagerduty: { routingKeyFile: a, region: eu, url: "http://a" }', 'invalid-value'],
    ['teams: { urlFile: b, templateFile: x }', 'unknown-key'],
    ['slack: { urlFile: b, template: 7 }', 'wrong-type'],
    ['pagerduty: { routingKeyFile: a, details: { "a b": x } }', 'invalid-name'],
    ['cdevents: { url: "http://a" }', 'missing-key'],
    ['cdevents: { url: "http://a", environment: x, source: "a b" }', 'invalid-value'],
    ['cdevents: { url: "http://a", environment: x, source: "/%zz" }', 'invalid-value'],
    ['cdevents: { url: "http://a", environment: x, mode: batched }', 'invalid-value'],
    ['slack: { urlFile: a }\n    teams: { urlFile: b }', 'channel-kind'],
  ])('is refused as %s', (text, code) => {
    const { settings, diagnostics } = read(text);
    expect(settings).toBeUndefined();
    expect(diagnostics.map((each) => each.code)).toContain(code);
  });
});

test.each([
  'slack: { urlFile: a, template: "{{titel}}" }',
  'teams: { urlFile: a, template: "{{titel}}" }',
  'pagerduty: { routingKeyFile: a, summary: "{{titel}}" }',
  'pagerduty: { routingKeyFile: a, details: { own: "{{titel}}" } }',
  'cdevents: { urlFile: a, environment: eu, description: "{{titel}}" }',
])('a mistake in a template is told where it stands: %s', (text) => {
  const content = new TextEncoder().encode(`channels:\n  - name: a\n    ${text}\n`);
  expect(resolveSettings({ path: 'andon.yaml', content }, {}, checkTemplate).diagnostics).toMatchObject([
    { code: 'invalid-template', line: 3, message: expect.stringContaining('unknown field "titel"') },
  ]);
});

describe('a URL that lets whoever has it post', () => {
  test.each([
    'slack: { url: "https://hooks.slack.com/services/T0/B0/hunter2" }',
    'slack: { url: "https://HOOKS.SLACK.COM./services/T0/B0/hunter2" }',
    'webhook: { url: "https://discord.com./api/webhooks/1/hunter2" }',
    'slack: { url: "https://HOOKS.slack.com/workflows/hunter2" }',
    'slack: { url: "https://hooks.slack-gov.com/services/hunter2" }',
    'teams: { url: "https://prod-1.westeurope.logic.azure.com:443/workflows/x?sig=hunter2" }',
    'teams: { url: "https://x.12.environment.api.powerplatform.com:443/powerautomate/x?sig=hunter2" }',
    'teams: { url: "https://shop.webhook.office.com/webhookb2/hunter2" }',
    'webhook: { url: "https://hooks.slack.com/workflows/T0/hunter2" }',
    'webhook: { url: "https://discord.com/api/webhooks/1/hunter2" }',
    'webhook: { url: "https://ptb.discordapp.com/api/webhooks/1/hunter2" }',
    'webhook: { url: "https://chat.googleapis.com/v1/spaces/x/messages?token=hunter2" }',
    'slack: { url: "https://shop.webhook.office.com/webhookb2/hunter2" }',
    'cdevents: { environment: eu, url: "https://x.logic.azure.com/workflows/x?sig=hunter2" }',
  ])('belongs into a file: %s', (text) => {
    const { settings, diagnostics } = read(text);
    expect(settings).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: 'inline-secret', line: 3, hint: 'name a file that holds it, under urlFile' },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });

  test.each([
    'slack: { url: "https://hooks.slack.com.example.com/x" }',
    'webhook: { url: "https://discord.com/docs" }',
    'teams: { url: "http://relay:8080/teams" }',
  ])('is not that of somebody else: %s', (text) => {
    expect(read(text).diagnostics).toEqual([]);
  });
});

test('every file that a channel names is looked at', () => {
  const settings = ['slack', 'teams', 'cdevents'].map((kind) => {
    const environment = kind === 'cdevents' ? 'environment: x, ' : '';
    return read(`${kind}: { ${environment}urlFile: /run/url, headerFiles: { X-Key: /run/key } }`).settings;
  });
  for (const [index, kind] of ['slack', 'teams', 'cdevents'].entries()) {
    const one = settings[index];
    if (one === undefined) throw new Error(`${kind} has a problem`);
    expect(namedFiles(one)).toEqual([
      { path: '/run/url', key: ['channels', 0, kind, 'urlFile'], kind: 'url' },
      { path: '/run/key', key: ['channels', 0, kind, 'headerFiles', 'X-Key'], kind: 'credential' },
    ]);
  }
});
