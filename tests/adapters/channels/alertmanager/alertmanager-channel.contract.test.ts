import { afterAll, beforeAll } from '@jest/globals';
import { channelContract } from '../../../contract/channel.contract.ts';
import { SecretDirectory } from '../webhook/webhook-bench.ts';
import { anAlertmanagerChannel } from './alertmanager-bench.ts';

let secrets: SecretDirectory;
beforeAll(async () => {
  secrets = await SecretDirectory.make();
});
afterAll(async () => {
  await secrets[Symbol.asyncDispose]();
});

channelContract('Alertmanager', {
  gone: false,
  async make(origin, timeoutMs) {
    const { channel } = anAlertmanagerChannel({
      urls: [`${origin}/T0KEN-in-path?key=T0KEN-in-query`],
      timeoutMs,
      headerFiles: { authorization: await secrets.write('basic', 'Basic T0KEN-in-header') },
    });
    return { channel, secrets: ['T0KEN'] };
  },
});
