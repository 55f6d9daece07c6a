import { describe, expect, test } from '@jest/globals';
import { resolveSettings } from '../../src/config/settings.ts';
import { namedFiles } from '../../src/config/settings/named-files.ts';

function read(inbound: string) {
  const content = new TextEncoder().encode(`inbound:\n  ${inbound}\n`);
  return resolveSettings({ path: 'andon.yaml', content });
}

describe('who may tell of incidents from outside', () => {
  test.each([
    ['pagerduty: { secretFiles: [/run/new, /run/old] }', { pagerduty: { secretFiles: ['/run/new', '/run/old'] } }],
    ['alertmanager: { tokenFile: /run/token }', { alertmanager: { tokenFile: '/run/token', serviceLabel: 'service' } }],
    [
      'alertmanager: { basicAuth: { username: andon, passwordFile: /run/p }, serviceLabel: app }',
      { alertmanager: { basicAuth: { username: 'andon', passwordFile: '/run/p' }, serviceLabel: 'app' } },
    ],
  ])('is read from %s', (text, expected) => {
    const { settings, diagnostics } = read(text);
    expect(diagnostics).toEqual([]);
    expect(settings?.inbound).toMatchObject(expected);
  });

  test.each([
    ['pagerduty: {}', 'missing-key'],
    ['pagerduty: { secretFiles: [] }', 'invalid-value'],
    ['pagerduty: { secret: hunter2 }', 'unknown-key'],
    ['alertmanager: {}', 'invalid-value'],
    ['alertmanager: { tokenFile: a, basicAuth: { username: a, passwordFile: b } }', 'invalid-value'],
    ['alertmanager: { basicAuth: { username: "a:b", passwordFile: b } }', 'invalid-value'],
    ['alertmanager: { tokenFile: a, serviceLabel: "not a label" }', 'invalid-value'],
  ])('is refused as %s', (text, code) => {
    const { settings, diagnostics } = read(text);
    expect(settings).toBeUndefined();
    expect(diagnostics.map((each) => each.code)).toContain(code);
  });

  test('has its files checked where they are named', () => {
    const { settings } = read(
      'pagerduty: { secretFiles: [a, b] }\n  alertmanager: { basicAuth: { username: u, passwordFile: c } }',
    );
    if (settings === undefined) throw new Error('the settings are fine');
    expect(namedFiles(settings)).toEqual([
      { path: 'a', key: ['inbound', 'pagerduty', 'secretFiles', 0], kind: 'credential' },
      { path: 'b', key: ['inbound', 'pagerduty', 'secretFiles', 1], kind: 'credential' },
      { path: 'c', key: ['inbound', 'alertmanager', 'basicAuth', 'passwordFile'], kind: 'credential' },
    ]);
  });

  test('nobody may unless it is said', () => {
    expect(read('{}').settings?.inbound).toEqual({});
  });
});
