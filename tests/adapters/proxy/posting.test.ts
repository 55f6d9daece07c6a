import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Channel, SendResult } from '../../../src/app/ports/channel.ts';
import { aNotification } from '../../support/a-notification.ts';
import { makeAuthority, makeCertificate, type Certificate } from '../../support/certificates.ts';
import { ProxyServer } from '../../support/proxy-server.ts';
import { startStub, type StubServer } from '../../support/stub-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { status, WebhookReceiver } from '../../support/webhook-receiver.ts';
import { proxiedChannel, type Wanted } from './proxied-channel.ts';

const { signal: never } = new AbortController();
const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
const password = 'S3CRET-of-the-proxy';

let files: Awaited<ReturnType<typeof temporaryDirectory>>;
let ca: Certificate;
let certificate: Certificate;
beforeAll(async () => {
  files = await temporaryDirectory();
  ca = await makeAuthority(files.path, 'ca');
  certificate = await makeCertificate(files.path, 'hooks.test', ca);
  await writeFile(join(files.path, 'right'), `${password}\n`);
  await writeFile(join(files.path, 'wrong'), `not-${password}\n`);
});
afterAll(async () => {
  await files[Symbol.asyncDispose]();
});

let stack: AsyncDisposableStack;
let proxy: ProxyServer;
let receiver: WebhookReceiver;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  proxy = stack.use(await ProxyServer.start());
  receiver = stack.use(await WebhookReceiver.start());
  proxy.hosts['receiver.test'] = receiver.port;
});
afterEach(async () => {
  await stack.disposeAsync();
});

/** A channel as settings declare it, by the proxy of the test. */
function aChannel(wanted: Wanted = {}): Channel {
  const channel = proxiedChannel(proxy.url, wanted);
  stack.defer(async () => await channel.close());
  return channel;
}

async function send(wanted: Wanted = {}): Promise<SendResult> {
  return await aChannel(wanted).send(attempt, never);
}

async function aSecureReceiver({ certFile, keyFile } = certificate): Promise<StubServer> {
  const tls = { cert: await readFile(certFile), key: await readFile(keyFile) };
  return stack.use(await startStub((_request, response) => response.writeHead(200).end(), tls));
}

const login = (file: string) => ({ basicAuth: { username: 'andon', passwordFile: join(files.path, file) } });

describe('over plain HTTP', () => {
  test('a page goes by the proxy, which is asked for its whole URL', async () => {
    expect(await send({ url: 'http://receiver.test/a/b?c=d' })).toEqual({ kind: 'accepted' });
    expect(proxy.requests).toMatchObject([{ method: 'POST', target: 'http://receiver.test/a/b?c=d' }]);
    expect(receiver.requests).toMatchObject([{ method: 'POST', path: '/a/b?c=d' }]);
    expect(receiver.requests[0]?.headers['host']).toBe('receiver.test');
  });

  test.each([
    ['http://receiver.test:8080//other.test/x', 'http://receiver.test:8080//other.test/x'],
    ['http://[fd00::7]:81/x', 'http://[fd00::7]:81/x'],
  ])('the whole URL of %s is its own', async (url, target) => {
    await send({ url });
    expect(proxy.requests).toMatchObject([{ target }]);
  });

  test('a host header leads the proxy nowhere else', async () => {
    await send({ webhook: { headers: { host: '169.254.169.254' } } });
    expect(proxy.requests).toMatchObject([{ target: 'http://receiver.test/hook' }]);
  });

  test('pages come over one connection', async () => {
    const channel = aChannel();
    for (let count = 0; count < 3; count++) expect(await channel.send(attempt, never)).toEqual({ kind: 'accepted' });
    expect(new Set(proxy.requests.map(({ connection }) => connection)).size).toBe(1);
  });

  test('no more are under way at once than the channel says', async () => {
    const channel = aChannel({ webhook: { concurrency: 1 } });
    await Promise.all(Array.from({ length: 3 }, async () => await channel.send(attempt, never)));
    expect(proxy.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
  });

  test('what is answered names both, for either may have said it', async () => {
    receiver.answer = () => status(403);
    const detail = `http://receiver.test by way of ${proxy.name} answered HTTP 403`;
    expect(await send()).toEqual({ kind: 'refused', reason: 'rejected', detail });
  });

  test('a redirect is not followed', async () => {
    receiver.answer = () => status(302, { location: 'http://other.test/' });
    expect(await send()).toMatchObject({ kind: 'refused', reason: 'redirected' });
    expect(proxy.requests).toHaveLength(1);
  });
});

describe('over TLS', () => {
  test('a page goes through a tunnel, and what the receiver must prove is what it must without a proxy', async () => {
    const secure = await aSecureReceiver();
    proxy.hosts['hooks.test'] = Number(new URL(secure.url).port);
    // Its authority is not known to channels, who trust what the machine trusts.
    expect(await send({ url: 'https://hooks.test/x' })).toEqual({
      kind: 'retry',
      reason: 'unreachable',
      detail: `cannot reach https://hooks.test by way of ${proxy.name}: its certificate chain is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: 'hooks.test:443' }]);
    expect(secure.requests).toEqual([]);
  });

  test('nothing but the tunnel is seen by the proxy', async () => {
    const secure = await aSecureReceiver();
    proxy.hosts['hooks.test'] = Number(new URL(secure.url).port);
    await send({ url: 'https://hooks.test:8443/secret-path', proxy: login('right') });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: 'hooks.test:8443' }]);
    expect(JSON.stringify(proxy.requests)).not.toContain('secret-path');
  });
});

describe('over TLS, where the machine trusts the authority of receivers,', () => {
  const before = getCACertificates('default');
  beforeEach(async () => {
    setDefaultCACertificates([await readFile(ca.certFile, 'utf8')]);
  });
  afterEach(() => {
    setDefaultCACertificates(before);
  });

  test('pages are taken, through one tunnel', async () => {
    const secure = await aSecureReceiver();
    proxy.hosts['hooks.test'] = Number(new URL(secure.url).port);
    const channel = aChannel({ url: 'https://hooks.test/x?y=z' });
    for (let count = 0; count < 3; count++) expect(await channel.send(attempt, never)).toEqual({ kind: 'accepted' });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: 'hooks.test:443' }]);
    expect(secure.requests.map(({ path }) => path)).toEqual(['/x?y=z', '/x?y=z', '/x?y=z']);
    expect(secure.connections).toBe(1);
    expect(Object.keys(secure.requests[0]?.headers ?? {}).filter((name) => name.startsWith('proxy'))).toEqual([]);
  });

  test('a receiver is known by its own name', async () => {
    const secure = await aSecureReceiver();
    proxy.hosts['other.test'] = Number(new URL(secure.url).port);
    const detail = `cannot reach https://other.test by way of ${proxy.name}: its certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID)`;
    expect(await send({ url: 'https://other.test/' })).toEqual({ kind: 'retry', reason: 'unreachable', detail });
  });

  test('a receiver that is called by its address cannot pass for one because it has a certificate for the name of the proxy', async () => {
    const secure = await aSecureReceiver(await makeCertificate(files.path, 'localhost', ca));
    proxy.hosts['10.0.0.7'] = Number(new URL(secure.url).port);
    const url = proxy.url.replace('127.0.0.1', 'localhost');
    expect(await send({ url: 'https://10.0.0.7/', proxy: { url } })).toMatchObject({
      detail: expect.stringContaining('its certificate is for another host'),
    });
    expect(proxy.requests).toMatchObject([{ target: '10.0.0.7:443' }]);
  });
});

describe('with a password', () => {
  test.each(['http://receiver.test/hook', 'https://hooks.test/x'])('%s is reached by the right one', async (url) => {
    const secure = await aSecureReceiver();
    proxy.hosts['hooks.test'] = Number(new URL(secure.url).port);
    proxy.login = `andon:${password}`;
    const result = await send({ url, proxy: login('right') });
    // The receiver behind the tunnel is not trusted here, but it is reached.
    if (url.startsWith('https')) expect(result).toMatchObject({ detail: expect.stringContaining('not trusted') });
    else expect(result).toEqual({ kind: 'accepted' });
    expect(JSON.stringify(receiver.requests)).not.toContain(Buffer.from(proxy.login).toString('base64'));
  });

  test.each(['http://receiver.test/hook', 'https://hooks.test/x'])('%s is not reached by a wrong one', async (url) => {
    proxy.login = `andon:${password}`;
    expect(await send({ url, proxy: login('wrong') })).toEqual({
      kind: 'retry',
      reason: 'rejected',
      detail: `${proxy.name} does not accept the user name and password of proxy.basicAuth (HTTP 407)`,
    });
    expect(receiver.requests).toEqual([]);
  });

  test.each(['http://receiver.test/hook', 'https://hooks.test/x'])('%s is not reached without one', async (url) => {
    proxy.login = `andon:${password}`;
    expect(await send({ url })).toEqual({
      kind: 'retry',
      reason: 'rejected',
      detail: `${proxy.name} wants a user name and a password, which proxy.basicAuth may give (HTTP 407)`,
    });
  });

  test('that is replaced in its file, the next page gets in, over the same connections', async () => {
    proxy.login = `andon:${password}`;
    await writeFile(join(files.path, 'changing'), 'not yet');
    const channel = aChannel({ proxy: login('changing') });
    expect(await channel.send(attempt, never)).toMatchObject({ reason: 'rejected' });
    await writeFile(join(files.path, 'changing'), `${password}\n`);
    expect(await channel.send(attempt, never)).toEqual({ kind: 'accepted' });
  });

  test('whose file is gone, the page waits', async () => {
    expect(await send({ proxy: login('gone') })).toEqual({
      kind: 'retry',
      reason: 'unreachable',
      detail: `${proxy.name} cannot be used: cannot read ${join(files.path, 'gone')} (ENOENT)`,
    });
    expect(proxy.requests).toEqual([]);
  });
});

const http = 'http://receiver.test';
const https = 'https://hooks.test';
describe('a proxy that', () => {
  test.each([
    [403, 'rejected', 'refused to connect to https://hooks.test (HTTP 403)'],
    [405, 'rejected', 'refused to connect to https://hooks.test (HTTP 405)'],
    [302, 'rejected', 'refused to connect to https://hooks.test (HTTP 302)'],
    [502, 'unreachable', 'could not reach https://hooks.test (HTTP 502)'],
    [503, 'unreachable', 'could not reach https://hooks.test (HTTP 503)'],
  ] as const)('answers CONNECT with %i is told apart from the receiver', async (answered, reason, detail) => {
    proxy.conduct = { kind: 'answer', status: answered };
    expect(await send({ url: https })).toEqual({ kind: 'retry', reason, detail: `${proxy.name} ${detail}` });
    await until(() => proxy.open === 0 || undefined, { what: 'the connection to end', withinMs: 5_000 });
  });

  test.each([http, https])('is away is named, and not %s', async (url) => {
    await proxy[Symbol.asyncDispose]();
    const detail = `${proxy.name} cannot be reached: connection refused (ECONNREFUSED)`;
    expect(await send({ url })).toEqual({ kind: 'retry', reason: 'unreachable', detail });
  });

  test('has no address is named', async () => {
    const result = await send({ proxy: { url: 'http://proxy.invalid:3128' } });
    expect(result).toMatchObject({ kind: 'retry', reason: 'unreachable' });
    expect(result).toHaveProperty(
      'detail',
      expect.stringMatching(/^the proxy proxy\.invalid:3128 (cannot be reached: |opened no connection)/),
    );
  });

  test('hangs before a tunnel stands is named, and its connection is given up', async () => {
    proxy.conduct = { kind: 'hang' };
    const detail = `${proxy.name} opened no connection to https://hooks.test within 540 ms`;
    expect(await send({ url: https })).toEqual({ kind: 'retry', reason: 'timeout', detail });
    await until(() => proxy.open === 0 || undefined, { what: 'the connection to end', withinMs: 5_000 });
  });

  test('hangs over plain HTTP is named', async () => {
    proxy.conduct = { kind: 'hang' };
    const detail = `${proxy.name} had no answer from http://receiver.test within 600 ms`;
    expect(await send()).toEqual({ kind: 'retry', reason: 'timeout', detail });
    await until(() => proxy.open === 0 || undefined, { what: 'the connection to end', withinMs: 5_000 });
  });

  test('hangs keeps nobody from ending a send early', async () => {
    proxy.conduct = { kind: 'hang' };
    const stop = new AbortController();
    const sending = aChannel({ url: https }).send(attempt, stop.signal);
    await until(() => proxy.requests.length === 1 || undefined, { what: 'the proxy to be asked', withinMs: 5_000 });
    stop.abort();
    expect(await sending).toMatchObject({ kind: 'retry', detail: expect.stringContaining('cut short') });
    await until(() => proxy.open === 0 || undefined, { what: 'the connection to end', withinMs: 5_000 });
  });

  test('hangs up is named', async () => {
    proxy.conduct = { kind: 'cut-off' };
    const result = await send({ url: https });
    expect(result).toMatchObject({ kind: 'retry', reason: 'unreachable' });
    expect(result).toHaveProperty(
      'detail',
      expect.stringMatching(new RegExp(`^${proxy.name} (hung up|cannot be reached)`)),
    );
  });

  test('is none is named', async () => {
    proxy.conduct = { kind: 'babble' };
    const detail = `${proxy.name} did not answer as a proxy does when it was to connect to https://hooks.test`;
    expect(await send({ url: https })).toEqual({ kind: 'retry', reason: 'rejected', detail });
  });

  test.each([http, https])('fails leaves nobody behind who waits for a place: %s', async (url) => {
    await proxy[Symbol.asyncDispose]();
    const channel = aChannel({ url, webhook: { concurrency: 1, timeout: '20s' } });
    const results = await Promise.all(Array.from({ length: 4 }, async () => await channel.send(attempt, never)));
    for (const each of results) expect(each).toHaveProperty('detail', expect.stringContaining('connection refused'));
  });

  test('serves the receiver late, and it is the receiver that is told of', async () => {
    const silent = createServer((socket) => stack.defer(() => void socket.destroy())).listen(0, '127.0.0.1');
    stack.defer(() => void silent.close());
    await once(silent, 'listening');
    proxy.hosts['hooks.test'] = (silent.address() as AddressInfo).port;
    const detail = `https://hooks.test by way of ${proxy.name} did not answer within 600 ms`;
    expect(await send({ url: https })).toEqual({ kind: 'retry', reason: 'timeout', detail });
    await until(() => proxy.open === 0 || undefined, { what: 'the connection to end', withinMs: 5_000 });
  });
});

describe('a proxy that speaks TLS itself', () => {
  test.each([
    ['is used where its authority is trusted', true],
    ['is named where its certificate is not trusted', false],
  ])('%s', async (_, isTrusted) => {
    const own = await makeCertificate(files.path, 'proxy.test', ca);
    const tls = { cert: await readFile(own.certFile), key: await readFile(own.keyFile) };
    const secure = stack.use(await ProxyServer.start(tls));
    secure.hosts['receiver.test'] = receiver.port;
    const settings = { url: secure.url, ...(isTrusted ? { tls: { caFile: ca.certFile } } : {}) };
    const detail = `${secure.name} cannot be trusted: its certificate is not valid here (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`;
    const untrusted = { kind: 'retry', reason: 'unreachable', detail };
    expect(await send({ proxy: settings })).toEqual(isTrusted ? { kind: 'accepted' } : untrusted);
    const tunnelled = await send({ url: https, proxy: settings });
    const unknown = {
      kind: 'retry',
      reason: 'unreachable',
      detail: `${secure.name} could not reach ${https} (HTTP 503)`,
    };
    expect(tunnelled).toEqual(isTrusted ? unknown : untrusted);
  });
});
