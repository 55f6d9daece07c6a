import { PostingWatcher } from '../adapters/channels/heartbeat/posting-watcher.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { Heartbeat } from '../app/ports/configuration.ts';
import type { HeartbeatSettings, ProxySettings } from '../config/settings.ts';
import type { MadePart } from './kept-parts.ts';
import { composeProxy } from './proxy.ts';
import { SettingsError } from './settings-error.ts';

/** Throws SettingsError. */
export function composeHeartbeat(
  settings: HeartbeatSettings,
  clock: Clock,
  proxy?: ProxySettings,
): MadePart<Heartbeat> {
  const { url, urlFile, every, patience, timeout, headers, headerFiles, allowAddresses, denyAddresses } = settings;
  const options = {
    name: 'heartbeat',
    ...(url === undefined ? {} : { url }),
    ...(urlFile === undefined ? {} : { urlFile }),
    timeoutMs: timeout,
    concurrency: 1,
    headers,
    headerFiles,
    allowAddresses: allowAddresses ?? [],
    denyAddresses: denyAddresses ?? [],
  };
  try {
    const watcher = new PostingWatcher(options, { clock, ...composeProxy(proxy) });
    return { part: { watcher, everyMs: every, patienceMs: patience }, close: async () => await watcher.close() };
  } catch (error) {
    throw new SettingsError(`heartbeat: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
