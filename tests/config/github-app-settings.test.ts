import { describe, expect, test } from '@jest/globals';
import { namedFiles } from '../../src/config/settings/named-files.ts';
import { resolveSettings } from '../../src/config/settings.ts';

const resolve = (app: string) =>
  resolveSettings({
    path: 'andon.yaml',
    content: new TextEncoder().encode(`inbound:\n  github:\n    secretFile: /run/secret\n    app: ${app}\n`),
  });

describe('the GitHub App of the settings', () => {
  test('needs an id and a key, and has a default for everything else', () => {
    const { settings, diagnostics } = resolve('{ id: 123456, privateKeyFile: /run/app.pem }');
    expect(diagnostics).toEqual([]);
    expect(settings?.inbound.github).toEqual({
      secretFile: '/run/secret',
      services: {},
      app: {
        id: 123_456,
        privateKeyFile: '/run/app.pem',
        apiUrl: 'https://api.github.com',
        waitAtMost: 3_600_000,
      },
    });
  });

  test('names its key among the files that are checked', () => {
    const { settings } = resolve('{ id: Iv1.8a61f9b3a7aba766, privateKeyFile: /run/app.pem }');
    expect(settings && namedFiles(settings)).toEqual([
      { path: '/run/secret', key: ['inbound', 'github', 'secretFile'], kind: 'api-token' },
      { path: '/run/app.pem', key: ['inbound', 'github', 'app', 'privateKeyFile'], kind: 'app-key' },
    ]);
  });

  test.each([
    ['{ privateKeyFile: /k }', 'id'],
    ['{ id: 0, privateKeyFile: /k }', 'the id of a GitHub App'],
    ['{ id: 1.5, privateKeyFile: /k }', 'id'],
    ['{ id: "a b", privateKeyFile: /k }', 'id'],
    ['{ id: 1 }', 'privateKeyFile'],
    ['{ id: 1, privateKeyFile: /k, apiUrl: api.github.com }', 'http'],
    ['{ id: 1, privateKeyFile: /k, apiUrl: "https://u:p@api.github.com" }', 'user name'],
    ['{ id: 1, privateKeyFile: /k, waitAtMost: 5s }', 'waitAtMost'],
    ['{ id: 1, privateKeyFile: /k, waitAtMost: 30d }', 'waitAtMost'],
    ['{ id: 1, privateKeyFile: /k, privateKey: secret }', 'privateKey'],
  ])('is refused as %s', (app, said) => {
    const { settings, diagnostics } = resolve(app);
    expect(settings).toBeUndefined();
    expect(diagnostics.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n')).toContain(said);
  });
});
