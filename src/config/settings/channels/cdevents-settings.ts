import * as z from 'zod';
import { text } from '../../fields.ts';
import { noSecretUrl, oneUrl, oneUrlSchema, postingFields, urlFields } from './posting-fields.ts';

/** A receiver of CDEvents. */
export const CdEventsSettings = z
  .strictObject({
    url: urlFields.url.describe('Where events are posted. Give `urlFile` instead when the URL is itself a secret.'),
    urlFile: urlFields.urlFile,
    environment: text({ expected: 'the name of an environment', maxLength: 200 }).describe(
      'Environment that the services run in, such as `production`.',
    ),
    source: text({
      expected: 'a URI reference such as /andon/eu or https://andon.example.com',
      pattern: /^(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/,
      maxLength: 200,
    })
      .default('/andon')
      .describe('Which Andon it is, as a URI reference. Default `/andon`.'),
    mode: z
      .enum(['structured', 'binary'])
      .default('structured')
      .describe(
        'Whether the CloudEvent is one JSON envelope, or has its context in `ce-` headers. Default `structured`.',
      ),
    description: text({ expected: 'a Handlebars template', maxLength: 8192 })
      .optional()
      .describe('Handlebars template of the description, in place of the title.'),
    ...postingFields,
  })
  .superRefine(oneUrl('a receiver of CDEvents'))
  .superRefine(noSecretUrl)
  .meta(oneUrlSchema);
export type CdEventsSettings = z.infer<typeof CdEventsSettings>;
