import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Poster } from '../../../src/adapters/channels/posting/poster.ts';
import { SecretFile } from '../../../src/adapters/channels/posting/secret-file.ts';
import { GitHubApp } from '../../../src/adapters/github/github-app.ts';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import { appId, appKey, GitHubServer, installation, problem, reviewPath } from '../../support/github-server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { status, type ReceiverAnswer } from '../../support/webhook-receiver.ts';

interface Scene extends AsyncDisposable {
  readonly github: GitHubServer;
  readonly clock: ManualClock;
  readonly app: GitHubApp;
  readonly keyFile: string;
  answer(changes?: { readonly callbackUrl?: string; readonly installation?: number }): Promise<SendResult>;
}

async function aScene({ apiUrl, id = appId }: { apiUrl?: (url: string) => string; id?: number } = {}): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const github = stack.use(await GitHubServer.start());
  const folder = stack.use(await temporaryDirectory());
  const keyFile = join(folder.path, 'app.pem');
  await writeFile(keyFile, appKey.privateKey);
  const clock = new ManualClock();
  github.now = () => clock.now();
  const url = apiUrl?.(github.url) ?? github.url;
  const posting = new Poster(
    {
      name: 'github',
      url,
      timeoutMs: 200,
      concurrency: 8,
      headers: {},
      headerFiles: {},
      allowAddresses: [],
      denyAddresses: [],
    },
    { clock },
  );
  const key = new SecretFile(keyFile);
  const app = new GitHubApp(
    { id: String(id), apiUrl: url, waitAtMostMs: 1 },
    { clock, posting, readKey: async () => await key.read() },
  );
  stack.defer(async () => await app.close());
  return {
    github,
    clock,
    app,
    keyFile,
    answer: async (changes = {}) =>
      await app.answer(
        {
          callbackUrl: github.callbackUrl,
          installation,
          environment: 'production',
          state: 'approved',
          comment: 'checkout: pass',
          ...changes,
        },
        new AbortController().signal,
      ),
    [Symbol.asyncDispose]: async () => await stack.disposeAsync(),
  };
}

describe('an answer to GitHub', () => {
  test('is posted as the App, to the URL that was given', async () => {
    await using scene = await aScene();
    expect(await scene.answer()).toEqual({ kind: 'accepted' });
    const body = { environment_name: 'production', state: 'approved', comment: 'checkout: pass' };
    expect(scene.github.reviews).toEqual([{ path: reviewPath, token: scene.github.tokens[0], body }]);
    expect(scene.github.receiver.requests.map(({ path, headers }) => [path, headers['accept']])).toEqual([
      [`/app/installations/${installation}/access_tokens`, 'application/vnd.github+json'],
      [reviewPath, 'application/vnd.github+json'],
    ]);
  });

  test('asks for a token that may do no more than that', async () => {
    await using scene = await aScene();
    await scene.answer();
    expect(scene.github.receiver.requests[0]?.text).toBe('{"permissions":{"deployments":"write"}}');
  });

  test('has no state while the deployment goes on waiting', async () => {
    await using scene = await aScene();
    const { callbackUrl } = scene.github;
    const word = { callbackUrl, installation, environment: 'production', comment: 'Waiting' };
    expect(await scene.app.answer(word, new AbortController().signal)).toEqual({ kind: 'accepted' });
    expect(scene.github.reviews[0]?.body).toEqual({ environment_name: 'production', comment: 'Waiting' });
  });

  test('shares one token until its last minute', async () => {
    await using scene = await aScene();
    await Promise.all([scene.answer(), scene.answer()]);
    await scene.clock.advance(3_600_000 - 60_001);
    await scene.answer();
    expect(scene.github.tokens).toHaveLength(1);
    await scene.clock.advance(1);
    await scene.answer();
    expect(scene.github.tokens).toHaveLength(2);
    expect(scene.github.reviews).toHaveLength(4);
  });

  test('gets a new token when the old one was revoked', async () => {
    await using scene = await aScene();
    await scene.answer();
    scene.github.revoke();
    expect(await scene.answer()).toEqual({ kind: 'accepted' });
    expect(scene.github.tokens).toHaveLength(2);
    expect(scene.github.reviews.map(({ token }) => token)).toEqual([
      scene.github.tokens[0],
      scene.github.tokens[0],
      scene.github.tokens[1],
    ]);
  });

  test('is refused for good when a new token is not taken either', async () => {
    await using scene = await aScene();
    scene.github.answers.push(problem(401, 'Bad credentials'), problem(401, 'Bad credentials'));
    expect(await scene.answer()).toMatchObject({ kind: 'refused', reason: 'rejected' });
    expect(scene.github.reviews).toHaveLength(2);
  });

  test.each<[string, ReceiverAnswer, object]>([
    [
      'has nothing that waits',
      problem(422, 'No pending custom deployment requests'),
      {
        kind: 'refused',
        reason: 'rejected',
        detail: expect.stringMatching(/HTTP 422: No pending custom deployment requests$/) as unknown,
      },
    ],
    ['knows no such run', problem(404, 'Not Found'), { kind: 'refused', reason: 'rejected' }],
    ['says never again', problem(410, 'Gone'), { kind: 'gone' }],
    ['forbids it', problem(403, 'Resource not accessible by integration'), { kind: 'refused' }],
    [
      'limits the rate by 403',
      problem(403, 'You have exceeded a secondary rate limit.'),
      { kind: 'retry', reason: 'throttled' },
    ],
    [
      'limits the rate by 429',
      problem(429, 'Slow down', { 'retry-after': '7' }),
      { kind: 'retry', reason: 'throttled', retryAfterMs: 7_000 },
    ],
    ['breaks', status(500), { kind: 'retry', reason: 'server-error' }],
    ['hangs', { kind: 'hang' }, { kind: 'retry', reason: 'timeout' }],
    ['cuts off', { kind: 'cut-off' }, { kind: 'retry', reason: 'unreachable' }],
    [
      'leads elsewhere',
      status(307, { location: 'http://127.0.0.1:1/elsewhere' }),
      { kind: 'refused', reason: 'redirected' },
    ],
  ])('tells what it means when GitHub %s', async (_, answer, expected) => {
    await using scene = await aScene();
    scene.github.answers.push(answer);
    expect(await scene.answer()).toMatchObject(expected);
    expect(scene.github.reviews).toHaveLength(1);
  });

  test.each<[string, ReceiverAnswer, object]>([
    ['breaks', status(502), { kind: 'retry', reason: 'server-error' }],
    ['says what cannot be read', status(201, {}, '<html>'), { kind: 'retry', reason: 'server-error' }],
    ['gives half an answer', { kind: 'cut-body', status: 201 }, { kind: 'retry', reason: 'server-error' }],
    ['has suspended the installation', problem(403, 'This installation has been suspended'), { kind: 'refused' }],
    ['knows no such installation', problem(404, 'Not Found'), { kind: 'refused' }],
    ['doubts the key, which may be mended', problem(401, 'Bad'), { kind: 'retry', reason: 'rejected' }],
  ])('tells what it means when GitHub %s instead of giving a token', async (_, answer, expected) => {
    await using scene = await aScene();
    scene.github.tokenAnswers.push(answer);
    const result = await scene.answer();
    expect(result).toMatchObject(expected);
    expect(scene.github.reviews).toEqual([]);
    expect(await scene.answer()).toEqual({ kind: 'accepted' });
  });

  test('shows neither key nor token in what it says', async () => {
    await using scene = await aScene();
    scene.github.answers.push(problem(422, 'no\u0000 \u202e such\nthing'), problem(500, ''));
    const said = JSON.stringify([await scene.answer(), await scene.answer(), await scene.answer({ installation: 12 })]);
    expect(said).not.toMatch(/ghs_|eyJ|PRIVATE/);
    expect(said).toContain(String.raw`no  \\u202e such thing`);
  });
});

describe('the key of the App', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  test.each<[string, string, RegExp]>([
    ['is another', String(other.export({ type: 'pkcs8', format: 'pem' })), /could not be decoded.*check the App's id/],
    ['is no RSA key', String(curve.export({ type: 'pkcs8', format: 'pem' })), /must be an RSA key, and this one is ec/],
    ['is none', 'nothing of the kind', /is no private key in PEM/],
    ['is empty', ' ', /app\.pem is empty/],
  ])('may be mended while a deployment waits when it %s', async (_, pem, detail) => {
    await using scene = await aScene();
    await writeFile(scene.keyFile, pem);
    expect(await scene.answer()).toMatchObject({ kind: 'retry', detail: expect.stringMatching(detail) as unknown });
    await writeFile(scene.keyFile, appKey.privateKey);
    expect(await scene.answer()).toEqual({ kind: 'accepted' });
  });

  test('is taken in PKCS #8 too', async () => {
    await using scene = await aScene();
    await writeFile(scene.keyFile, createPrivateKey(appKey.privateKey).export({ type: 'pkcs8', format: 'pem' }));
    expect(await scene.answer()).toEqual({ kind: 'accepted' });
  });

  test('does not help who gives the id of another App', async () => {
    await using scene = await aScene({ id: 99 });
    expect(await scene.answer()).toMatchObject({ kind: 'retry', reason: 'rejected' });
  });
});

describe('a callback URL', () => {
  test.each<[string, (url: string) => string]>([
    ['another host', () => `https://evil.example.com${reviewPath}`],
    ['another port', () => `http://127.0.0.1:1${reviewPath}`],
    ['another scheme', (url: string) => url.replace('http:', 'https:') + reviewPath],
    ['a user', (url: string) => url.replace('//', '//user:word@') + reviewPath],
    ['a host that only begins alike', (url: string) => `${url}.evil.example.com${reviewPath}`],
    ['another part of the API', (url: string) => `${url}/repos/octo/shop/git/refs`],
    ['a way out', (url: string) => `${url}/repos/octo/shop/actions/runs/7/../../deployment_protection_rule`],
    ['a written way out', (url: string) => `${url}/repos/%2e%2e/app/actions/runs/7/deployment_protection_rule/%2e%2e`],
    ['a query', (url: string) => `${url}${reviewPath}?to=elsewhere`],
    ['a fragment', (url: string) => `${url}${reviewPath}#there`],
    ['metadata of a cloud', () => 'http://169.254.169.254/latest/meta-data'],
    ['no URL', () => 'nonsense'],
    ['a path', () => reviewPath],
  ])('with %s is never called, and no token is asked for', async (_, urlOf) => {
    await using scene = await aScene();
    const callbackUrl = urlOf(scene.github.url);
    expect(scene.app.mayCall(callbackUrl)).toBe(false);
    expect(await scene.answer({ callbackUrl })).toMatchObject({ kind: 'refused', reason: 'forbidden-address' });
    expect(scene.github.receiver.requests).toEqual([]);
  });

  test('lies below the path of an API that has one', async () => {
    await using scene = await aScene({ apiUrl: (url) => `${url}/api/v3/` });
    expect(await scene.answer({ callbackUrl: `${scene.github.url}/api/v3${reviewPath}` })).toEqual({
      kind: 'accepted',
    });
    expect(scene.github.receiver.requests.map(({ path }) => path)).toEqual([
      `/api/v3/app/installations/${installation}/access_tokens`,
      `/api/v3${reviewPath}`,
    ]);
    expect(scene.app.mayCall(scene.github.callbackUrl)).toBe(false);
  });
});
