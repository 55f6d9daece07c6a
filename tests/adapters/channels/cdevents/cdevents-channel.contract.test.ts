import { CdEventsChannel } from '../../../../src/adapters/channels/cdevents/cdevents-channel.ts';
import { channelContract } from '../../../contract/channel.contract.ts';
import { status } from '../../../support/webhook-receiver.ts';
import { postingOptions } from '../posting-bench.ts';
import { memoryLog } from '../../../support/memory-log.ts';

for (const mode of ['structured', 'binary'] as const) {
  channelContract(`cdevents, ${mode}`, {
    accepting: status(202),
    make(origin, timeoutMs) {
      const posting = postingOptions({ url: `${origin}/events/T0KEN-in-path?key=T0KEN-in-query`, timeoutMs });
      const options = { ...posting, source: '/andon', environment: 'production', mode };
      const channel = new CdEventsChannel(options, { clock: { now: Date.now }, log: memoryLog() });
      return Promise.resolve({ channel, secrets: ['T0KEN'] });
    },
  });
}
