import { z } from 'zod';
import { changeKinds, changeOutcomes } from '../../../domain/change/change-event.ts';
import { hashText } from '../../../domain/text/hash.ts';
import { ignored, kib, type Hook } from './hook.ts';
import { fitting, loose, looseTime } from './hook-fields.ts';
import { leftOut, serviceNamed } from './inbound.ts';

/** Details are whatever a tool likes to send: what does not fit is as good as not there. */
const detail = z.string().min(1).optional().catch(undefined);

/** A change event of PagerDuty's Events API v2. */
const PagerdutyBody = z.object({
  routing_key: z.string().max(1024),
  payload: z.object({
    summary: z.string().min(1, 'must have a character or more'),
    source: loose,
    timestamp: looseTime,
    custom_details: z
      .object({
        service: detail,
        change: detail,
        version: detail,
        before: detail,
        environment: detail,
        by: detail,
        user: detail,
        rollback: detail,
        kind: z.enum(changeKinds).optional().catch(undefined),
        outcome: z.enum(changeOutcomes).optional().catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
  links: z
    .array(z.object({ href: loose }))
    .optional()
    .catch(undefined),
});

const hourMs = 3_600_000;

/** Change events as tools post them to PagerDuty: each tells of a change that is done. */
export const pagerdutyHook: Hook<z.infer<typeof PagerdutyBody>> = {
  origin: 'pagerduty',
  key: 'pagerdutyChanges',
  example: 'pagerdutyChanges: { tokenFile: /run/secrets/change-routing-key }',
  path: '/api/v1/hooks/pagerduty/v2/change/enqueue',
  name: 'hookPagerdutyChanges',
  summary: "Change events of PagerDuty's Events API v2; `routing_key` is the token",
  proof: 'routing-key',
  bodyLimitBytes: 512 * kib,
  body: PagerdutyBody,
  takenStatus: 202,
  read({ body: { payload, links }, now }, naming) {
    const { summary, source, timestamp, custom_details: details = {} } = payload;
    const { service, environment } = details;
    const named = service ?? source;
    if (named === undefined)
      return {
        kind: 'malformed',
        problem: 'body.payload: neither `custom_details.service` nor `source` names a service',
      };
    const left = leftOut(naming, environment);
    if (left !== undefined) return ignored(left);
    // These events have no id. Without a time of their own, the same one within an hour is taken for a second try.
    const told = [named, summary, source, timestamp ?? Math.floor(now / hourMs), details.version];
    return {
      kind: 'report',
      report: {
        change: details.change ?? `pagerduty-${hashText(JSON.stringify(told))}`,
        service: serviceNamed(naming, [named, ...(source === undefined ? [] : [source])], named),
        ...fitting({
          summary,
          version: details.version,
          before: details.before,
          environment,
          by: details.by ?? details.user,
          rollback: details.rollback,
          link: links?.find(({ href }) => href !== undefined)?.href,
        }),
        ...(details.kind === undefined ? {} : { kind: details.kind }),
        outcome: details.outcome ?? 'succeeded',
        ...(timestamp === undefined ? {} : { finishedAt: timestamp, saidAt: timestamp }),
      },
    };
  },
};
