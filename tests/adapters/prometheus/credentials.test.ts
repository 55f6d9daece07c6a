import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../../src/adapters/prometheus/source.ts';
import { answerJson, answerVector, startStub } from '../../support/stub-server.ts';
import type { StubAnswer } from '../../support/stub-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const { signal: never } = new AbortController();
const tellTime: StubAnswer = (_request, response) =>
  answerJson(response, 200, { status: 'success', data: { resultType: 'scalar', result: [1, '1787364000.5'] } });

async function secretFile(directory: string, text: string): Promise<string> {
  const path = join(directory, 'secret');
  await writeFile(path, `${text}\n`);
  return path;
}

describe('what lets Andon in', () => {
  test('is basic authentication, with the password from a file', async () => {
    await using directory = await temporaryDirectory();
    await using stub = await startStub(tellTime);
    const passwordFile = await secretFile(directory.path, 'pä:ss');
    const basicAuth = { username: 'andon', passwordFile };
    await using source = createPrometheusSource({ name: 'main', url: stub.url, basicAuth });
    expect(await source.clock(never)).toMatchObject({ kind: 'ok', now: 1_787_364_000_500 });
    const expected = `Basic ${Buffer.from('andon:pä:ss').toString('base64')}`;
    expect(stub.requests[0]?.headers.authorization).toBe(expected);
  });

  test('is a bearer token, the new one as soon as it is rotated', async () => {
    await using directory = await temporaryDirectory();
    await using stub = await startStub((request, response, count) => {
      if (request.headers.authorization === 'Bearer second') tellTime(request, response, count);
      else response.writeHead(401).end('invalid token');
    });
    let now = 0;
    const bearerTokenFile = await secretFile(directory.path, 'first');
    const options = { name: 'main', url: stub.url, bearerTokenFile };
    await using source = createPrometheusSource(options, { monotonic: () => now });
    expect(await source.clock(never)).toMatchObject({ failure: { reason: 'rejected' } });
    await secretFile(directory.path, 'second');
    now += 1_000;
    expect(await source.clock(never)).toMatchObject({ kind: 'ok' });
  });

  test('is headers, as they are and from files; a path prefix and a query string are kept', async () => {
    await using directory = await temporaryDirectory();
    await using stub = await startStub(tellTime);
    await using source = createPrometheusSource({
      name: 'main',
      url: `${stub.url}/prometheus/?dedup=true`,
      headers: { 'X-Scope-OrgID': 'team-a' },
      headerFiles: { 'X-Api-Key': await secretFile(directory.path, 'k3y') },
    });
    await source.clock(never);
    expect(stub.requests[0]).toMatchObject({
      path: '/prometheus/api/v1/query?dedup=true',
      headers: { 'x-scope-orgid': 'team-a', 'x-api-key': 'k3y' },
    });
  });

  test('is a name and a password in the URL, which no error repeats', async () => {
    await using stub = await startStub((_request, response) => response.writeHead(403).end('denied to andon:s3cret'));
    const url = stub.url.replace('http://', 'http://andon:s3cret@');
    await using source = createPrometheusSource({ name: 'main', url: `${url}/?token=t0ken` });
    const clock = await source.clock(never);
    expect(stub.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('andon:s3cret').toString('base64')}`);
    expect(clock).toEqual({
      kind: 'failed',
      failure: { reason: 'rejected', detail: `${stub.url} answered 403: denied to andon:[redacted]` },
    });
  });
});

describe('what keeps Andon out', () => {
  test('is a missing secret file, and nothing is sent without it', async () => {
    await using stub = await startStub(tellTime);
    const options = { name: 'main', url: stub.url, bearerTokenFile: '/no/such/token' };
    await using source = createPrometheusSource(options);
    expect(await source.clock(never)).toEqual({
      kind: 'failed',
      failure: { reason: 'rejected', detail: 'cannot use the file /no/such/token: ENOENT' },
    });
    expect(stub.requests).toHaveLength(0);
  });

  test('is a secret that no header can carry, which the error does not show', async () => {
    await using directory = await temporaryDirectory();
    await using stub = await startStub(tellTime);
    const bearerTokenFile = await secretFile(directory.path, 'two\nlines');
    await using source = createPrometheusSource({ name: 'main', url: stub.url, bearerTokenFile });
    const clock = await source.clock(never);
    expect(clock).toMatchObject({ failure: { reason: 'rejected' } });
    expect(JSON.stringify(clock)).not.toContain('two');
    expect(stub.requests).toHaveLength(0);
  });

  test('never shows a secret that the server repeats', async () => {
    await using directory = await temporaryDirectory();
    await using stub = await startStub((request, response) => {
      const error = `no user for ${String(request.headers.authorization)}`;
      answerJson(response, 400, { status: 'error', errorType: 'bad_data', error });
    });
    const bearerTokenFile = await secretFile(directory.path, 't0p-s3cret');
    await using source = createPrometheusSource({ name: 'main', url: stub.url, bearerTokenFile });
    const clock = await source.clock(never);
    expect(clock).toMatchObject({ failure: { detail: expect.stringContaining('no user for Bearer [redacted]') } });
  });
});

test('connections are kept between requests', async () => {
  await using stub = await startStub((_request, response) => answerVector(response, []));
  await using source = createPrometheusSource({ name: 'main', url: stub.url });
  for (let request = 0; request < 5; request++) await source.clock(never);
  expect(stub.requests.length).toBeGreaterThanOrEqual(5);
  expect(stub.connections).toBe(1);
});
