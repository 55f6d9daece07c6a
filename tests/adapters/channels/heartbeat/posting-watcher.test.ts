import { expect, test } from '@jest/globals';
import { PostingWatcher } from '../../../../src/adapters/channels/heartbeat/posting-watcher.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { startStub } from '../../../support/stub-server.ts';
import { postingOptions } from '../posting-bench.ts';

const signal = new AbortController().signal;

test('a beat is a post to the very URL that is configured', async () => {
  await using server = await startStub((_, response) => response.writeHead(200).end('OK'));
  const options = postingOptions({ name: 'heartbeat', url: `${server.url}/ping/secret`, headers: { 'X-Env': 'eu' } });
  const watcher = new PostingWatcher(options, { clock: new ManualClock() });
  expect(await watcher.beat(signal)).toEqual({ kind: 'accepted' });
  expect(server.requests).toMatchObject([{ path: '/ping/secret', headers: { 'x-env': 'eu' } }]);
  await watcher.close();
});

test('what the watcher does not take is told without the secret in its URL', async () => {
  await using server = await startStub((_, response) => response.writeHead(404).end());
  const options = postingOptions({ name: 'heartbeat', url: `${server.url}/ping/secret` });
  const watcher = new PostingWatcher(options, { clock: new ManualClock() });
  const result = await watcher.beat(signal);
  expect(result).toMatchObject({ kind: 'refused', reason: 'rejected', detail: `${server.url} answered HTTP 404` });
  await watcher.close();
});

test('addresses that hand out credentials are not called', async () => {
  const options = postingOptions({ name: 'heartbeat', url: 'http://169.254.169.254/latest' });
  const watcher = new PostingWatcher(options, { clock: new ManualClock() });
  expect(await watcher.beat(signal)).toMatchObject({ kind: 'refused', reason: 'forbidden-address' });
  await watcher.close();
});

test('a redirect is not followed', async () => {
  await using elsewhere = await startStub((_, response) => response.writeHead(200).end('OK'));
  await using server = await startStub((_, response) =>
    response.writeHead(307, { location: `${elsewhere.url}/ping` }).end(),
  );
  const watcher = new PostingWatcher(postingOptions({ name: 'heartbeat', url: server.url }), {
    clock: new ManualClock(),
  });
  expect(await watcher.beat(signal)).toMatchObject({ kind: 'refused', reason: 'redirected' });
  expect(elsewhere.requests).toEqual([]);
  await watcher.close();
});
