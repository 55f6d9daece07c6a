import { describe, expect, test } from '@jest/globals';
import { resolveSettings } from '../../src/config/settings.ts';

const file = (text: string) => ({ path: 'andon.yaml', content: new TextEncoder().encode(text) });
const full = `rules: [rules, more/extra.yaml]
listen: "[::1]:9000"
externalUrl: https://andon.example.com/x
data: ":memory:"
sources:
  - url: http://prometheus:9090
    timeout: 5s
    maxResponseBytes: 16MiB
    basicAuth: { username: andon, passwordFile: /run/password }
    headers: { X-Scope-OrgID: shop }
    headerFiles: { Authorization: /run/token }
    tls: { caFile: /ca.pem, serverName: prometheus.internal }
    onWarnings: ignore
    settle: 30s
  - { name: eu, url: "https://thanos.example.com/prometheus" }
channels:
  - name: on-call
    webhook:
      urlFile: /run/url
      secretFiles: [/run/one, /run/two]
      allowAddresses: [10.0.0.0/8, "fd00::/8", 127.0.0.1]
      template: '{"text": "{{title}}"}'
      staleAfter: 20m
api: { tokenFile: /run/api-token }
log: { level: debug }
tracing: { otlpEndpoint: http://collector:4318 }
`;

describe('settings', () => {
  test('have a default for everything', () => {
    const { settings, diagnostics } = resolveSettings();
    expect(diagnostics).toEqual([]);
    expect(settings).toEqual({
      rules: ['rules'],
      startWithBadRules: false,
      listen: '127.0.0.1:9655',
      data: '.andon',
      sources: [],
      channels: [],
      routes: [],
      grouping: { by: ['owner'], within: 120_000, every: 30_000 },
      flapping: { relapses: 3, within: 3_600_000, steady: 600_000 },
      inbound: {},
      api: { rateLimit: 600 },
      log: { level: 'info' },
      tracing: {},
    });
    expect(resolveSettings(file('')).settings).toEqual(settings);
    expect(resolveSettings(file('# nothing\n')).settings).toEqual(settings);
  });

  test('are read from a file', () => {
    const { settings, diagnostics } = resolveSettings(file(full));
    expect(diagnostics).toEqual([]);
    expect(settings).toMatchObject({
      sources: [
        {
          name: 'default',
          timeout: 5000,
          concurrency: 4,
          maxResponseBytes: 16_777_216,
          onWarnings: 'ignore',
          settle: 30_000,
        },
        { name: 'eu', timeout: 10_000, maxResponseBytes: 33_554_432, onWarnings: 'unknown' },
      ],
      channels: [{ name: 'on-call', webhook: { timeout: 15_000, concurrency: 4, staleAfter: 1_200_000 } }],
    });
  });

  test('take a URL whose scheme is in capitals', () => {
    const { settings } = resolveSettings(file('externalUrl: HTTPS://andon.example.com'));
    expect(settings?.externalUrl).toBe('HTTPS://andon.example.com');
  });

  test('are overridden by flags and the environment, sources and channels by name', () => {
    const { settings } = resolveSettings(file(full), {
      listen: ':80',
      rules: ['other'],
      sources: [{ url: 'http://elsewhere:9090' }, { name: 'us', url: 'http://us:9090' }],
      log: { level: 'warn' },
      data: undefined,
    });
    expect(settings).toMatchObject({ listen: ':80', rules: ['other'], data: ':memory:', log: { level: 'warn' } });
    expect(settings?.sources.map(({ name, url, timeout }) => [name, url, timeout])).toEqual([
      ['default', 'http://elsewhere:9090', 5000],
      ['eu', 'https://thanos.example.com/prometheus', 10_000],
      ['us', 'http://us:9090', 10_000],
    ]);
  });
});

describe('a problem in the settings', () => {
  test.each([
    ['lissten: 1', 'unknown-key', 1],
    ['listen: nowhere', 'invalid-value', 1],
    ['listen: 127.0.0.1:99999', 'invalid-value', 1],
    ['rules: []', 'invalid-value', 1],
    ['sources:\n  - url: prometheus:9090', 'invalid-url', 2],
    ['sources:\n  - { url: "http://a" }\n  - { url: "http://b" }', 'duplicate-source', 3],
    ['sources:\n  - url: http://a\n    maxResponseBytes: 16MB', 'invalid-value', 3],
    ['sources:\n  - url: http://a\n    headers: { Authorization: Bearer x }', 'inline-secret', 3],
    ['sources:\n  - url: http://a\n    basicAuth: { username: a, password: b }', 'unknown-key', 3],
    ['channels:\n  - name: a\n    webhook: {}', 'invalid-value', 3],
    ['channels:\n  - name: a\n    webhook: { url: "http://a", urlFile: b }', 'invalid-value', 3],
    ['channels:\n  - name: a\n    webhook: { url: "http://a", allowAddresses: [10.0.0.0/99] }', 'invalid-value', 3],
    ['channels:\n  - name: a', 'channel-kind', 2],
    ['channels:\n  - name: a\n    webhook: { url: "http://a" }\n    pigeon: {}', 'unknown-key', 4],
    ['log: { level: loud }', 'invalid-value', 1],
    ['a: [', 'yaml-syntax', 1],
    ['- a', 'wrong-type', 1],
    ['log: {}\nlog: {}', 'yaml-duplicate-key', 2],
    ['log: {}\n---\nlog: {}', 'too-many-documents', 3],
  ])('%j is %s in line %d', (text, code, line) => {
    const { settings, diagnostics } = resolveSettings(file(text));
    expect(settings).toBeUndefined();
    expect(diagnostics.map((each) => [each.code, each.line])).toContainEqual([code, line]);
  });

  test('that came from a flag says so', () => {
    const { diagnostics } = resolveSettings(file('data: x'), { listen: 'nowhere', log: { level: 'loud' } });
    expect(diagnostics.map(({ file: where, message }) => `${where} ${message}`)).toEqual([
      expect.stringMatching(/^\(flags and environment\) listen: expected an address/),
      expect.stringMatching(/^\(flags and environment\) log.level: expected debug or info/),
    ]);
  });

  test('never shows what may be a secret', () => {
    const secret = 'hunter2-very-secret';
    const text = `sources:
  - url: http://andon:${secret}@prometheus:9090
    basicAuth: { username: a, password: ${secret} }
    headers: { X-Api-Key: ${secret} }
    bearerToken: ${secret}
channels:
  - name: a
    webhook: { url: hooks.example.com/${secret} }
`;
    const { diagnostics } = resolveSettings(file(text));
    expect(diagnostics.length).toBeGreaterThanOrEqual(5);
    expect(JSON.stringify(diagnostics)).not.toContain(secret);
  });

  test('in a template is found by whoever renders it', () => {
    const { settings, diagnostics } = resolveSettings(file(full), {}, (template) =>
      template.includes('{{title}}') ? 'no such field: title' : undefined,
    );
    expect(settings).toBeUndefined();
    expect(diagnostics).toMatchObject([{ line: 22, code: 'invalid-template', message: 'no such field: title' }]);
  });
});
