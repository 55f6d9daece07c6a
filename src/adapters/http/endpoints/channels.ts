import { z } from 'zod';
import type { ChannelTestResult } from '../../../app/paging/channel-test.ts';
import { byLimit } from '../../../app/person-text.ts';
import { invalidField } from '../act-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';

const NameParam = z.strictObject({ name: z.string().min(1).max(253) });

const TestBody = z
  .strictObject({
    by: z.string().min(1).max(byLimit).meta({ description: 'Who sends it; the test names them.' }),
    severity: z
      .enum(['page', 'ticket'])
      .optional()
      .meta({ description: 'What receivers that route by it take the test for. Default `ticket`.' }),
  })
  .meta({ id: 'ChannelTestRequest' });

const TestWire = z
  .strictObject({
    channel: z.string(),
    notificationId: z.string(),
    outcome: z.enum(['accepted', 'retry', 'refused', 'gone']).meta({
      description: '`accepted`: the receiver took it. The others say what a page would meet: `retry` is tried again.',
    }),
    reason: z.string().optional(),
    detail: z.string().optional().meta({ description: 'What the receiver said, or why there was no answer.' }),
    durationSeconds: z.number(),
  })
  .meta({ id: 'ChannelTest', description: 'What became of a test.' });

/** What people ask of channels. */
export function channelEndpoints({ testChannel }: Pick<HttpParts, 'testChannel'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/v1/channels/{name}/test',
      name: 'testChannel',
      summary: 'Send a page that says that it is a test, and wait for the receiver’s answer; nothing is recorded',
      params: NameParam,
      body: TestBody,
      answers: {
        200: { description: 'What became of it, whether the receiver took it or not.', schema: TestWire },
        404: { description: 'No channel of this name is configured.' },
        422: { description: 'A field does not fit.' },
      },
      answer: async ({ params, body: { by, severity = 'ticket' } }) =>
        answerTest(await testChannel({ channel: params.name, by, severity })),
    }),
  ];
}

function answerTest(result: ChannelTestResult): Answer {
  switch (result.kind) {
    case 'sent': {
      const { notification, result: sent, durationMs } = result;
      return json({
        channel: notification.channel,
        notificationId: notification.id,
        outcome: sent.kind,
        ...('reason' in sent ? { reason: sent.reason } : {}),
        ...('detail' in sent ? { detail: sent.detail } : {}),
        durationSeconds: Math.round(durationMs) / 1000,
      });
    }
    case 'unknown-channel':
      return problem(404, {
        reason: result.kind,
        title: 'No such channel',
        detail: `no channel named ${JSON.stringify(result.channel)} is configured`,
        hint: 'GET /api/v1/status lists the channels.',
      });
    case 'invalid':
      return invalidField(result.field, result.problem);
  }
}
