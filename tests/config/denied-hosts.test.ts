import { expect, test } from '@jest/globals';
import { AddressGuard } from '../../src/adapters/channels/posting/address-guard.ts';
import { resolveSettings } from '../../src/config/settings.ts';

const mayBeCalled = (host: string, allowed: readonly string[], denied: readonly string[]): boolean =>
  new AddressGuard(allowed, denied).allowsHost(host);

function codes(text: string): readonly string[] {
  const file = { path: 'andon.yaml', content: new TextEncoder().encode(`${text}\n`) };
  return resolveSettings(file, {}, undefined, mayBeCalled).diagnostics.map(
    ({ code, line, column }) => `${code} ${line}:${column}`,
  );
}

const channel = (settings: string): string => `channels:\n  - name: a\n    ${settings}`;

test.each([
  [channel('webhook: { url: "http://169.254.169.254/latest" }'), ['denied-address 3:21']],
  [channel('webhook: { url: "http://2852039166/" }'), ['denied-address 3:21']],
  [channel('webhook: { url: "http://[fe80::1]/" }'), ['denied-address 3:21']],
  [channel('webhook: { url: "http://169.254.169.254/", allowAddresses: [169.254.0.0/16] }'), []],
  [channel('webhook: { url: "http://10.0.0.1/", denyAddresses: [10.0.0.0/8] }'), ['denied-address 3:21']],
  [channel('webhook: { url: "http://10.0.0.1/" }'), []],
  [channel('webhook: { url: "http://metadata.example.com/" }'), []],
  [channel('alertmanager: { urls: ["http://a", "http://100.100.100.200"] }'), ['denied-address 3:40']],
  [channel('cdevents: { url: "http://169.254.1.1", environment: eu }'), ['denied-address 3:22']],
  [channel('pagerduty: { url: "http://169.254.1.1", routingKeyFile: k }'), ['denied-address 3:23']],
  ['heartbeat: { url: "http://169.254.1.1" }', ['denied-address 1:19']],
])('an address that nothing is ever posted to is an error where it stands: %s', (text, expected) => {
  expect(codes(text)).toEqual(expected);
});
