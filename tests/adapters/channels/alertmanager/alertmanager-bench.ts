import { AlertmanagerChannel } from '../../../../src/adapters/channels/alertmanager/alertmanager-channel.ts';
import type { AlertmanagerOptions } from '../../../../src/adapters/channels/alertmanager/options.ts';
import { memoryLog } from '../../../support/memory-log.ts';

/** Options of a channel to nowhere yet. */
export function alertmanagerOptions(changes: Partial<AlertmanagerOptions> = {}): AlertmanagerOptions {
  return {
    name: 'oncall',
    urls: [],
    timeoutMs: 2_000,
    concurrency: 4,
    headers: {},
    headerFiles: {},
    allowAddresses: [],
    denyAddresses: [],
    resendEveryMs: 60_000,
    labels: {},
    annotations: {},
    ...changes,
  };
}

/** A channel with a log and a clock; `now` in ms since the epoch. */
export function anAlertmanagerChannel(changes: Partial<AlertmanagerOptions> = {}, now: () => number = Date.now) {
  const log = memoryLog();
  return { channel: new AlertmanagerChannel(alertmanagerOptions(changes), { clock: { now }, log }), log };
}
