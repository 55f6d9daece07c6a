import { describe, expect, test } from '@jest/globals';
import { fileDiagnostics, resolveSettings } from '../../src/config/settings.ts';

const resolve = (text: string) => resolveSettings({ path: 'andon.yaml', content: Buffer.from(text) });

describe('a proxy', () => {
  test('needs nothing but where it is', () => {
    const { settings, diagnostics } = resolve('proxy: { url: "http://proxy.example.com:3128" }');
    expect(diagnostics).toEqual([]);
    expect(settings?.proxy).toEqual({ url: 'http://proxy.example.com:3128', except: [] });
  });

  test('is none without settings of one', () => {
    expect(resolve('').settings).not.toHaveProperty('proxy');
  });

  test('takes names, suffixes, addresses and networks that it is not for', () => {
    const except = [
      '.svc',
      '.cluster.local',
      'prometheus.internal',
      'my_host',
      '10.0.0.0/8',
      '192.0.2.1',
      'fd00::/8',
      '::1',
    ];
    const { settings, diagnostics } = resolve(`proxy: { url: "http://proxy:3128", except: ${JSON.stringify(except)} }`);
    expect(diagnostics).toEqual([]);
    expect(settings?.proxy?.except).toEqual(except);
  });

  test.each([
    ['no URL', '{}', 'missing-key', 'url'],
    ['a scheme that is none of a proxy', '{ url: "socks5://proxy:1080" }', 'invalid-url', 'http:// or https://'],
    ['a password in the URL', '{ url: "http://andon:S3CRET@proxy:3128" }', 'invalid-url', 'no user name or password'],
    ['a path', '{ url: "http://proxy:3128/x" }', 'invalid-url', 'a proxy has no path'],
    ['a query', '{ url: "http://proxy:3128?x" }', 'invalid-url', 'a proxy has no path'],
    [
      'a colon in the user name',
      '{ url: "http://p", basicAuth: { username: "a:b", passwordFile: p } }',
      '',
      'no colon',
    ],
    [
      'a password that is no file',
      '{ url: "http://p", basicAuth: { username: a, password: S3CRET } }',
      'missing-key',
      'passwordFile',
    ],
    ['a star', '{ url: "http://p", except: ["*.svc"] }', '', 'a suffix such as .svc'],
    ['a port', '{ url: "http://p", except: ["prometheus:9090"] }', '', 'a host name'],
    ['a URL', '{ url: "http://p", except: ["http://prometheus"] }', '', 'a host name'],
    ['no real network', '{ url: "http://p", except: ["10.0.0.0/33"] }', '', 'a network'],
    ['nothing', '{ url: "http://p", except: [""] }', '', ''],
  ])('with %s is refused', (_, text, code, message) => {
    const { settings, diagnostics } = resolve(`proxy: ${text}`);
    expect(settings).toBeUndefined();
    const [first] = diagnostics;
    expect(first).toMatchObject({ severity: 'error', file: 'andon.yaml', line: 1 });
    expect(first?.code).toContain(code);
    expect(first?.message).toContain(message);
    expect(JSON.stringify(diagnostics)).not.toContain('S3CRET');
  });

  test.each([
    ['*.svc', 'write `.svc` for every name that ends so'],
    ['prometheus:9090', 'leave the port out: write `prometheus`'],
    ['http://prometheus', 'write the host alone, without a scheme, a port or a path'],
  ])('is told how to write %s', (entry, hint) => {
    const { diagnostics } = resolve(`proxy: { url: "http://p", except: ["${entry}"] }`);
    expect(diagnostics).toMatchObject([{ hint }]);
  });

  test('has its files read by the check', async () => {
    const asked: string[] = [];
    const resolved = resolve(
      'proxy: { url: "https://p", basicAuth: { username: a, passwordFile: /run/password }, tls: { caFile: /run/ca } }',
    );
    await fileDiagnostics(resolved, ({ path, kind }) => {
      asked.push(`${path} ${kind}`);
      return Promise.resolve(undefined);
    });
    expect(asked).toEqual(['/run/password credential', '/run/ca pem']);
  });
});
