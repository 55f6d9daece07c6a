import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Attempt, SendResult } from '../../../../src/app/ports/channel.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { status, WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { SecretDirectory } from '../webhook/webhook-bench.ts';
import { aPagerDutyChannel, routingKey } from './pagerduty-bench.ts';

let receiver: WebhookReceiver;
let secrets: SecretDirectory;
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  secrets = await SecretDirectory.make();
  receiver.answer = () => status(202);
});
afterEach(async () => {
  await receiver.close();
  await secrets[Symbol.asyncDispose]();
});

async function send(key = routingKey, changes: Partial<Attempt> = {}, url = receiver.origin): Promise<SendResult> {
  const routingKeyFile = await secrets.write('key', key);
  const channel = aPagerDutyChannel({ url, routingKeyFile });
  try {
    const attempt = { notification: aNotification(), collapsed: [], attempt: 1, ...changes };
    return await channel.send(attempt, new AbortController().signal);
  } finally {
    await channel.close();
  }
}

test('posts to /v2/enqueue with the key in the body and nowhere else', async () => {
  expect(await send(`  ${routingKey}\n`, {}, `${receiver.origin}/proxy/`)).toEqual({ kind: 'accepted' });
  const [request] = receiver.requests;
  expect(request).toMatchObject({ path: '/proxy/v2/enqueue' });
  expect(request?.headers['content-type']).toBe('application/json');
  expect(JSON.stringify([request?.path, request?.headers])).not.toContain(routingKey);
  expect(JSON.parse(request?.text ?? '')).toMatchObject({
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: 'checkout-20260822T020742Z',
  });
});

test('wants to hear that somebody acknowledged', () => {
  const channel = aPagerDutyChannel({ url: receiver.origin, routingKeyFile: 'none' });
  expect(channel.wants).toContain('acknowledged');
  expect(channel.wants).toContain('firing');
});

test.each(['', 'too-short', `${routingKey}0`, `${routingKey.slice(1)}-`])(
  'posts nothing while the file holds no key: %j',
  async (key) => {
    const result = await send(key);
    expect(result).toMatchObject({ kind: 'retry', reason: 'unreachable' });
    if (key !== '') expect(JSON.stringify(result)).not.toContain(key);
    expect(receiver.requests).toHaveLength(0);
  },
);

describe("PagerDuty's answers", () => {
  test('a refusal is final, with its errors and without the key', async () => {
    const errors = ["'payload.summary' is missing or blank", `routing key ${routingKey} is not valid`];
    receiver.answer = () =>
      status(400, {}, JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }));
    const result = await send();
    expect(result).toEqual({
      kind: 'refused',
      reason: 'rejected',
      detail: `${receiver.origin} answered HTTP 400: Event object is invalid; 'payload.summary' is missing or blank; routing key … is not valid`,
    });
  });

  test('too many events are sent later, when it says', async () => {
    receiver.answer = () =>
      status(
        429,
        { 'retry-after': '11' },
        '{"status":"throttle exceeded","message":"Requests are arriving too quickly"}',
      );
    expect(await send()).toMatchObject({
      kind: 'retry',
      reason: 'throttled',
      retryAfterMs: 11_000,
      detail: expect.stringContaining('arriving too quickly') as unknown,
    });
  });

  test.each(['<!doctype html><p>Welcome</p>', '  <HTML>'])('a web page is nobody who pages: %s', async (text) => {
    receiver.answer = () => status(200, {}, text);
    expect(await send()).toMatchObject({ kind: 'refused', reason: 'rejected' });
  });

  test.each(['', 'nonsense', '[]', '{"message":7,"errors":"x"}', 'null'])(
    '%j is no more than its status',
    async (text) => {
      receiver.answer = () => status(400, {}, text);
      expect(await send()).toEqual({
        kind: 'refused',
        reason: 'rejected',
        detail: `${receiver.origin} answered HTTP 400`,
      });
    },
  );

  test('410 stops nothing', async () => {
    receiver.answer = () => status(410);
    expect(await send()).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('Events API v2') as unknown,
    });
  });
});
