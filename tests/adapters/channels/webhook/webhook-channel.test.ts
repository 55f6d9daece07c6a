import type { lookup as systemLookup } from 'node:dns';
import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { WebhookOptions } from '../../../../src/adapters/channels/webhook/options.ts';
import { urlProblem } from '../../../../src/adapters/channels/posting/url-problem.ts';
import { WebhookChannel } from '../../../../src/adapters/channels/webhook/webhook-channel.ts';
import type { Attempt, SendResult } from '../../../../src/app/ports/channel.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { status, WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { SecretDirectory, vectorSecret, webhookOptions } from './webhook-bench.ts';

const otherSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let receiver: WebhookReceiver;
let secrets: SecretDirectory;
let channels: WebhookChannel[] = [];
const log = memoryLog();
let now = Date.now();

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  secrets = await SecretDirectory.make();
  now = Date.now();
  log.lines.length = 0;
});
afterEach(async () => {
  for (const channel of channels) await channel.close();
  channels = [];
  await receiver.close();
  await secrets[Symbol.asyncDispose]();
});

function make(changes: Partial<WebhookOptions> = {}, lookup?: typeof systemLookup): WebhookChannel {
  const where = changes.urlFile === undefined ? { url: `${receiver.origin}/hook` } : {};
  const parts = { clock: { now: () => now }, log, ...(lookup === undefined ? {} : { lookup }) };
  const channel = new WebhookChannel(webhookOptions({ ...where, ...changes }), parts);
  channels.push(channel);
  return channel;
}

function send(channel: WebhookChannel, changes: Partial<Attempt> = {}): Promise<SendResult> {
  const attempt: Attempt = { notification: aNotification(), collapsed: [], attempt: 1, ...changes };
  return channel.send(attempt, new AbortController().signal);
}

function verify(secret: string, index = 0): unknown {
  const request = receiver.requests[index];
  return new Webhook(secret).verify(request?.text ?? '', { ...request?.headers });
}

describe('the request', () => {
  test('is a signed post of the body under the notification’s id', async () => {
    const channel = make({ secretFiles: [await secrets.write('secret', `${vectorSecret}\n`)] });
    expect(await send(channel)).toEqual({ kind: 'accepted' });
    const [request] = receiver.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hook',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Andon',
        'webhook-id': aNotification().id,
        'webhook-timestamp': String(Math.floor(now / 1000)),
      },
    });
    expect(verify(vectorSecret)).toMatchObject({ type: 'incident.firing', data: { service: 'checkout' } });
  });

  test('keeps id and body on a retry, with the time of the new try', async () => {
    const channel = make({ secretFiles: [await secrets.write('secret', vectorSecret)] });
    await send(channel);
    now += 61_000;
    await send(channel, { attempt: 2 });
    const [first, second] = receiver.requests;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.text).toBe(first?.text);
    expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(61);
    verify(vectorSecret, 1);
  });

  test('is signed with every secret, in whichever files and lines they are', async () => {
    const third = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const one = await secrets.write('one', `${otherSecret}\n${vectorSecret}\n`);
    await send(make({ secretFiles: [one, await secrets.write('two', third)] }));
    for (const secret of [otherSecret, vectorSecret, third]) verify(secret);
  });

  test('is signed with a new secret once its file is replaced', async () => {
    const path = await secrets.write('secret', vectorSecret);
    const channel = make({ secretFiles: [path] });
    await send(channel);
    await rename(await secrets.write('next', otherSecret), path);
    await send(channel);
    verify(vectorSecret, 0);
    verify(otherSecret, 1);
    expect(() => verify(vectorSecret, 1)).toThrow('No matching signature found');
  });

  test('goes unsigned where there is no secret', async () => {
    await send(make());
    expect(receiver.requests[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(receiver.requests[0]?.headers).toHaveProperty('webhook-id');
  });

  test('carries configured headers, those from files too, and follows a changed file', async () => {
    const path = await secrets.write('bearer', 'Bearer one\n');
    const channel = make({ headers: { 'X-Team': 'payments' }, headerFiles: { Authorization: path } });
    await send(channel);
    await rename(await secrets.write('next', 'Bearer two'), path);
    await send(channel);
    expect(receiver.requests.map(({ headers }) => [headers['x-team'], headers['authorization']])).toEqual([
      ['payments', 'Bearer one'],
      ['payments', 'Bearer two'],
    ]);
  });

  test('is told with its host, whatever the query says', async () => {
    receiver.answer = () => status(500);
    const urlFile = await secrets.write('url', `${receiver.origin}/hook?host=${new URL(receiver.origin).hostname}`);
    expect(await send(make({ urlFile }))).toMatchObject({ detail: `${receiver.origin} answered HTTP 500` });
  });

  test('goes where the URL file says', async () => {
    const path = await secrets.write('url', `${receiver.origin}/one\n`);
    const channel = make({ urlFile: path });
    await send(channel);
    await rename(await secrets.write('next', `${receiver.origin}/two`), path);
    await send(channel);
    expect(receiver.requests.map((request) => request.path)).toEqual(['/one', '/two']);
  });

  test('uses one connection again, also after answers whose body is of no interest', async () => {
    const channel = make();
    receiver.answer = () => status(500, {}, 'z'.repeat(10_000));
    for (let count = 0; count < 3; count += 1) await send(channel);
    expect(new Set(receiver.requests.map(({ connection }) => connection)).size).toBe(1);
  });
});

describe('an acceptance', () => {
  test.each(['cut-body', 'drip-body', 'flood'] as const)('stands as soon as its status is known: %s', async (kind) => {
    receiver.answer = () => ({ kind, status: 200 });
    expect(await send(make())).toEqual({ kind: 'accepted' });
  });
});

describe('what cannot be sent', () => {
  test.each([
    {
      name: 'a missing secret',
      options: { secretFiles: ['/nonexistent/secret'] },
      detail: 'cannot read /nonexistent/secret (ENOENT)',
    },
    {
      name: 'a missing URL file',
      options: { urlFile: '/nonexistent/url' },
      detail: 'cannot read /nonexistent/url (ENOENT)',
    },
  ])('for $name is tried again, because mounted files come and go', async ({ options, detail }) => {
    expect(await send(make(options))).toEqual({ kind: 'retry', reason: 'unreachable', detail });
    expect(receiver.requests).toHaveLength(0);
  });

  test.each([
    { name: 'an empty file', text: ' \n', detail: /secret is empty$/ },
    {
      name: 'a secret that is none',
      text: 'T0KEN',
      detail: /holds no secret: write whsec_ and base64 of 24 to 64 bytes$/,
    },
  ])('for $name is tried again and says why', async ({ text, detail }) => {
    const result = await send(make({ secretFiles: [await secrets.write('secret', text)] }));
    expect(result).toMatchObject({ kind: 'retry', detail: expect.stringMatching(detail) });
    expect(JSON.stringify(result)).not.toContain('T0KEN');
  });

  test.each([
    { name: 'no URL', text: 'T0KEN' },
    { name: 'a URL with credentials', text: 'https://user:T0KEN@example.com/' },
    { name: 'a URL of another scheme', text: 'file:///T0KEN' },
  ])('for $name in the URL file says so without repeating it', async ({ text }) => {
    const result = await send(make({ urlFile: await secrets.write('url', text) }));
    expect(result).toMatchObject({ kind: 'retry', reason: 'unreachable' });
    expect(JSON.stringify(result)).not.toContain('T0KEN');
  });

  test('a header file of two lines injects no header and shows in no error', async () => {
    const result = await send(make({ headerFiles: { 'X-Key': await secrets.write('key', 'T0KEN\r\nx-evil: 1') } }));
    expect(result).toMatchObject({ kind: 'retry', detail: 'the file of header x-key holds more than one line' });
    expect(receiver.requests).toHaveLength(0);
  });

  test('a name that does not resolve may resolve later', async () => {
    const nowhere = ((_host: string, _options: unknown, callback: (error: Error) => void) => {
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND hooks.example.com'), { code: 'ENOTFOUND' }));
    }) as unknown as typeof systemLookup;
    expect(await send(make({ url: 'http://hooks.example.com/T0KEN' }, nowhere))).toEqual({
      kind: 'retry',
      reason: 'unreachable',
      detail: 'cannot reach http://hooks.example.com: no such host (ENOTFOUND)',
    });
  });
});

describe('addresses that may not be called', () => {
  const toMetadata = ((_host: string, _options: unknown, callback: (error: null, all: unknown) => void) => {
    callback(null, [{ address: '169.254.169.254', family: 4 }]);
  }) as unknown as typeof systemLookup;

  test.each([
    { name: 'as a literal', url: 'http://169.254.169.254/latest/meta-data', lookup: undefined },
    { name: 'as a literal of six', url: 'http://[fe80::1]/', lookup: undefined },
    { name: 'behind a name', url: 'http://innocent.example.com/', lookup: toMetadata },
  ])('are refused $name', async ({ url, lookup }) => {
    expect(await send(make({ url }, lookup))).toMatchObject({ kind: 'refused', reason: 'forbidden-address' });
  });

  test('can be added to and taken from', async () => {
    expect(await send(make({ denyAddresses: ['127.0.0.0/8'] }))).toMatchObject({ reason: 'forbidden-address' });
    expect(receiver.requests).toHaveLength(0);
    expect(await send(make({ denyAddresses: ['127.0.0.0/8'], allowAddresses: ['127.0.0.1'] }))).toEqual({
      kind: 'accepted',
    });
  });
});

describe('a template', () => {
  test('replaces the body, and what it makes is signed', async () => {
    const secretFiles = [await secrets.write('secret', vectorSecret)];
    await send(make({ secretFiles, template: '{"text": "{{title}}"}' }));
    expect(verify(vectorSecret)).toEqual({ text: aNotification().page.title });
  });

  test('may make any text under another content type', async () => {
    await send(make({ template: '{{service}} is off', headers: { 'Content-Type': 'text/plain' } }));
    expect(receiver.requests[0]).toMatchObject({ text: 'checkout is off', headers: { 'content-type': 'text/plain' } });
  });

  test('that fails on one incident costs its looks, not the page', async () => {
    // Only an incident without labels makes this no JSON; a check cannot foresee every such case.
    const template = '{"text": "x", "tier": {{labels.tier}} }';
    const notification = aNotification({ page: { labels: {} } });
    expect(await send(make({ template }), { notification })).toEqual({ kind: 'accepted' });
    expect(JSON.parse(receiver.requests[0]?.text ?? '')).toMatchObject({ type: 'incident.firing' });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { channel: 'oncall' } }]);
  });

  test('that fails before a receiver that takes only its shape is what the refusal is put down to', async () => {
    receiver.answer = () => status(400);
    const notification = aNotification({ page: { labels: {} } });
    expect(await send(make({ template: '{"tier": {{labels.tier}} }' }), { notification })).toMatchObject({
      kind: 'refused',
      reason: 'bad-template',
      detail: expect.stringContaining('answered HTTP 400'),
    });
  });
});

describe('options that cannot work are refused at once', () => {
  test.each([
    {
      name: 'neither URL nor file',
      options: { url: undefined },
      message: 'channel oncall: give either url or urlFile',
    },
    {
      name: 'no URL',
      options: { url: 'hooks' },
      message: 'channel oncall: this is no URL: write it as https://host/path',
    },
    {
      name: 'a header of ours',
      options: { headers: { 'Webhook-Id': '1' } },
      message: 'channel oncall: the header webhook-id is set by Andon itself',
    },
    {
      name: 'a broken template',
      options: { template: '{{titel}}' },
      message: 'line 1, column 3: unknown field "titel"',
    },
    { name: 'a range that is none', options: { denyAddresses: ['x'] }, message: '"x" is no address range' },
  ])('$name', ({ options, message }) => {
    const changes = { url: receiver.origin, ...options } as Partial<WebhookOptions>;
    expect(() => new WebhookChannel(webhookOptions(changes), { clock: Date, log })).toThrow(message);
  });

  test.each([
    ['https://hooks.example.com/x', undefined],
    ['ftp://hooks.example.com/', 'the scheme must be https or http, not ftp'],
    ['https://user@example.com/', 'credentials do not belong into the URL: give them as a header from a file'],
  ])('%s', (url, problem) => {
    expect(urlProblem(url)).toBe(problem);
  });
});
