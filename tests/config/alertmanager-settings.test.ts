import { describe, expect, test } from '@jest/globals';
import { namedFiles } from '../../src/config/settings/named-files.ts';
import { checkTemplate } from '../../src/adapters/channels/template/template.ts';
import { resolveSettings } from '../../src/config/settings.ts';

function read(alertmanager: string) {
  const text = `channels:\n  - name: a\n    alertmanager: ${alertmanager}\n`;
  return resolveSettings({ path: 'andon.yaml', content: new TextEncoder().encode(text) }, {}, checkTemplate);
}

describe('an Alertmanager channel', () => {
  test.each([
    ['{ url: "http://am:9093" }', { url: 'http://am:9093', resendEvery: 60_000, labels: {}, annotations: {} }],
    [
      '{ urls: ["http://am-0:9093", "http://am-1:9093"], resendEvery: 30s }',
      { urls: ['http://am-0:9093', 'http://am-1:9093'], resendEvery: 30_000 },
    ],
    [
      '{ url: "http://am/prefix", labels: { cluster: eu-1 }, annotations: { summary: "{{title}}", condition: "" } }',
      { labels: { cluster: 'eu-1' }, annotations: { summary: '{{title}}', condition: '' } },
    ],
  ])('is read from %s', (text, settings) => {
    const found = read(text);
    expect(found.diagnostics).toEqual([]);
    expect(found.settings?.channels).toMatchObject([{ name: 'a', alertmanager: settings }]);
  });

  test.each([
    ['{}', 'invalid-value', /either a url or urls/],
    ['{ url: "http://a", urls: ["http://b"] }', 'invalid-value', /either a url or urls/],
    ['{ urls: [] }', 'invalid-value', /at least one URL/],
    ['{ url: "http://user:hunter2@am" }', 'invalid-url', /no user name or password/],
    ['{ url: "http://a", resendEvery: 100ms }', 'duration-out-of-range', /`resendEvery` is at least 1s/],
    ['{ url: "http://a", resendEvery: 1h }', 'duration-out-of-range', /`resendEvery` is at most 10m/],
    ['{ url: "http://a", labels: { a-b: c } }', 'invalid-name', /a label name/],
    ['{ url: "http://a", annotations: { a-b: c } }', 'invalid-name', /a label name/],
    ['{ url: "http://a", annotations: { summary: "{{titel}}" } }', 'invalid-template', /unknown field "titel"/],
    ['{ url: "http://a", urlFile: b }', 'unknown-key', /urlFile/],
  ])('is refused as %s', (text, code, message) => {
    const { settings, diagnostics } = read(text);
    expect(settings).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, message: expect.stringMatching(message) }]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });

  test('has the files of its headers looked at', () => {
    const { settings } = read('{ url: "http://a", headerFiles: { Authorization: /run/token } }');
    if (settings === undefined) throw new Error('it has a problem');
    expect(namedFiles(settings)).toEqual([
      { path: '/run/token', key: ['channels', 0, 'alertmanager', 'headerFiles', 'Authorization'], kind: 'credential' },
    ]);
  });
});
