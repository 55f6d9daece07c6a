import { systemClock } from '../adapters/clock/system-clock.ts';
import { testChannel } from '../app/paging/channel-test.ts';
import { sendSafely } from '../app/delivery/send-safely.ts';
import type { SendResult } from '../app/ports/channel.ts';
import type { Log } from '../app/ports/log.ts';
import type { ChannelSettings, ProxySettings } from '../config/settings.ts';
import type { Severity } from '../domain/service/severity.ts';
import { composeChannel, withTemplate } from './channels.ts';
import { SettingsError } from './settings-error.ts';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Sends a test to a channel that settings declare, without a daemon. Rejects with SettingsError when it cannot be made. */
export async function sendTest(
  settings: ChannelSettings,
  test: {
    readonly by: string;
    readonly severity: Severity;
    readonly externalUrl?: string;
    readonly proxy?: ProxySettings;
  },
): Promise<{ readonly notificationId: string; readonly result: SendResult; readonly durationMs: number }> {
  const channel = composeChannel(await withTemplate(settings), systemClock, silent, test.proxy);
  try {
    const sent = await testChannel(
      { ...test, channel: channel.name },
      {
        clock: systemClock,
        log: silent,
        externalUrl: test.externalUrl,
        send: async (notification, signal) =>
          await sendSafely(channel, { notification, collapsed: [], attempt: 1 }, signal),
        stop: new AbortController().signal,
      },
    );
    if (sent.kind !== 'sent')
      throw new SettingsError(sent.kind === 'invalid' ? sent.problem : `no channel ${sent.channel}`);
    const { notification, result, durationMs } = sent;
    return { notificationId: notification.id, result, durationMs };
  } finally {
    await channel.close();
  }
}
