import { expect, test } from '@jest/globals';
import { CdEventsChannel } from '../../../../src/adapters/channels/cdevents/cdevents-channel.ts';
import { WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { stories } from '../facts/stories.ts';
import { postingOptions } from '../posting-bench.ts';
import { memoryLog } from '../../../support/memory-log.ts';

const settings = { source: '/andon', environment: 'production' };

test.each([
  ['structured', 'application/cloudevents+json', undefined],
  ['binary', 'application/cdevents+json', 'dev.cdevents.incident.detected.0.3.0'],
] as const)('posts %s, with the same id on every try', async (mode, type, header) => {
  await using receiver = await WebhookReceiver.start();
  const posting = postingOptions({ url: `${receiver.origin}/events`, headers: { 'X-Team': 'payments' } });
  const channel = new CdEventsChannel({ ...posting, ...settings, mode }, { clock: Date, log: memoryLog() });
  await channel.send(stories.firing, new AbortController().signal);
  await channel.send({ ...stories.firing, attempt: 2 }, new AbortController().signal);
  await channel.close();
  const [first, second] = receiver.requests;
  expect(first?.headers).toMatchObject({ 'content-type': type, 'x-team': 'payments' });
  expect(first?.headers['ce-type']).toBe(header);
  expect(first?.text).toContain('"id":"checkout-20260822T020742Z:1:oncall"');
  expect(second?.text).toBe(first?.text);
  expect(second?.headers['ce-id']).toBe(first?.headers['ce-id']);
});

test.each(['Content-Type', 'ce-id'])('%s is not for the settings to say', (name) => {
  const posting = postingOptions({ url: 'http://127.0.0.1/', headers: { [name]: 'x' } });
  expect(
    () => new CdEventsChannel({ ...posting, ...settings, mode: 'binary' }, { clock: Date, log: memoryLog() }),
  ).toThrow(`channel oncall: the header ${name.toLowerCase()} is set by Andon itself`);
});
