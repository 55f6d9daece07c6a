import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isLoopbackAddress, refusal, type Caller, type Token } from '../../../src/adapters/http/admission.ts';
import { anEvent } from '../../support/incident-story.ts';
import { aWorld } from './http-world.ts';

const local: Caller = {
  loopbackOnly: true,
  host: '127.0.0.1:9655',
  authorization: undefined,
  origin: undefined,
  fetchSite: undefined,
  proxied: false,
  route: '/api/v1/changes',
};
const token: Token = { kind: 'token', token: 'correct-horse' };

describe('without a token, a request that changes something', () => {
  test.each<[string, Partial<Caller>]>([
    ['by address', {}],
    ['by name', { host: 'localhost:9655' }],
    ['by name without a port', { host: 'localhost' }],
    ['by name with a dot', { host: 'LOCALHOST.:9655' }],
    ['by another address of this machine', { host: '127.8.9.1' }],
    ['over IPv6', { host: '[::1]:9655' }],
    ['over IPv4 in IPv6', { host: '[::ffff:127.0.0.1]:9655' }],
    ['typed into a browser', { fetchSite: 'none' }],
    ['from a page of Andon', { fetchSite: 'same-origin', origin: 'http://127.0.0.1:9655' }],
    ['from a page of Andon in an old browser', { origin: 'http://127.0.0.1:9655' }],
  ])('is taken %s', (_, change) => {
    expect(refusal({ ...local, ...change }, { kind: 'none' })).toBeUndefined();
  });

  test.each([
    ['/api/v1/changes', 'Use `andon change record` or curl on'],
    ['/api/v1/gate/{service}/freeze', 'Use `andon stop` or curl on'],
    ['/api/v1/freezes/{id}/lift', 'Use `andon lift` or curl on'],
    ['/api/v1/gate/{service}/override', 'Use `andon override` or curl on'],
    ['/api/v1/overrides/{id}/end', 'Use `andon end-override` or curl on'],
    ['/api/v1/silences', 'Use `andon silence` or curl on'],
    ['/api/v1/incidents/{id}/notes', 'Use `andon incidents` or curl on'],
    ['/-/reload', 'Use curl on'],
  ])('is told what does the same as %s', (route, hint) => {
    const refused = refusal({ ...local, route, fetchSite: 'cross-site' }, { kind: 'none' });
    expect(refused?.body.hint).toContain(hint);
  });

  test.each<[string, Partial<Caller>, string]>([
    ['when other machines can reach Andon', { loopbackOnly: false }, 'no-token-configured'],
    ['through a proxy', { proxied: true }, 'no-token-configured'],
    ['to a name that was bent to this machine', { host: 'evil.example:9655' }, 'foreign-host'],
    ['to a name that looks local', { host: 'localhost.evil.example' }, 'foreign-host'],
    ['to a name that begins like an address', { host: '127.0.0.1.evil.example' }, 'foreign-host'],
    ['with credentials in the host', { host: 'localhost@evil.example' }, 'foreign-host'],
    ['without a host', { host: undefined }, 'foreign-host'],
    ['with a host that is none', { host: 'a b' }, 'foreign-host'],
    ['from a page elsewhere', { fetchSite: 'cross-site' }, 'foreign-page'],
    ['from a page of a sister name', { fetchSite: 'same-site' }, 'foreign-page'],
    ['from a page elsewhere in an old browser', { origin: 'https://evil.example' }, 'foreign-page'],
    ['from a page without an origin', { origin: 'null' }, 'foreign-page'],
    ['from another port of this machine', { origin: 'http://127.0.0.1:3000' }, 'foreign-page'],
  ])('is refused %s', (_, change, reason) => {
    expect(refusal({ ...local, ...change }, { kind: 'none' })?.body).toMatchObject({ status: 403, reason });
  });

  test('is refused with what to do', () => {
    expect(refusal({ ...local, loopbackOnly: false }, { kind: 'none' })?.body.hint).toContain('`api.tokenFile`');
  });

  test('is refused through a proxy for that reason and no other', () => {
    const detail = refusal({ ...local, proxied: true }, { kind: 'none' })?.body.detail;
    expect(detail).toContain('came through a proxy (it bears X-Forwarded-For, Forwarded or Via)');
    expect(detail).not.toContain('can be reached from other machines');
  });
});

describe('with a token', () => {
  test.each(['Bearer correct-horse', 'bearer correct-horse', 'Bearer  correct-horse '])(
    '%p is taken from anywhere',
    (authorization) => {
      const caller = { ...local, loopbackOnly: false, host: 'andon.example', fetchSite: 'cross-site', authorization };

      expect(refusal(caller, token)).toBeUndefined();
    },
  );

  test.each([
    [undefined, 'token-missing'],
    ['', 'token-wrong'],
    ['Bearer', 'token-wrong'],
    ['Bearer ', 'token-wrong'],
    ['Bearer wrong', 'token-wrong'],
    ['Bearer correct-hors', 'token-wrong'],
    ['Bearer correct-horse-battery', 'token-wrong'],
    ['Bearer Correct-Horse', 'token-wrong'],
    ['Basic correct-horse', 'token-wrong'],
    ['correct-horse', 'token-wrong'],
  ])('%p is refused, even on this machine', (authorization, reason) => {
    const refused = refusal({ ...local, authorization }, token);

    expect(refused?.body).toMatchObject({ status: 401, reason });
    expect(refused?.headers).toEqual({ 'www-authenticate': 'Bearer realm="andon"' });
    expect(JSON.stringify(refused)).not.toContain('correct-horse');
  });

  test('that cannot be read nothing is taken', () => {
    const refused = refusal({ ...local, authorization: 'Bearer x' }, { kind: 'unreadable', detail: 'it is empty' });

    expect(refused?.body).toMatchObject({ status: 503, reason: 'token-unreadable', detail: 'it is empty' });
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['localhost', false],
])('%s is this machine only: %p', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});

describe('the server', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'andon-token-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const open = [anEvent('opened', 1, 100)];
  const acts: [string, unknown][] = [
    ['/-/reload', undefined],
    ['/api/v1/incidents/inc-1/acknowledge', { by: 'Ada' }],
    ['/api/v1/incidents/inc-1/notes', { by: 'Ada', note: 'x' }],
  ];

  test.each(acts)('guards %s with the token of the file, also after the token was changed', async (path, body) => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'first\n');
    await using world = await aWorld({ events: open, tokenFile });
    const status = async (word: string): Promise<number> =>
      (await world.post(path, body, { authorization: `Bearer ${word}` })).status;

    expect([await status('first'), await status('second')]).toEqual([200, 401]);
    await writeFile(tokenFile, 'second\n');
    expect([await status('first'), await status('second')]).toEqual([401, 200]);
    expect((await world.get('/api/v1/incidents')).status).toBe(200);
  });

  test.each<[string, string | undefined]>([
    ['empty', ' \n'],
    ['missing', undefined],
    ['two words', 'one two'],
  ])('takes nothing while the token file is %s, and shows nothing of it', async (name, content) => {
    const tokenFile = join(folder, name);
    if (content !== undefined) await writeFile(tokenFile, content);
    await using world = await aWorld({ tokenFile });

    const response = await world.post('/-/reload', undefined, { authorization: 'Bearer one two' });

    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('one two');
  });

  test.each(acts)(
    'without a token takes %s from this machine, and refuses what a browser elsewhere or a proxy sends',
    async (path, body) => {
      await using world = await aWorld({ events: open });

      expect((await world.post(path, body)).status).toBe(200);
      expect((await world.post(path, body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect((await world.post(path, body, { origin: 'https://evil.example' })).status).toBe(403);
      expect((await world.post(path, body, { 'x-forwarded-for': '10.1.1.1' })).status).toBe(403);
      expect(await statusWithHost(world.address.port, path, 'evil.example')).toBe(403);
      expect(world.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(4);
    },
  );

  test('counts the guesses: after too many, even the right token waits', async () => {
    const tokenFile = join(folder, 'guessed');
    await writeFile(tokenFile, 'right');
    await using world = await aWorld({ tokenFile, changesPerMinute: 3 });
    const statuses: number[] = [];
    for (const guess of ['a', 'b', 'c', 'right']) {
      statuses.push((await world.post('/-/reload', undefined, { authorization: `Bearer ${guess}` })).status);
    }
    const limited = await world.post('/-/reload');

    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await limited.json()).toMatchObject({ reason: 'too-many-requests' });
    expect((await world.get('/api/v1/status')).status).toBe(200);
  });
});

/** `fetch` does not let a caller choose the Host header; a rebound browser in effect does. */
async function statusWithHost(port: number, path: string, host: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers: { host }, agent: false },
      (response) => {
        response.resume();
        response.once('end', () => {
          resolve(response.statusCode);
        });
      },
    );
    sent.once('error', reject);
    sent.end();
  });
}
