import * as z from 'zod';
import { labelName, text } from '../fields.ts';
import { filePath } from './settings-fields.ts';

/** Webhooks of PagerDuty about incidents that Andon told it of. */
export const PagerDutyInbound = z.strictObject({
  secretFiles: z
    .array(filePath(), { error: 'expected a list of files' })
    .min(1, 'name at least one file')
    .max(8, 'expected at most 8 files')
    .describe(
      'Files that hold the signing secrets of webhook subscriptions, each on one line; read anew each time. Name the old and the new one while you change it.',
    ),
});

/** Webhooks of Alertmanager with alerts of others. */
export const AlertmanagerInbound = z
  .strictObject({
    tokenFile: filePath()
      .optional()
      .describe('File that holds the bearer token which its requests bear; read anew each time.'),
    basicAuth: z
      .strictObject({
        username: text({ expected: 'a text', maxLength: 256, pattern: /^[^:]+$/ }).describe('User name.'),
        passwordFile: filePath().describe('File that holds the password; read anew each time.'),
      })
      .optional()
      .describe('User name and password that its requests bear, instead of a token.'),
    serviceLabel: labelName()
      .default('service')
      .describe('Label of alerts whose value names the service; where it does not, `job` is looked at.'),
  })
  .superRefine(({ tokenFile, basicAuth }, context) => {
    if ((tokenFile === undefined) !== (basicAuth === undefined)) return;
    context.addIssue({
      code: 'custom',
      message: 'requests of Alertmanager have to prove who sends them\ngive either a tokenFile or basicAuth',
    });
  })
  .meta({ oneOf: [{ required: ['tokenFile'] }, { required: ['basicAuth'] }] });
