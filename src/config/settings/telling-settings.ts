import * as z from 'zod';
import { duration, text } from '../fields.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Which incidents are told as one. */
export const GroupingSettings = z.strictObject({
  by: z
    .array(text({ expected: 'owner, source, service or the name of a label', maxLength: 200 }), {
      error: 'expected a list such as [owner]',
    })
    .max(10, 'at most 10 names')
    .default(['owner'])
    .describe(
      'Incidents that are alike in all of these are told as one: `owner`, `source`, `service`, or the name of a label. `[]` puts together all on one channel.',
    ),
  within: duration({ max: hour, what: '`within`' })
    .default(2 * minute)
    .meta({
      description:
        'An incident joins others that a channel was told of when the last of them came at most this long before. `0s`: every incident pages by itself. Default `2m`.',
    }),
  every: duration({ min: second, max: hour, what: '`every`' })
    .default(30 * second)
    .meta({
      description: 'How often those that joined are named to the channel, at most. Default `30s`.',
    }),
});

/** When an incident that goes off and on is told less often. */
export const FlappingSettings = z.strictObject({
  relapses: z
    .int({ error: 'expected a whole number' })
    .min(2, 'expected at least 2')
    .max(50, 'expected at most 50')
    .default(3)
    .describe('With so many relapses an incident flaps.'),
  within: duration({ min: minute, max: 24 * hour, what: '`within`' })
    .default(hour)
    .meta({
      description: 'The time in which they happen. Default `1h`.',
    }),
  steady: duration({ min: 10 * second, max: 24 * hour, what: '`steady`' })
    .default(10 * minute)
    .meta({
      description: 'How long it must stay off, or stay back, before that is told. Default `10m`.',
    }),
});
