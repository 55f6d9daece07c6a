import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Problem } from '../problem.ts';
import type { InboundSettings } from './inbound-settings.ts';
import type { ChannelSettings } from './channels/channel-settings.ts';
import type { PagerDutySettings } from './channels/pagerduty-settings.ts';
import type { PostingSettings } from './channels/posting-fields.ts';
import type { WebhookSettings } from './channels/webhook-settings.ts';
import type { Settings, SourceSettings } from './settings-file.ts';

/** What a file that settings name has to hold. */
export type NamedFileKind =
  'pem' | 'credential' | 'signing-secret' | 'url' | 'template' | 'api-token' | 'routing-key' | 'app-key';

/** A file that settings name. */
export interface NamedFile {
  readonly path: string;
  /** Where the settings name it. */
  readonly key: DeclarationPath;
  readonly kind: NamedFileKind;
}

/** Why Andon cannot use a file; the text never shows what the file holds. */
export interface FileFault {
  readonly code: 'unreadable-file' | 'invalid-file' | 'invalid-secret' | 'invalid-template';
  readonly message: string;
  readonly hint: string;
}

/** Reads a named file and says what is wrong with it, if anything. Never rejects. */
export type FileFaultFinder = (file: NamedFile) => Promise<FileFault | undefined>;

/** Every file that the settings name, in the order of the settings. */
export function namedFiles(settings: Settings): readonly NamedFile[] {
  const { tokenFile } = settings.api;
  const { heartbeat, proxy } = settings;
  return [
    ...settings.sources.flatMap((source, index) => filesOfSource(source, ['sources', index])),
    ...settings.channels.flatMap((channel, index) => filesOfChannel(channel, ['channels', index])),
    ...(heartbeat === undefined ? [] : filesOfPosting(heartbeat, ['heartbeat'])),
    ...one(proxy?.basicAuth?.passwordFile, ['proxy', 'basicAuth', 'passwordFile'], 'credential'),
    ...one(proxy?.tls?.caFile, ['proxy', 'tls', 'caFile'], 'pem'),
    ...one(tokenFile, ['api', 'tokenFile'], 'api-token'),
    ...filesOfInbound(settings.inbound, ['inbound']),
  ];
}

/** Reads every named file; each that cannot be used is an error where it is named. */
export async function namedFileProblems(settings: Settings, find: FileFaultFinder): Promise<readonly Problem[]> {
  const found = await Promise.all(
    namedFiles(settings).map(async (file) => {
      const fault = await find(file);
      return fault === undefined ? [] : [{ path: file.key, ...fault }];
    }),
  );
  return found.flat();
}

function filesOfSource(source: SourceSettings, at: DeclarationPath): readonly NamedFile[] {
  return [
    ...one(source.basicAuth?.passwordFile, [...at, 'basicAuth', 'passwordFile'], 'credential'),
    ...one(source.bearerTokenFile, [...at, 'bearerTokenFile'], 'credential'),
    ...filesOfHeaders(source.headerFiles, at),
    ...one(source.tls?.caFile, [...at, 'tls', 'caFile'], 'pem'),
    ...one(source.tls?.certFile, [...at, 'tls', 'certFile'], 'pem'),
    ...one(source.tls?.keyFile, [...at, 'tls', 'keyFile'], 'pem'),
  ];
}

function filesOfChannel(
  { webhook, alertmanager, slack, teams, pagerduty, cdevents }: ChannelSettings,
  at: DeclarationPath,
): readonly NamedFile[] {
  return [
    ...(webhook === undefined ? [] : filesOfWebhook(webhook, [...at, 'webhook'])),
    ...(alertmanager === undefined ? [] : filesOfPosting(alertmanager, [...at, 'alertmanager'])),
    ...(slack === undefined ? [] : filesOfPosting(slack, [...at, 'slack'])),
    ...(teams === undefined ? [] : filesOfPosting(teams, [...at, 'teams'])),
    ...(pagerduty === undefined ? [] : filesOfPagerDuty(pagerduty, [...at, 'pagerduty'])),
    ...(cdevents === undefined ? [] : filesOfPosting(cdevents, [...at, 'cdevents'])),
  ];
}

function filesOfInbound(inbound: InboundSettings, at: DeclarationPath): readonly NamedFile[] {
  const { pagerduty, alertmanager, ...tools } = inbound;
  const secrets = pagerduty?.secretFiles ?? [];
  const ofAlertmanager = [...at, 'alertmanager'];
  const ofTools = Object.entries(tools).flatMap(([tool, settings]) => {
    if (settings === undefined) return [];
    if ('secretFile' in settings)
      return [
        ...one(settings.secretFile, [...at, tool, 'secretFile'], 'api-token'),
        ...one(settings.app?.privateKeyFile, [...at, tool, 'app', 'privateKeyFile'], 'app-key'),
      ];
    return one(settings.tokenFile, [...at, tool, 'tokenFile'], 'api-token');
  });
  return [
    ...ofTools,
    ...secrets.flatMap((path, index) => one(path, [...at, 'pagerduty', 'secretFiles', index], 'credential')),
    ...one(alertmanager?.tokenFile, [...ofAlertmanager, 'tokenFile'], 'api-token'),
    ...one(alertmanager?.basicAuth?.passwordFile, [...ofAlertmanager, 'basicAuth', 'passwordFile'], 'credential'),
  ];
}

function filesOfPosting(
  { urlFile, headerFiles }: Pick<PostingSettings, 'urlFile' | 'headerFiles'>,
  at: DeclarationPath,
): readonly NamedFile[] {
  return [...one(urlFile, [...at, 'urlFile'], 'url'), ...filesOfHeaders(headerFiles, at)];
}

function filesOfPagerDuty(
  { routingKeyFile, headerFiles }: PagerDutySettings,
  at: DeclarationPath,
): readonly NamedFile[] {
  return [...one(routingKeyFile, [...at, 'routingKeyFile'], 'routing-key'), ...filesOfHeaders(headerFiles, at)];
}

function filesOfWebhook(webhook: WebhookSettings, at: DeclarationPath): readonly NamedFile[] {
  return [
    ...one(webhook.urlFile, [...at, 'urlFile'], 'url'),
    ...webhook.secretFiles.flatMap((path, index) => one(path, [...at, 'secretFiles', index], 'signing-secret')),
    ...filesOfHeaders(webhook.headerFiles, at),
    ...one(webhook.templateFile, [...at, 'templateFile'], 'template'),
  ];
}

function filesOfHeaders(files: Readonly<Record<string, string>>, at: DeclarationPath): readonly NamedFile[] {
  return Object.entries(files).flatMap(([name, path]) => one(path, [...at, 'headerFiles', name], 'credential'));
}

function one(path: string | undefined, key: DeclarationPath, kind: NamedFileKind): readonly NamedFile[] {
  return path === undefined ? [] : [{ path, key, kind }];
}
