import * as z from 'zod';
import { duration, httpUrl } from '../../fields.ts';
import { cidr, concurrency, filePath, headerFiles, headers } from '../settings-fields.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Where to post to, for channels whose URL is everybody's own. */
export const urlFields = {
  url: httpUrl()
    .optional()
    .describe(
      'Where pages are posted. Give `urlFile` instead when the URL is itself a secret; one of Slack, Teams and the like is refused here.',
    ),
  urlFile: filePath().optional().describe('File that holds the URL.'),
};

/** What every channel that posts over HTTP may say. */
export const postingFields = {
  timeout: duration({ min: 100, max: 2 * minute, what: '`timeout`' })
    .default(15 * second)
    .meta({ description: 'How long one attempt may take. Default `15s`.' }),
  concurrency: concurrency(64).default(4).describe('Pages under way at once.'),
  headers: headers().default({}).describe('Headers sent with each page. No secrets.'),
  headerFiles: headerFiles().default({}).describe('Headers whose values are read from files.'),
  staleAfter: duration({ min: minute, max: 24 * hour, what: '`staleAfter`' })
    .default(15 * minute)
    .meta({
      description:
        'When a page has waited this long and newer ones about its incident wait behind it, only the newest is sent. The shortest of all channels counts. Default `15m`.',
    }),
  allowAddresses: z
    .array(cidr(), { error: 'expected a list of networks' })
    .optional()
    .describe('Networks that pages may go to although they are denied, such as `10.0.0.0/8`.'),
  denyAddresses: z
    .array(cidr(), { error: 'expected a list of networks' })
    .optional()
    .describe(
      'Networks that pages may not go to, beyond link-local addresses and those at which clouds hand out credentials.',
    ),
};

/** How a channel posts; durations in ms. */
export interface PostingSettings {
  readonly url?: string | undefined;
  readonly urlFile?: string | undefined;
  readonly timeout: number;
  readonly concurrency: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly headerFiles: Readonly<Record<string, string>>;
  readonly staleAfter: number;
  readonly allowAddresses?: readonly string[] | undefined;
  readonly denyAddresses?: readonly string[] | undefined;
}

/** Refuses a channel with no URL, or two of them. `what` names it with its article, as in `a webhook`. */
export function oneUrl(what: string) {
  return (settings: Pick<PostingSettings, 'url' | 'urlFile'>, context: z.core.$RefinementCtx): void => {
    if ((settings.url === undefined) !== (settings.urlFile === undefined)) return;
    context.addIssue({
      code: 'custom',
      message: `${what} has either a url or a urlFile\ngive exactly one of them`,
    });
  };
}

/** Services whose URLs let whoever has one post. */
const hostsOfSecretUrls =
  /(?:^|\.)(?:hooks\.slack(?:-gov)?\.com|logic\.azure\.(?:com|us|cn)|api\.powerplatform\.com|webhook\.office\.com|chat\.googleapis\.com|hc-ping\.com|deadmanssnitch\.com|nosnch\.in)$/;

/** Refuses a URL in the settings that whoever has it may post with, whatever kind of channel posts there. */
export function noSecretUrl(settings: Pick<PostingSettings, 'url'>, context: z.core.$RefinementCtx): void {
  const url = settings.url === undefined ? null : URL.parse(settings.url);
  if (url === null) return;
  const host = hostOf(url);
  const isSecret = hostsOfSecretUrls.test(host) || isDiscord(host, url.pathname);
  if (!isSecret) return;
  context.addIssue({
    code: 'custom',
    path: ['url'],
    message: `whoever has this URL can post, so that it is a secret, which does not belong in this file\nname a file that holds it, under urlFile`,
    params: { code: 'inline-secret' },
  });
}

/** The host without the full stops of a name's root, with which it is the same host. `URL` has made it lower case. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.+$/, '');
}

function isDiscord(host: string, pathname: string): boolean {
  return /(?:^|\.)discord(?:app)?\.com$/.test(host) && pathname.startsWith('/api/webhooks/');
}

/** What `oneUrl` refuses, for the editor's schema. */
export const oneUrlSchema = { oneOf: [{ required: ['url'] }, { required: ['urlFile'] }] };
