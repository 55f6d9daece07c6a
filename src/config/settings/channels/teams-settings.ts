import * as z from 'zod';
import { text } from '../../fields.ts';
import { concurrency } from '../settings-fields.ts';
import { noSecretUrl, oneUrl, oneUrlSchema, postingFields, urlFields } from './posting-fields.ts';

/** A workflow of Microsoft Teams. */
export const TeamsSettings = z
  .strictObject({
    url: urlFields.url.describe(
      'URL of the workflow, where a service of your own passes it on. One of Microsoft’s is a secret: give `urlFile`.',
    ),
    urlFile: urlFields.urlFile.describe('File that holds the URL of the workflow.'),
    template: text({ expected: 'a Handlebars template', maxLength: 8192 })
      .optional()
      .describe('Handlebars template, in Markdown, of what stands below the heading, in place of the usual texts.'),
    ...postingFields,
    concurrency: concurrency(64)
      .default(1)
      .describe('Messages under way at once. Teams takes about four a second from a webhook.'),
  })
  .superRefine(oneUrl('a Teams webhook'))
  .superRefine(noSecretUrl)
  .meta(oneUrlSchema);
export type TeamsSettings = z.infer<typeof TeamsSettings>;
