import * as z from 'zod';
import { httpUrl, labelName, text } from '../../fields.ts';
import { filePath } from '../settings-fields.ts';
import { postingFields } from './posting-fields.ts';

const eventsUrls = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const;

/** An integration of PagerDuty's Events API v2. */
export const PagerDutySettings = z
  .strictObject({
    routingKeyFile: filePath().describe(
      'File that holds the integration key of a service or of an event orchestration: 32 letters and digits.',
    ),
    region: z
      .enum(['us', 'eu'], { error: 'expected us or eu' })
      .optional()
      .describe('Where the account is: `eu` for those of the European service region. Default `us`.'),
    url: httpUrl()
      .optional()
      .describe('Address of what stands in for PagerDuty, such as a proxy, without `/v2/enqueue`.'),
    summary: text({ expected: 'a Handlebars template', maxLength: 8192 })
      .optional()
      .describe('Handlebars template of the summary, in place of the title.'),
    details: z
      .record(
        labelName(),
        z.string({ error: 'expected a Handlebars template' }).max(8192, 'expected at most 8192 characters'),
      )
      .default({})
      .describe('Handlebars templates of custom details, by name, over the usual ones. An empty one leaves it out.'),
    ...postingFields,
  })
  .superRefine(({ region, url }, context) => {
    if (region === undefined || url === undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['region'],
      message: 'a PagerDuty channel has either a region or a url\ngive one of them',
    });
  })
  .transform(({ region = 'us', url = eventsUrls[region], ...rest }) => ({ ...rest, url }))
  .meta({ not: { required: ['region', 'url'] } });
export type PagerDutySettings = z.infer<typeof PagerDutySettings>;
