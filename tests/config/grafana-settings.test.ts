import { describe, expect, test } from '@jest/globals';
import { resolveSettings } from '../../src/config/settings.ts';

function resolve(text: string) {
  return resolveSettings({ path: 'andon.yaml', content: Buffer.from(text) });
}

describe('the Grafana that pages link to', () => {
  test('is none unless it is named, and asks its default data source unless told otherwise', () => {
    expect(resolve('rules: [rules]').settings?.grafana).toBeUndefined();
    expect(resolve('grafana: { url: "https://grafana.example.com" }').settings?.grafana).toEqual({
      url: 'https://grafana.example.com',
    });
    expect(resolve('grafana: { url: "https://g.example.com", datasource: Mimir }').settings?.grafana).toEqual({
      url: 'https://g.example.com',
      datasource: 'Mimir',
    });
  });

  test.each([
    ['no URL', 'grafana: {}', 'url'],
    ['a URL that is none', 'grafana: { url: grafana }', 'expected a URL that starts with http:// or https://'],
    ['a password in it', 'grafana: { url: "https://a:b@grafana" }', 'a URL holds no user name or password here'],
    ['a typo', 'grafana: { url: "https://grafana", dataSource: x }', 'dataSource'],
  ])('is refused with %s', (_, text, words) => {
    const { settings, diagnostics } = resolve(text);
    expect(settings).toBeUndefined();
    expect(JSON.stringify(diagnostics)).toContain(words);
  });
});
