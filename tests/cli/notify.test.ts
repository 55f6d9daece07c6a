import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeFetch from 'node-fetch';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readRuleFiles } from '../../src/adapters/files/rule-files.ts';
import type { ChannelTest } from '../../src/app/paging/channel-test.ts';
import type { SendResult } from '../../src/app/ports/channel.ts';
import { notifyCommand } from '../../src/cli/notify.ts';
import { sendTest } from '../../src/compose/send-test.ts';
import { aWorld } from '../adapters/http/http-world.ts';
import { aNotification } from '../support/a-notification.ts';
import { startStub } from '../support/stub-server.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-notify-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function notify(args: readonly string[], env: Readonly<Record<string, string>> = { USER: 'ada' }) {
  const ran = { out: '', err: '', code: undefined as number | undefined };
  const command = notifyCommand({
    readFiles: readRuleFiles,
    readText: async (path) => await readFile(path, 'utf8'),
    fetch: nodeFetch,
    now: () => 0,
    sendTest,
    isForPeople: (error): error is Error => error instanceof Error && error.name === 'SettingsError',
    stdout: { write: (text) => (ran.out += text) },
    stderr: { write: (text) => (ran.err += text) },
    env,
    exit: (code) => {
      ran.code = code;
    },
  });
  await command.parseAsync([...args], { from: 'user' });
  return ran;
}

describe('through a running Andon', () => {
  test.each<{ result: SendResult; code: number; said: RegExp }>([
    { result: { kind: 'accepted' }, code: 0, said: /^on-call accepted the test after 12 ms\n$/ },
    {
      result: { kind: 'refused', reason: 'rejected', detail: 'https://a answered HTTP 403' },
      code: 1,
      said: /^on-call did not take the test after 12 ms \(rejected: https:\/\/a answered HTTP 403\); a page would be lost\n$/,
    },
    {
      result: { kind: 'retry', reason: 'timeout', detail: 'no answer' },
      code: 1,
      said: /\(timeout: no answer\); a page would be tried again\n$/,
    },
    { result: { kind: 'gone', detail: 'HTTP 410' }, code: 1, said: /\(HTTP 410\); a page would be lost\n$/ },
  ])('says what the receiver answered: $result.kind', async ({ result, code, said }) => {
    const asked: ChannelTest[] = [];
    await using world = await aWorld({
      parts: {
        testChannel: (test) => {
          asked.push(test);
          const notification = aNotification({ kind: 'test', channel: test.channel });
          return Promise.resolve({ kind: 'sent', notification, result, durationMs: 12 });
        },
      },
    });
    const ran = await notify(['test', 'on-call', '--severity', 'page', '--url', world.address.url]);
    expect(ran).toEqual({ code, err: '', out: expect.stringMatching(said) });
    expect(asked).toEqual([{ channel: 'on-call', by: 'ada', severity: 'page' }]);
  });

  test('says that there is no such channel', async () => {
    await using world = await aWorld();
    const ran = await notify(['test', 'other', '--url', world.address.url]);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('no channel named "other" is configured');
  });

  test('needs a name to answer for it', async () => {
    expect(await notify(['test', 'on-call'], {})).toMatchObject({ code: 2, out: '' });
  });
});

describe('from here, with a settings file', () => {
  test('posts a marked test to the receiver and says that it took it', async () => {
    const bodies: string[] = [];
    await using server = await startStub((request, response) => {
      bodies.push(request.form.toString());
      response.writeHead(204).end();
    });
    const path = join(folder, 'andon.yaml');
    await writeFile(path, JSON.stringify({ channels: [{ name: 'on-call', webhook: { url: `${server.url}/x` } }] }));
    const ran = await notify(['test', 'on-call', '--settings', path, '-o', 'json']);
    expect(JSON.parse(ran.out)).toMatchObject({ channel: 'on-call', outcome: 'accepted' });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(decodeURIComponent(bodies[0] ?? '').replaceAll('+', ' ')).toContain('TEST: nothing is wrong');
  });

  test('says which channels there are instead', async () => {
    const path = join(folder, 'andon.yaml');
    await writeFile(
      path,
      JSON.stringify({ channels: [{ name: 'on-call', webhook: { url: 'http://127.0.0.1:9/x' } }] }),
    );
    const ran = await notify(['test', 'oncall', '--settings', path]);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('did you mean on-call?');
  });
});
