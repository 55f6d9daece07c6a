import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { Channel } from '../../../src/app/ports/channel.ts';
import { composeChannel } from '../../../src/compose/channels.ts';
import { resolveSettings } from '../../../src/config/settings.ts';
import { memoryLog } from '../../support/memory-log.ts';

export interface Wanted {
  /** Where the channel posts to; `http://receiver.test/hook` unless given. */
  readonly url?: string;
  /** Settings of the proxy over those of the test. */
  readonly proxy?: Record<string, unknown>;
  readonly webhook?: Record<string, unknown>;
}

/** A webhook as settings declare it, with a proxy. Whoever asked for it closes it. */
export function proxiedChannel(proxyUrl: string, { url = 'http://receiver.test/hook', ...more }: Wanted): Channel {
  const { settings, diagnostics } = resolveSettings(undefined, {
    channels: [{ name: 'on-call', webhook: { url, timeout: '600ms', ...more.webhook } }],
    proxy: { url: proxyUrl, ...more.proxy },
  });
  const [channel] = settings?.channels ?? [];
  if (channel === undefined) throw new Error(JSON.stringify(diagnostics));
  return composeChannel(channel, systemClock, memoryLog(), settings?.proxy);
}
