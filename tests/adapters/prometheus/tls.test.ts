import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClockReading } from '../../../src/adapters/prometheus/clock.ts';
import type { TlsOptions } from '../../../src/adapters/prometheus/options.ts';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { makeAuthority, makeCertificate } from '../../support/certificates.ts';
import type { Certificate } from '../../support/certificates.ts';
import { answerJson, startStub } from '../../support/stub-server.ts';
import type { StubServer } from '../../support/stub-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const { signal: never } = new AbortController();

interface Made {
  readonly ca: Certificate;
  readonly otherCa: Certificate;
  readonly server: Certificate;
  readonly expired: Certificate;
  readonly client: Certificate;
  readonly stranger: Certificate;
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let made: Made;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const [ca, otherCa] = await Promise.all([
    makeAuthority(directory.path, 'ca'),
    makeAuthority(directory.path, 'other'),
  ]);
  const server = await makeCertificate(directory.path, 'server.test', ca);
  const expired = await makeCertificate(directory.path, 'expired', ca, -1);
  const client = await makeCertificate(directory.path, 'client', ca);
  const stranger = await makeCertificate(directory.path, 'stranger', otherCa);
  made = { ca, otherCa, server, expired, client, stranger };
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
});

async function startTls(certificate: Certificate, askClient = false): Promise<StubServer> {
  return startStub(
    (_request, response) =>
      answerJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } }),
    {
      cert: await readFile(certificate.certFile),
      key: await readFile(certificate.keyFile),
      ...(askClient ? { ca: await readFile(made.ca.certFile), requestCert: true, rejectUnauthorized: true } : {}),
    },
  );
}

async function ask(stub: StubServer, tls: TlsOptions): Promise<ClockReading> {
  await using source = createPrometheusSource({ name: 'main', url: stub.url, tls, timeoutMs: 2_000 });
  return source.clock(never);
}

const untrusted = { kind: 'failed', failure: { reason: 'unavailable', detail: expect.stringMatching(/not trusted/) } };
// Node's server hangs up on a certificate from elsewhere, where Go's servers say why.
const keptOut = {
  kind: 'failed',
  failure: { reason: expect.stringMatching(/^(rejected|unavailable)$/), detail: expect.any(String) },
};
const refused = {
  kind: 'failed',
  failure: { reason: 'rejected', detail: expect.stringMatching(/client certificate/) },
};

describe('over TLS a source', () => {
  test.each<readonly [string, () => TlsOptions, unknown]>([
    ['is trusted by its own authority', () => ({ caFile: made.ca.certFile }), { kind: 'ok' }],
    ['is not trusted without it', () => ({}), untrusted],
    ['is not trusted by another authority', () => ({ caFile: made.otherCa.certFile }), untrusted],
    [
      'is held against the server name',
      () => ({ caFile: made.ca.certFile, serverName: 'server.test' }),
      { kind: 'ok' },
    ],
    ['is not trusted under another name', () => ({ caFile: made.ca.certFile, serverName: 'a.test' }), untrusted],
    ['is not checked when told so', () => ({ insecureSkipVerify: true }), { kind: 'ok' }],
    [
      'is not asked when the authority file is missing',
      () => ({ caFile: '/no/such/ca.crt' }),
      { failure: { reason: 'rejected', detail: expect.stringMatching(/\/no\/such\/ca\.crt: ENOENT/) } },
    ],
    [
      'is not asked when the key does not fit',
      () => ({ caFile: made.ca.certFile, certFile: made.client.certFile, keyFile: made.stranger.keyFile }),
      { failure: { reason: 'rejected' } },
    ],
    [
      'is not asked when the certificate is none',
      () => ({ caFile: made.ca.certFile, certFile: made.client.keyFile, keyFile: made.client.keyFile }),
      { failure: { reason: 'rejected' } },
    ],
  ])('%s', async (_name, tls, expected) => {
    await using stub = await startTls(made.server);
    expect(await ask(stub, tls())).toMatchObject(expected as object);
  });

  test('is not trusted with an expired certificate, and is not asked again', async () => {
    await using stub = await startTls(made.expired);
    expect(await ask(stub, { caFile: made.ca.certFile })).toMatchObject(untrusted);
    expect(stub.connections).toBe(1);
  });
});

describe('a source that asks who is there', () => {
  test('answers to a client certificate', async () => {
    await using stub = await startTls(made.server, true);
    expect(await ask(stub, { caFile: made.ca.certFile, ...made.client })).toMatchObject({ kind: 'ok' });
  });

  test('refuses a client without a certificate or with a strange one', async () => {
    await using stub = await startTls(made.server, true);
    expect(await ask(stub, { caFile: made.ca.certFile })).toMatchObject(refused);
    expect(await ask(stub, { caFile: made.ca.certFile, ...made.stranger })).toMatchObject(keptOut);
  });

  test('lets Andon in as soon as its certificate is renewed', async () => {
    await using stub = await startTls(made.server, true);
    const [certFile, keyFile] = [join(directory.path, 'mine.crt'), join(directory.path, 'mine.key')];
    await copyFile(made.stranger.certFile, certFile);
    await copyFile(made.stranger.keyFile, keyFile);
    let now = 0;
    const tls = { caFile: made.ca.certFile, certFile, keyFile };
    await using source = createPrometheusSource({ name: 'main', url: stub.url, tls }, { monotonic: () => now });
    expect(await source.clock(never)).toMatchObject(keptOut);
    await copyFile(made.client.certFile, certFile);
    await copyFile(made.client.keyFile, keyFile);
    now += 1_000;
    expect(await source.clock(never)).toMatchObject({ kind: 'ok' });
  });
});
