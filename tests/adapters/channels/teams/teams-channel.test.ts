import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TeamsChannel } from '../../../../src/adapters/channels/teams/teams-channel.ts';
import type { SendResult } from '../../../../src/app/ports/channel.ts';
import { status, WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { stories } from '../facts/stories.ts';
import { postingOptions } from '../posting-bench.ts';
import { memoryLog } from '../../../support/memory-log.ts';

let receiver: WebhookReceiver;
let channel: TeamsChannel;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  channel = new TeamsChannel(postingOptions({ url: `${receiver.origin}/workflows/x?sig=T0KEN` }), {
    clock: Date,
    log: memoryLog(),
  });
});
afterEach(async () => {
  await channel.close();
  await receiver.close();
});

function send(): Promise<SendResult> {
  return channel.send(stories.firing, new AbortController().signal);
}

/** How an older connector tells under 200 what became of the message. */
const failed = (what: string) =>
  `Webhook message delivery failed with error: Microsoft Teams endpoint returned ${what} with ContextId tcid=0,server=x,cv=y..`;

test('posts one Adaptive Card', async () => {
  receiver.answer = () => status(202);
  expect(await send()).toEqual({ kind: 'accepted' });
  const [request] = receiver.requests;
  expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(request?.text ?? '')).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: { type: 'AdaptiveCard', version: '1.4' },
      },
    ],
  });
});

test.each([
  [202, ''],
  [200, '1'],
  [200, ''],
])('%d with %p is an acceptance', async (code, text) => {
  receiver.answer = () => status(code, {}, text);
  expect(await send()).toEqual({ kind: 'accepted' });
});

test.each([
  [200, failed('HTTP error 429'), 'retry', 'throttled', 'but Teams did not take the message (HTTP 429)'],
  [200, failed('HTTP error 413'), 'refused', 'rejected', 'but Teams did not take the message (HTTP 413)'],
  [200, failed('HTTP error 400'), 'refused', 'rejected', '(HTTP 400)'],
  [200, failed('HTTP error 500'), 'retry', 'server-error', '(HTTP 500)'],
  [200, failed('something new'), 'retry', 'server-error', 'but Teams did not take the message'],
  [200, 'System.Net.Http.HttpRequestException: Error while copying content', 'retry', 'server-error', 'did not take'],
  [200, '<html><body>Sign in</body></html>', 'refused', 'rejected', 'with a web page'],
  [400, '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"T0KEN"}}', 'refused', 'rejected', 'turned off)'],
  [401, '{"error":{"code":"DirectApiAuthorizationRequired"}}', 'refused', 'rejected', 'the URL is cut short'],
  [
    404,
    '{"error": {"code": "WorkflowNotFound"}}',
    'refused',
    'rejected',
    'WorkflowNotFound (the workflow was deleted)',
  ],
  [400, '{"error":{"code":"SomethingNew"}}', 'refused', 'rejected', 'HTTP 400: SomethingNew'],
  [400, 'Bad payload received by generic incoming webhook: T0KEN', 'refused', 'rejected', 'HTTP 400'],
  [429, '', 'retry', 'throttled', 'HTTP 429'],
] as const)('%d %s is %s, %s', async (code, text, kind, reason, detail) => {
  receiver.answer = () => status(code, {}, text);
  const result = await send();
  expect(result).toMatchObject({ kind, reason, detail: expect.stringContaining(detail) });
  expect(JSON.stringify(result)).not.toContain('T0KEN');
});
