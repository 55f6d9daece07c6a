import * as z from 'zod';
import { text } from '../../fields.ts';
import { filePath } from '../settings-fields.ts';
import { noSecretUrl, oneUrl, oneUrlSchema, postingFields, urlFields } from './posting-fields.ts';

const { timeout, concurrency, headers, headerFiles, ...rest } = postingFields;

/** A receiver of HTTP posts. */
export const WebhookSettings = z
  .strictObject({
    ...urlFields,
    secretFiles: z
      .array(filePath(), { error: 'expected a list of files' })
      .default([])
      .describe('Files with the secrets that sign each page (Standard Webhooks). Two during a rotation: each signs.'),
    timeout,
    concurrency,
    headers,
    headerFiles,
    template: text({ expected: 'a Handlebars template', maxLength: 65_536 })
      .optional()
      .describe('Handlebars template of the body, where the usual JSON does not fit the receiver.'),
    templateFile: filePath().optional().describe('File that holds the template.'),
    ...rest,
  })
  .superRefine(oneUrl('a webhook'))
  .superRefine(noSecretUrl)
  .superRefine((webhook, context) => {
    if (webhook.template !== undefined && webhook.templateFile !== undefined) {
      context.addIssue({
        code: 'custom',
        message: 'a webhook has one template\ngive template or templateFile, not both',
      });
    }
  })
  .meta(oneUrlSchema);
export type WebhookSettings = z.infer<typeof WebhookSettings>;
