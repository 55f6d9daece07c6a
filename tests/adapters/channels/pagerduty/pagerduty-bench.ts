import { PagerDutyChannel } from '../../../../src/adapters/channels/pagerduty/pagerduty-channel.ts';
import type { PagerDutyOptions } from '../../../../src/adapters/channels/pagerduty/options.ts';
import { memoryLog } from '../../../support/memory-log.ts';

/** An integration's key that nobody ever had. */
export const routingKey = 'R0T0KEN0123456789abcdefABCDEF012';

/** A channel to a receiver that stands in for PagerDuty. */
export function aPagerDutyChannel(
  changes: Partial<PagerDutyOptions> & Pick<PagerDutyOptions, 'url' | 'routingKeyFile'>,
) {
  const options = {
    name: 'oncall',
    timeoutMs: 2_000,
    concurrency: 1,
    headers: {},
    headerFiles: {},
    allowAddresses: [],
    denyAddresses: [],
    ...changes,
  };
  return new PagerDutyChannel(options, { clock: { now: Date.now }, log: memoryLog() });
}
