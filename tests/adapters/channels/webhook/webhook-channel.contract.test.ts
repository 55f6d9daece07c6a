import { afterAll, beforeAll } from '@jest/globals';
import { WebhookChannel } from '../../../../src/adapters/channels/webhook/webhook-channel.ts';
import { channelContract } from '../../../contract/channel.contract.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { SecretDirectory, vectorSecret, webhookOptions } from './webhook-bench.ts';

let secrets: SecretDirectory;
beforeAll(async () => {
  secrets = await SecretDirectory.make();
});
afterAll(async () => {
  await secrets[Symbol.asyncDispose]();
});

channelContract('the webhook', {
  async make(origin, timeoutMs) {
    const options = webhookOptions({
      url: `${origin}/hooks/T0KEN-in-path?key=T0KEN-in-query`,
      timeoutMs,
      secretFiles: [await secrets.write('signing', vectorSecret)],
      headerFiles: { authorization: await secrets.write('bearer', 'Bearer T0KEN-in-header') },
    });
    const channel = new WebhookChannel(options, { clock: { now: Date.now }, log: memoryLog() });
    return { channel, secrets: ['T0KEN', vectorSecret.slice(6)] };
  },
});
