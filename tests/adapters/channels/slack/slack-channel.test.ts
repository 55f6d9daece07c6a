import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SlackChannel } from '../../../../src/adapters/channels/slack/slack-channel.ts';
import type { SendResult } from '../../../../src/app/ports/channel.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { status, WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { stories } from '../facts/stories.ts';
import { postingOptions } from '../posting-bench.ts';

let receiver: WebhookReceiver;
let channel: SlackChannel;
const log = memoryLog();

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  log.lines.length = 0;
  channel = new SlackChannel(postingOptions({ url: `${receiver.origin}/services/T/B/X` }), { clock: Date, log });
});
afterEach(async () => {
  await channel.close();
  await receiver.close();
});

function send(): Promise<SendResult> {
  return channel.send(stories.firing, new AbortController().signal);
}

test('posts a text and blocks as JSON', async () => {
  receiver.answer = () => status(200, {}, 'ok');
  expect(await send()).toEqual({ kind: 'accepted' });
  const [request] = receiver.requests;
  expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(request?.text ?? '')).toMatchObject({ text: expect.any(String), blocks: expect.any(Array) });
});

describe('an answer', () => {
  test.each([
    [400, 'no_text', 'refused', 'answered HTTP 400: no_text'],
    [403, 'action_prohibited', 'refused', 'answered HTTP 403: action_prohibited (an administrator of the workspace'],
    [404, 'channel_not_found', 'refused', 'answered HTTP 404: channel_not_found (the channel it posts to is gone)'],
    [
      404,
      'no_service\n',
      'refused',
      'answered HTTP 404: no_service (the webhook is disabled or removed: make a new one)',
    ],
    [
      410,
      'channel_is_archived',
      'gone',
      'answered HTTP 410: channel_is_archived (the channel it posts to is archived)',
    ],
    [429, 'rate_limited', 'retry', 'answered HTTP 429: rate_limited'],
    [500, 'rollup_error', 'retry', 'answered HTTP 500: rollup_error'],
    [404, '<html>secret T0KEN</html>', 'refused', 'answered HTTP 404'],
  ] as const)('of %d %s is %s', async (code, text, kind, detail) => {
    receiver.answer = () => status(code, {}, text);
    const result = await send();
    expect(result).toMatchObject({ kind, detail: expect.stringContaining(detail) });
    expect(JSON.stringify(result)).not.toContain('T0KEN');
    expect(receiver.requests).toHaveLength(1);
  });

  test('of 429 says when to come back', async () => {
    receiver.answer = () => status(429, { 'retry-after': '30' }, 'rate_limited');
    expect(await send()).toMatchObject({ kind: 'retry', reason: 'throttled', retryAfterMs: 30_000 });
  });

  test.each(['', 'ok', '{"ok":true}'])('of 200 %s is an acceptance', async (text) => {
    receiver.answer = () => status(200, {}, text);
    expect(await send()).toEqual({ kind: 'accepted' });
  });

  test('of 200 from a method of the API that refuses is a refusal', async () => {
    receiver.answer = () => status(200, {}, '{"ok":false,"error":"not_authed","warning":"T0KEN"}');
    const result = await send();
    expect(result).toMatchObject({ kind: 'refused', detail: expect.stringMatching(/: not_authed; give the URL/) });
    expect(JSON.stringify(result)).not.toContain('T0KEN');
  });

  test('of 200 with a web page is none of Slack', async () => {
    receiver.answer = () => status(200, {}, '<!DOCTYPE html><title>Sign in</title>');
    expect(await send()).toMatchObject({ kind: 'refused', reason: 'rejected' });
  });
});

describe('a message whose blocks Slack refuses', () => {
  test.each(['invalid_blocks', 'invalid_payload', 'msg_blocks_too_long'])('as %s goes as plain text', async (word) => {
    receiver.answer = (_request, count) => (count === 1 ? status(400, {}, word) : status(200, {}, 'ok'));
    expect(await send()).toEqual({ kind: 'accepted' });
    const plain = JSON.parse(receiver.requests[1]?.text ?? '') as { text: string };
    expect(plain).not.toHaveProperty('blocks');
    expect(plain.text).toContain('checkout: success rate 91.2% over 1m, target at least 99.9%');
    expect(plain.text).toContain('*End state* Customers can pay');
    expect(log.lines).toMatchObject([
      { level: 'error', fields: { channel: 'oncall', detail: expect.stringContaining(word) } },
    ]);
  });

  test('is refused when Slack does not take that either', async () => {
    receiver.answer = () => status(400, {}, 'invalid_payload');
    expect(await send()).toMatchObject({
      kind: 'refused',
      reason: 'rejected',
      detail: expect.stringMatching(/HTTP 400: invalid_payload$/),
    });
    expect(receiver.requests).toHaveLength(2);
  });

  test('comes whole again on the next try when the plain one did not get through', async () => {
    receiver.answer = (_request, count) => (count === 1 ? status(400, {}, 'invalid_blocks') : status(503));
    expect(await send()).toMatchObject({ kind: 'retry', reason: 'server-error' });
  });
});

test('the content type is not for the settings to say', () => {
  const headers = { 'Content-Type': 'text/plain' };
  expect(() => new SlackChannel(postingOptions({ url: receiver.origin, headers }), { clock: Date, log })).toThrow(
    'channel oncall: the header content-type is set by Andon itself',
  );
});
