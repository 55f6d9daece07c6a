import * as z from 'zod';
import { dnsLabel, duration, httpUrl, text } from '../fields.ts';
import { AlertmanagerInbound, PagerDutyInbound } from './incident-inbound.ts';
import { filePath } from './settings-fields.ts';

const naming = (what: string) => ({
  services: z
    .record(text({ expected: what, maxLength: 500 }), dnsLabel())
    .default({})
    .describe(`Service that each name stands for: ${what}. A name that is not here is taken for that of a service.`),
  environments: z
    .array(text({ expected: 'the name of an environment', maxLength: 200 }), {
      error: 'expected a list of environments',
    })
    .optional()
    .describe('Only changes in these count, where the tool says in which they are; all when left out.'),
});

const tokenFile = () => filePath().describe('File that holds the token which its requests bear; read anew each time.');

const minute = 60_000;

/** The App in whose name Andon answers deployment protection rules. */
const GitHubAppSettings = z.strictObject({
  id: z
    .union(
      [
        z.int().min(1, 'expected the id of a GitHub App, such as 123456'),
        text({ expected: 'the id of a GitHub App', pattern: /^[A-Za-z0-9.]+$/, maxLength: 100 }),
      ],
      {
        error: 'expected the id of a GitHub App, such as 123456, or its client id',
      },
    )
    .describe('The App’s id, or its client id.'),
  privateKeyFile: filePath().describe('File that holds the private key of the App, in PEM; read anew when it changes.'),
  apiUrl: httpUrl()
    .default('https://api.github.com')
    .describe('Base URL of the API; of an enterprise’s own server `https://…/api/v3`. Answers go nowhere else.'),
  waitAtMost: duration({ min: minute, max: 29 * 24 * 60 * minute, what: '`waitAtMost`' })
    .default(60 * minute)
    .meta({ description: 'How long a deployment may wait for the gate before it is rejected. Default `1h`.' }),
});

/** Which tools may tell of changes by their own webhooks. */
export const InboundSettings = z.strictObject({
  github: z
    .strictObject({
      secretFile: filePath().describe('File that holds the secret of the webhook; read anew each time.'),
      app: GitHubAppSettings.optional().describe(
        'GitHub App that answers deployment protection rules with what the gate says.',
      ),
      ...naming('`owner/repository/environment`, `owner/repository`, or an environment'),
    })
    .optional()
    .describe('Webhooks of GitHub, at `/api/v1/hooks/github`.'),
  flagger: z
    .strictObject({
      tokenFile: tokenFile().optional(),
      ...naming('`namespace/name` or the name of a canary'),
    })
    .optional()
    .describe(
      'Webhooks of Flagger of type `event`, at `/api/v1/hooks/flagger`. Without a `tokenFile` anybody who reaches Andon can report changes there.',
    ),
  argocd: z
    .strictObject({ tokenFile: tokenFile(), ...naming('the name of an application') })
    .optional()
    .describe('Argo CD notifications, at `/api/v1/hooks/argocd`.'),
  cdevents: z
    .strictObject({ tokenFile: tokenFile(), ...naming('`environment/service` or a service, as CDEvents name them') })
    .optional()
    .describe('CDEvents, at `/api/v1/hooks/cdevents`.'),
  pagerdutyChanges: z
    .strictObject({
      tokenFile: filePath().describe('File that holds what senders give as `routing_key`; read anew each time.'),
      ...naming('`custom_details.service` or `source` of an event'),
    })
    .optional()
    .describe('Change events as tools send them to PagerDuty, at `/api/v1/hooks/pagerduty/v2/change/enqueue`.'),
  pagerduty: PagerDutyInbound.optional().describe(
    'Webhooks (v3) of PagerDuty, at `/api/v1/hooks/pagerduty`: whoever acknowledges an incident there has acknowledged it here.',
  ),
  alertmanager: AlertmanagerInbound.optional().describe(
    "Webhooks of Alertmanager, at `/api/v1/hooks/alertmanager`: other people's alerts become evidence of incidents.",
  ),
});
export type InboundSettings = z.infer<typeof InboundSettings>;
