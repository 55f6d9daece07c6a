import * as z from 'zod';
import { duration, httpUrl } from '../fields.ts';
import { noSecretUrl, oneUrl, oneUrlSchema, postingFields } from './channels/posting-fields.ts';
import { filePath } from './settings-fields.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

const { headers, headerFiles, allowAddresses, denyAddresses } = postingFields;

/** An outside watcher that is told again and again that Andon works. */
export const HeartbeatSettings = z
  .strictObject({
    url: httpUrl()
      .optional()
      .describe('Where each beat is posted. Give `urlFile` instead when the URL is itself a secret, as most are.'),
    urlFile: filePath().optional().describe('File that holds the URL.'),
    every: duration({ min: 10 * second, max: day, what: '`every`' })
      .default(minute)
      .meta({
        description: 'How often the heart beats. Default `1m`. Let the watcher wait for several times as long.',
      }),
    patience: duration({ min: minute, max: day, what: '`patience`' })
      .default(5 * minute)
      .meta({
        description:
          'How long no poll may succeed, or a page may wait for its channel, before the heart stops. Default `5m`.',
      }),
    timeout: duration({ min: 100, max: 2 * minute, what: '`timeout`' })
      .default(10 * second)
      .meta({ description: 'How long one post may take. Default `10s`.' }),
    headers: headers.describe('Headers sent with each beat. No secrets.'),
    headerFiles,
    allowAddresses: allowAddresses.describe('Networks that beats may go to although they are denied.'),
    denyAddresses: denyAddresses.describe(
      'Networks that beats may not go to, beyond those that channels may not post to.',
    ),
  })
  .superRefine(oneUrl('a heartbeat'))
  .superRefine(noSecretUrl)
  .meta(oneUrlSchema);
export type HeartbeatSettings = z.infer<typeof HeartbeatSettings>;
