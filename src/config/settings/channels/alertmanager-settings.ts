import * as z from 'zod';
import { duration, httpUrl, labelName, labels } from '../../fields.ts';
import { postingFields } from './posting-fields.ts';

const second = 1000;
const minute = 60 * second;

/** One Alertmanager, or all of a cluster. */
export const AlertmanagerSettings = z
  .strictObject({
    url: httpUrl()
      .optional()
      .describe('Address of Alertmanager, with its path prefix if it has one. Give `urls` instead for a cluster.'),
    urls: z
      .array(httpUrl(), { error: 'expected a list of URLs' })
      .min(1, 'expected at least one URL')
      .max(16, 'expected at most 16 URLs')
      .optional()
      .describe('Addresses of all Alertmanagers of a cluster: each is told, because they do not pass alerts on.'),
    resendEvery: duration({ min: second, max: 10 * minute, what: '`resendEvery`' })
      .default(minute)
      .meta({
        description:
          'How often open incidents are sent again. An alert that is not sent again ends after four times as long. Default `1m`.',
      }),
    labels: labels().default({}).describe('Labels of every alert, such as `cluster: eu-1`. Those of incidents win.'),
    annotations: z
      .record(
        labelName(),
        z.string({ error: 'expected a Handlebars template' }).max(8192, 'expected at most 8192 characters'),
      )
      .default({})
      .describe('Handlebars templates of annotations, by name, over the usual ones. An empty one leaves it out.'),
    ...postingFields,
  })
  .superRefine(({ url, urls }, context) => {
    if ((url === undefined) !== (urls === undefined)) return;
    context.addIssue({
      code: 'custom',
      message: 'an Alertmanager channel has either a url or urls\ngive exactly one of them',
    });
  })
  .meta({ oneOf: [{ required: ['url'] }, { required: ['urls'] }] });
export type AlertmanagerSettings = z.infer<typeof AlertmanagerSettings>;
