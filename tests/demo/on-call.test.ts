import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fetch from 'node-fetch';
import { Webhook } from 'standardwebhooks';
import { newWebhookSecret } from '../../demo/andon.ts';
import { startOnCall, type OnCall } from '../../demo/on-call.ts';

const secret = newWebhookSecret();
const body = JSON.stringify({ type: 'incident.firing', data: { incidentId: 'i-1', title: 'Payments fail', more: 1 } });
let onCall: OnCall;
beforeEach(async () => {
  onCall = await startOnCall(secret);
});
afterEach(() => onCall.close());

async function send(id: string, signedWith: string, text = body): Promise<number> {
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(signedWith).sign(id, now, body),
    'content-type': 'application/json',
  };
  return (await fetch(onCall.url, { method: 'POST', headers, body: text })).status;
}

describe('the on-call person', () => {
  test('takes a page whose signature is right', async () => {
    expect(await send('m-1', secret)).toBe(204);
    expect(onCall.pages).toMatchObject([
      { id: 'm-1', kind: 'incident.firing', incidentId: 'i-1', title: 'Payments fail' },
    ]);
  });

  test('reads a page once, however often it is delivered', async () => {
    expect([await send('m-1', secret), await send('m-1', secret), await send('m-2', secret)]).toEqual([204, 204, 204]);
    expect(onCall.pages.map(({ id }) => id)).toEqual(['m-1', 'm-2']);
  });

  test.each([
    { name: 'signed with another secret', secret: newWebhookSecret(), text: body },
    { name: 'changed on its way', secret, text: body.replace('fail', 'work') },
  ])('turns away a page that was $name', async (page) => {
    expect(await send('m-1', page.secret, page.text)).toBe(401);
    expect([onCall.pages.length, onCall.rejected()]).toEqual([0, 1]);
  });
});
