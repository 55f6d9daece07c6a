import { expect, test } from '@jest/globals';
import { tracedChannel } from '../../../src/adapters/tracing/traced-channel.ts';
import { aNotification } from '../../support/a-notification.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';

test('a traced channel is the same to the app: it is told again where it would be untraced, with all that belongs to it', async () => {
  const channel = new ScriptedChannel('pager', 3);
  expect(tracedChannel(channel)).not.toHaveProperty('resend');
  channel.resend = { everyMs: 1, resolvedForMs: 2 };
  const traced = tracedChannel(Object.assign(channel, { wants: ['firing', 'acknowledged'] as const }));
  expect(traced).toMatchObject({ name: 'pager', type: 'scripted', concurrency: 3, resend: channel.resend });
  expect(traced.wants).toEqual(['firing', 'acknowledged']);
  const attempt = { notification: aNotification(), collapsed: [], attempt: 1, earlier: [], again: true };
  expect(await traced.send(attempt, new AbortController().signal)).toEqual({ kind: 'accepted' });
  expect(channel.attempts).toEqual([attempt]);
  await traced.close();
});
