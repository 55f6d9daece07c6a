import * as z from 'zod';
import { text } from '../../fields.ts';
import { concurrency } from '../settings-fields.ts';
import { noSecretUrl, oneUrl, oneUrlSchema, postingFields, urlFields } from './posting-fields.ts';

/** An incoming webhook of Slack. */
export const SlackSettings = z
  .strictObject({
    url: urlFields.url.describe(
      'URL of the incoming webhook, for services that take what Slack takes. One of Slack itself is a secret: give `urlFile`.',
    ),
    urlFile: urlFields.urlFile.describe('File that holds the URL of the incoming webhook.'),
    template: text({ expected: 'a Handlebars template', maxLength: 8192 })
      .optional()
      .describe('Handlebars template, in mrkdwn, of what stands below the heading, in place of the usual texts.'),
    ...postingFields,
    concurrency: concurrency(64)
      .default(1)
      .describe('Messages under way at once. Slack takes about one a second from a webhook.'),
  })
  .superRefine(oneUrl('a Slack webhook'))
  .superRefine(noSecretUrl)
  .meta(oneUrlSchema);
export type SlackSettings = z.infer<typeof SlackSettings>;
