import { testNotification } from '../../domain/notification/test-page.ts';
import type { Severity } from '../../domain/service/severity.ts';
import { personOf } from '../person-text.ts';
import type { SendResult } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { within } from '../tasks/within.ts';
import type { Notification } from '../../domain/notification/notification.ts';

/** What somebody wants to try. */
export interface ChannelTest {
  readonly channel: string;
  readonly by: string;
  readonly severity: Severity;
}

/** What became of a test. */
export type ChannelTestResult =
  | {
      readonly kind: 'sent';
      readonly notification: Notification;
      readonly result: SendResult;
      readonly durationMs: number;
    }
  | { readonly kind: 'unknown-channel'; readonly channel: string }
  | { readonly kind: 'invalid'; readonly field: string; readonly problem: string };

export interface ChannelTestParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly externalUrl: string | undefined;
  /** Sends once; undefined: there is no such channel. */
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<SendResult | undefined>;
  readonly stop: AbortSignal;
}

/** The longest that a receiver is waited for, ms; a channel's own `timeout` mostly ends it before. */
const deadlineMs = 130_000;

/** Sends a page that says that it is a test, and waits for what the receiver answers. It is of no incident, and nothing is written down. */
export async function testChannel(
  { channel, by, severity }: ChannelTest,
  { clock, log, externalUrl, send, stop }: ChannelTestParts,
): Promise<ChannelTestResult> {
  const person = personOf(by);
  if (person.kind === 'invalid') return person;
  const notification = testNotification({
    channel,
    by: person.text,
    severity,
    at: clock.now(),
    ...(externalUrl === undefined ? {} : { externalUrl }),
  });
  const startedAt = clock.monotonic();
  const result = await within(clock, deadlineMs, stop, async (bound) => await send(notification, bound));
  if (result === undefined) return { kind: 'unknown-channel', channel };
  log.info('a test was sent to a channel', {
    channel,
    by: person.text,
    outcome: result.kind,
    ...(result.kind === 'accepted' ? {} : { detail: result.detail }),
  });
  return { kind: 'sent', notification, result, durationMs: clock.monotonic() - startedAt };
}
