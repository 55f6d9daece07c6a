import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ClockReading } from '../../../src/adapters/prometheus/clock.ts';
import { composeSource } from '../../../src/compose/parts.ts';
import { resolveSettings } from '../../../src/config/settings.ts';
import { makeAuthority, makeCertificate, type Certificate } from '../../support/certificates.ts';
import { ProxyServer } from '../../support/proxy-server.ts';
import { answerJson, startStub, type StubServer } from '../../support/stub-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const { signal: never } = new AbortController();
const password = 'S3CRET-of-the-proxy';

let files: Awaited<ReturnType<typeof temporaryDirectory>>;
let ca: Certificate;
let server: Certificate;
let client: Certificate;
beforeAll(async () => {
  files = await temporaryDirectory();
  ca = await makeAuthority(files.path, 'ca');
  server = await makeCertificate(files.path, 'prometheus.test', ca);
  client = await makeCertificate(files.path, 'andon', ca);
  await writeFile(join(files.path, 'password'), `${password}\n`);
});
afterAll(async () => {
  await files[Symbol.asyncDispose]();
});

let stack: AsyncDisposableStack;
let proxy: ProxyServer;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  proxy = stack.use(await ProxyServer.start());
});
afterEach(async () => {
  await stack.disposeAsync();
});

async function aPrometheus(secure?: 'asks for a certificate' | 'asks for none'): Promise<StubServer> {
  const tls =
    secure === undefined
      ? undefined
      : {
          cert: await readFile(server.certFile),
          key: await readFile(server.keyFile),
          ...(secure === 'asks for none'
            ? {}
            : { ca: await readFile(ca.certFile), requestCert: true, rejectUnauthorized: true }),
        };
  const stub = await startStub(
    (_request, response) =>
      answerJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } }),
    tls,
  );
  proxy.hosts['prometheus.test'] = Number(new URL(stub.url).port);
  return stack.use(stub);
}

interface Wanted {
  readonly url?: string;
  readonly proxy?: Record<string, unknown>;
  readonly source?: Record<string, unknown>;
}

function aSource({ url = 'http://prometheus.test:9090/prefix', ...more }: Wanted = {}) {
  const { settings, diagnostics } = resolveSettings(undefined, {
    sources: [{ url, timeout: '600ms', ...more.source }],
    proxy: { url: proxy.url, ...more.proxy },
  });
  const [source] = settings?.sources ?? [];
  if (source === undefined) throw new Error(JSON.stringify(diagnostics));
  const made = composeSource(source, settings?.proxy);
  stack.defer(async () => await made.close());
  return made;
}

/** Bounded in time, so that retries end. */
async function ask(wanted: Wanted = {}): Promise<ClockReading> {
  return await aSource(wanted).clock(never);
}

const failed = (reason: string, detail: string) => ({ kind: 'failed', failure: { reason, detail } });
const https = 'https://prometheus.test:9443';

describe('a source', () => {
  test('is asked over plain HTTP by its whole URL, over one connection', async () => {
    const prometheus = await aPrometheus();
    const source = aSource();
    for (let count = 0; count < 3; count++) expect(await source.clock(never)).toMatchObject({ kind: 'ok' });
    expect(proxy.requests.map(({ target }) => target)).toEqual(
      Array.from({ length: 3 }, () => 'http://prometheus.test:9090/prefix/api/v1/query'),
    );
    expect(new Set(proxy.requests.map(({ connection }) => connection)).size).toBe(1);
    expect(prometheus.requests.map(({ path }) => path)).toEqual(
      Array.from({ length: 3 }, () => '/prefix/api/v1/query'),
    );
  });

  test('is asked over TLS through one tunnel, trusted by its own authority', async () => {
    const prometheus = await aPrometheus('asks for none');
    const source = aSource({ url: https, source: { tls: { caFile: ca.certFile } } });
    for (let count = 0; count < 3; count++) expect(await source.clock(never)).toMatchObject({ kind: 'ok' });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: 'prometheus.test:9443' }]);
    expect(prometheus.connections).toBe(1);
  });

  test('is shown the certificate of the client through the tunnel', async () => {
    await aPrometheus('asks for a certificate');
    const tls = { caFile: ca.certFile, certFile: client.certFile, keyFile: client.keyFile };
    expect(await ask({ url: https, source: { tls } })).toMatchObject({ kind: 'ok' });
  });

  test.each<readonly [string, () => Record<string, unknown>, unknown]>([
    ['is not trusted without its authority', () => ({}), { failure: { detail: expect.stringMatching(/not trusted/) } }],
    [
      'is not trusted under another name',
      () => ({ caFile: ca.certFile, serverName: 'a.test' }),
      { failure: { detail: expect.stringMatching(/ALTNAME/) } },
    ],
    ['is not checked when told so', () => ({ insecureSkipVerify: true }), { kind: 'ok' }],
  ])('%s', async (_, tls, expected) => {
    await aPrometheus('asks for none');
    expect(await ask({ url: https, source: { tls: tls() } })).toMatchObject(expected as object);
  });

  test('under another name is trusted by the server name of its settings', async () => {
    const prometheus = await aPrometheus('asks for none');
    proxy.hosts['alias.test'] = Number(new URL(prometheus.url).port);
    const tls = { caFile: ca.certFile, serverName: 'prometheus.test' };
    expect(await ask({ url: 'https://alias.test', source: { tls } })).toMatchObject({ kind: 'ok' });
  });

  test('is let through by the password of the proxy, which it does not get to see', async () => {
    const prometheus = await aPrometheus();
    proxy.login = `andon:${password}`;
    const basicAuth = { username: 'andon', passwordFile: join(files.path, 'password') };
    expect(await ask({ proxy: { basicAuth } })).toMatchObject({ kind: 'ok' });
    expect(prometheus.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('on this machine, or that the proxy is not for, is asked straight', async () => {
    const prometheus = await aPrometheus();
    expect(await ask({ url: prometheus.url })).toMatchObject({ kind: 'ok' });
    // No name leads there from here, but for the proxy.
    expect(await ask({ proxy: { except: ['prometheus.test'] } })).toMatchObject({ kind: 'failed' });
    expect(proxy.requests).toEqual([]);
  });
});

describe('the proxy is named when it', () => {
  const detail = (text: string) => `${proxy.name} ${text}`;

  test.each(['http://prometheus.test:9090', https])('wants a password: %s', async (url) => {
    proxy.login = `andon:${password}`;
    const wanted = 'wants a user name and a password, which proxy.basicAuth may give (HTTP 407)';
    expect(await ask({ url })).toEqual(failed('rejected', detail(wanted)));
    const basicAuth = { username: 'other', passwordFile: join(files.path, 'password') };
    const unwanted = 'does not accept the user name and password of proxy.basicAuth (HTTP 407)';
    expect(await ask({ url, proxy: { basicAuth } })).toEqual(failed('rejected', detail(unwanted)));
  });

  test.each([
    [403, 'rejected', 'refused to connect to'],
    [503, 'unavailable', 'could not reach'],
  ])('answers CONNECT with %i', async (status, reason, said) => {
    proxy.conduct = { kind: 'answer', status };
    expect(await ask({ url: https })).toEqual(failed(reason, detail(`${said} ${https} (HTTP ${status})`)));
    // What may be mended in a moment is tried again.
    expect(proxy.requests).toHaveLength(status === 503 ? 3 : 1);
  });

  test('answers in the place of the source, perhaps, and nothing that it says back shows the password', async () => {
    proxy.conduct = { kind: 'answer', status: 403 };
    const basicAuth = { username: 'andon', passwordFile: join(files.path, 'password') };
    const answer = await ask({ proxy: { basicAuth } });
    const begin = `http://prometheus.test:9090/prefix by way of ${proxy.name} answered 403: `;
    expect(answer).toEqual(failed('rejected', expect.stringContaining(begin) as never));
    expect(JSON.stringify(answer)).toContain('[redacted]');
    expect(JSON.stringify(answer)).not.toContain(Buffer.from(`andon:${password}`).toString('base64'));
  });

  test.each(['http://prometheus.test:9090', https])('is away: %s', async (url) => {
    await proxy[Symbol.asyncDispose]();
    const text = detail('cannot be reached: connection refused (ECONNREFUSED)');
    expect(await ask({ url })).toEqual(failed('unavailable', text));
  });

  test('hangs before a tunnel stands', async () => {
    proxy.conduct = { kind: 'hang' };
    expect(await ask({ url: https })).toEqual(
      failed('timeout', detail(`opened no connection to ${https} within 540 ms`)),
    );
  });

  test('hangs over plain HTTP', async () => {
    proxy.conduct = { kind: 'hang' };
    const text = detail('had no full answer from http://prometheus.test:9090/prefix within 600 ms');
    expect(await ask()).toEqual(failed('timeout', text));
  });

  test('has a password whose file is gone', async () => {
    const basicAuth = { username: 'andon', passwordFile: join(files.path, 'gone') };
    const text = detail(`cannot be used: cannot read ${join(files.path, 'gone')} (ENOENT)`);
    expect(await ask({ proxy: { basicAuth } })).toEqual(failed('rejected', text));
    expect(proxy.requests).toEqual([]);
  });
});
