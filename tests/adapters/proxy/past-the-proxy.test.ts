import type { lookup as systemLookup } from 'node:dns';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Poster } from '../../../src/adapters/channels/posting/poster.ts';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { SendResult } from '../../../src/app/ports/channel.ts';
import { composeProxy } from '../../../src/compose/proxy.ts';
import { aNotification } from '../../support/a-notification.ts';
import { ProxyServer } from '../../support/proxy-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { WebhookReceiver } from '../../support/webhook-receiver.ts';
import { proxiedChannel, type Wanted } from './proxied-channel.ts';

const { signal: never } = new AbortController();

let stack: AsyncDisposableStack;
let proxy: ProxyServer;
let receiver: WebhookReceiver;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  proxy = stack.use(await ProxyServer.start());
  receiver = stack.use(await WebhookReceiver.start());
});
afterEach(async () => {
  await stack.disposeAsync();
});

async function send(wanted: Wanted): Promise<SendResult> {
  const channel = proxiedChannel(proxy.url, wanted);
  stack.defer(async () => await channel.close());
  return await channel.send({ notification: aNotification(), collapsed: [], attempt: 1 }, never);
}

/** Resolves every name to this machine. */
const leadHere = ((_name: string, _options: unknown, done: (error: null, addresses: unknown) => void): void => {
  done(null, [{ address: '127.0.0.1', family: 4 }]);
}) as typeof systemLookup;

describe('past the proxy', () => {
  test('goes whatever is on this machine', async () => {
    expect(await send({ url: `${receiver.origin}/hook` })).toEqual({ kind: 'accepted' });
    expect(await send({ url: `http://localhost:${receiver.port}/hook` })).toEqual({ kind: 'accepted' });
    expect(receiver.requests).toHaveLength(2);
    expect(proxy.requests).toEqual([]);
  });

  test('goes what it is not for, and nothing of its password', async () => {
    await using folder = await temporaryDirectory();
    const passwordFile = join(folder.path, 'password');
    await writeFile(passwordFile, 'S3CRET');
    const url = `http://receiver.test:${receiver.port}/hook`;
    const usual = { name: 'on-call', timeoutMs: 5_000, concurrency: 1, headers: {}, headerFiles: {} };
    const by = composeProxy({ url: proxy.url, except: ['.test'], basicAuth: { username: 'andon', passwordFile } });
    const poster = new Poster(
      { ...usual, url, allowAddresses: [], denyAddresses: [] },
      { clock: systemClock, lookup: leadHere, ...by },
    );
    stack.defer(async () => await poster.close());
    const post = async () => await poster.post(() => Promise.resolve({ body: '{}', headers: {} }), never);
    expect(await post()).toEqual({ kind: 'accepted' });
    expect(receiver.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(proxy.requests).toEqual([]);
  });
});

describe('the addresses that may not be called stay forbidden', () => {
  test.each([
    'http://169.254.169.254/x',
    'http://[fd00:ec2::254]/x',
    'http://metadata.google.internal/x',
    'http://METADATA.google.internal./x',
  ])('%s', async (url) => {
    expect(await send({ url })).toMatchObject({ kind: 'refused', reason: 'forbidden-address' });
    expect(proxy.requests).toEqual([]);
  });

  test('and so do those of the settings, while they may be allowed as without a proxy', async () => {
    const url = 'http://10.9.9.9:8080/x';
    expect(await send({ url, webhook: { denyAddresses: ['10.0.0.0/8'] } })).toMatchObject({
      reason: 'forbidden-address',
    });
    expect(proxy.requests).toEqual([]);
    proxy.conduct = { kind: 'answer', status: 204 };
    const allowed = await send({ url: 'http://169.254.169.254/x', webhook: { allowAddresses: ['169.254.0.0/16'] } });
    expect(allowed).toEqual({ kind: 'accepted' });
  });
});
