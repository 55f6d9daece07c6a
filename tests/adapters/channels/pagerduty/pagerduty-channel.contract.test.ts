import { afterAll, beforeAll } from '@jest/globals';
import { channelContract } from '../../../contract/channel.contract.ts';
import { status } from '../../../support/webhook-receiver.ts';
import { SecretDirectory } from '../webhook/webhook-bench.ts';
import { aPagerDutyChannel, routingKey } from './pagerduty-bench.ts';

let secrets: SecretDirectory;
beforeAll(async () => {
  secrets = await SecretDirectory.make();
});
afterAll(async () => {
  await secrets[Symbol.asyncDispose]();
});

channelContract('PagerDuty', {
  gone: false,
  accepting: status(202, {}, '{"status":"success","message":"Event processed","dedup_key":"x"}'),
  async make(origin, timeoutMs) {
    const routingKeyFile = await secrets.write('routing-key', `${routingKey}\n`);
    const headerFiles = { 'proxy-authorization': await secrets.write('proxy', 'Basic T0KEN-in-header') };
    const channel = aPagerDutyChannel({ url: origin, routingKeyFile, timeoutMs, headerFiles });
    return { channel, secrets: ['T0KEN', routingKey] };
  },
});
