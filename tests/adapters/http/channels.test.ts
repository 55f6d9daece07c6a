import { describe, expect, test } from '@jest/globals';
import type { ChannelTest } from '../../../src/app/paging/channel-test.ts';
import { aNotification } from '../../support/a-notification.ts';
import { aWorld, type World } from './http-world.ts';

async function post({ address }: World, name: string, body: unknown) {
  const response = await fetch(`${address.url}/api/v1/channels/${name}/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('testing a channel', () => {
  test('says what the receiver answered, whatever that was', async () => {
    const asked: ChannelTest[] = [];
    await using world = await aWorld({
      parts: {
        testChannel: (given) => {
          asked.push(given);
          const result = { kind: 'retry', reason: 'server-error', detail: 'HTTP 503' } as const;
          return Promise.resolve({ kind: 'sent', notification: aNotification(), result, durationMs: 1500 });
        },
      },
    });
    expect(await post(world, 'oncall', { by: 'Ada' })).toEqual({
      status: 200,
      body: {
        channel: 'oncall',
        notificationId: aNotification().id,
        outcome: 'retry',
        reason: 'server-error',
        detail: 'HTTP 503',
        durationSeconds: 1.5,
      },
    });
    expect(asked).toEqual([{ channel: 'oncall', by: 'Ada', severity: 'ticket' }]);
  });

  test.each([
    ['a channel that is not configured', { by: 'Ada' }, 404, 'unknown-channel'],
    ['a body without a name', {}, 400, 'invalid-request'],
    ['a severity that there is not', { by: 'Ada', severity: 'warning' }, 400, 'invalid-request'],
  ])('refuses %s', async (_, body, status, reason) => {
    await using world = await aWorld();
    expect(await post(world, 'other', body)).toMatchObject({ status, body: { reason } });
  });

  test('needs the token', async () => {
    await using world = await aWorld({ tokenFile: '/nowhere/token' });
    expect((await post(world, 'oncall', { by: 'Ada' })).status).toBeGreaterThanOrEqual(401);
  });
});
