import { SlackChannel } from '../../../../src/adapters/channels/slack/slack-channel.ts';
import { channelContract } from '../../../contract/channel.contract.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { status } from '../../../support/webhook-receiver.ts';
import { postingOptions } from '../posting-bench.ts';

channelContract('slack', {
  accepting: status(200, {}, 'ok'),
  make(origin, timeoutMs) {
    const options = postingOptions({ url: `${origin}/services/T0KEN-in-path?sig=T0KEN-in-query`, timeoutMs });
    const channel = new SlackChannel(options, { clock: { now: Date.now }, log: memoryLog() });
    return Promise.resolve({ channel, secrets: ['T0KEN'] });
  },
});
