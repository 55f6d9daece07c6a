import { TeamsChannel } from '../../../../src/adapters/channels/teams/teams-channel.ts';
import { channelContract } from '../../../contract/channel.contract.ts';
import { status } from '../../../support/webhook-receiver.ts';
import { postingOptions } from '../posting-bench.ts';
import { memoryLog } from '../../../support/memory-log.ts';

channelContract('teams', {
  accepting: status(202),
  make(origin, timeoutMs) {
    const options = postingOptions({ url: `${origin}/services/T0KEN-in-path?sig=T0KEN-in-query`, timeoutMs });
    const channel = new TeamsChannel(options, { clock: { now: Date.now }, log: memoryLog() });
    return Promise.resolve({ channel, secrets: ['T0KEN'] });
  },
});
