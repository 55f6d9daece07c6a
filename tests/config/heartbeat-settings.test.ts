import { describe, expect, test } from '@jest/globals';
import { fileDiagnostics, resolveSettings } from '../../src/config/settings.ts';

const resolve = (text: string) => resolveSettings({ path: 'andon.yaml', content: Buffer.from(text) });

describe('a heartbeat', () => {
  test('needs nothing but where to beat', () => {
    const { settings, diagnostics } = resolve('heartbeat: { url: "https://watch.example.com/x" }');
    expect(diagnostics).toEqual([]);
    expect(settings?.heartbeat).toEqual({
      url: 'https://watch.example.com/x',
      every: 60_000,
      patience: 300_000,
      timeout: 10_000,
      headers: {},
      headerFiles: {},
    });
  });

  test.each([
    ['nowhere to beat', 'heartbeat: {}', 'a heartbeat has either a url or a urlFile'],
    ['two places', 'heartbeat: { url: "http://a", urlFile: b }', 'a heartbeat has either a url or a urlFile'],
    ['too often', 'heartbeat: { url: "http://a", every: 1s }', '`every` is at least 10s'],
    ['no patience', 'heartbeat: { url: "http://a", patience: 1s }', '`patience` is at least 1m'],
    ['a URL that is a secret', 'heartbeat: { url: "https://hc-ping.com/x" }', 'whoever has this URL can post'],
    ['a secret', 'heartbeat: { url: "http://a", headers: { Authorization: x } }', '`Authorization` carries a secret'],
  ])('with %s is refused', (_, text, message) => {
    const { settings, diagnostics } = resolve(text);
    expect(settings).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: 'error', message: expect.stringContaining(message) }]);
  });

  test('has its files read by the check', async () => {
    const asked: string[] = [];
    const resolved = resolve('heartbeat: { urlFile: /run/url, headerFiles: { X-Key: /run/key } }');
    await fileDiagnostics(resolved, ({ path, kind }) => {
      asked.push(`${path} ${kind}`);
      return Promise.resolve(undefined);
    });
    expect(asked).toEqual(['/run/url url', '/run/key credential']);
  });
});
