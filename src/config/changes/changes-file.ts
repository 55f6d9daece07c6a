import * as z from 'zod';
import { duration, labels, text } from '../fields.ts';

const minute = 60_000;

/** How changes of a service are looked at. */
export const ChangesFile = z.strictObject({
  bake: duration({ min: 5 * minute, max: 7 * 24 * 60 * minute, what: '`bake`' })
    .default(120 * minute)
    .meta({
      description:
        'How long the service is watched after a change, against the same hours before, and how long after a change an incident may be put down to it. Default `2h`.',
    }),
  seenIn: z
    .strictObject({
      deployment: text({ expected: 'the name of a deployment', maxLength: 253 }).describe('Its name in Kubernetes.'),
      namespace: text({ expected: 'the name of a namespace', maxLength: 253 }).describe('Its namespace.'),
      labels: labels()
        .default({})
        .describe('Further labels of its series, where a source holds those of several clusters.'),
    })
    .optional()
    .describe(
      'The Kubernetes deployment whose changes are seen in the metrics of kube-state-metrics, at the source of the service. For services whose deployments nothing reports.',
    ),
});
export type ChangesFile = z.infer<typeof ChangesFile>;
