import { readFile } from 'node:fs/promises';
import { AlertmanagerChannel } from '../adapters/channels/alertmanager/alertmanager-channel.ts';
import { CdEventsChannel } from '../adapters/channels/cdevents/cdevents-channel.ts';
import { PagerDutyChannel } from '../adapters/channels/pagerduty/pagerduty-channel.ts';
import type { ChannelParts, PostingOptions } from '../adapters/channels/posting/poster.ts';
import { SlackChannel } from '../adapters/channels/slack/slack-channel.ts';
import { TeamsChannel } from '../adapters/channels/teams/teams-channel.ts';
import { checkTemplate } from '../adapters/channels/template/template.ts';
import { WebhookChannel } from '../adapters/channels/webhook/webhook-channel.ts';
import type { Channel } from '../app/ports/channel.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { Log } from '../app/ports/log.ts';
import { postingOf, type ChannelSettings, type ProxySettings } from '../config/settings.ts';
import { composeProxy } from './proxy.ts';
import { SettingsError } from './settings-error.ts';

/** A channel's settings with the text of its template file in them. Rejects with SettingsError when it cannot be used. */
export async function withTemplate(settings: ChannelSettings): Promise<ChannelSettings> {
  if (settings.webhook?.templateFile === undefined) return settings;
  const { templateFile, ...webhook } = settings.webhook;
  return { ...settings, webhook: { ...webhook, template: await readTemplate(templateFile) } };
}

/** Throws SettingsError. The template, if any, stands in the settings. */
export function composeChannel(settings: ChannelSettings, clock: Clock, log: Log, proxy?: ProxySettings): Channel {
  try {
    return makeChannel(settings, { clock, log, ...composeProxy(proxy) });
  } catch (error) {
    throw new SettingsError(`channel ${settings.name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function makeChannel(settings: ChannelSettings, parts: ChannelParts): Channel {
  const posting = postingOptions(settings);
  const { webhook, alertmanager, slack, teams, pagerduty, cdevents } = settings;
  if (webhook !== undefined) {
    const { secretFiles, template } = webhook;
    return new WebhookChannel({ ...posting, secretFiles, ...(template === undefined ? {} : { template }) }, parts);
  }
  if (alertmanager !== undefined) {
    const { url, urls = url === undefined ? [] : [url], resendEvery, labels, annotations } = alertmanager;
    return new AlertmanagerChannel({ ...posting, urls, resendEveryMs: resendEvery, labels, annotations }, parts);
  }
  if (slack !== undefined) return new SlackChannel({ ...posting, template: slack.template }, parts);
  if (teams !== undefined) return new TeamsChannel({ ...posting, template: teams.template }, parts);
  if (pagerduty !== undefined) {
    const { url, routingKeyFile, summary, details } = pagerduty;
    return new PagerDutyChannel({ ...posting, url, routingKeyFile, summary, details }, parts);
  }
  if (cdevents !== undefined) {
    const { environment, source, mode, description } = cdevents;
    return new CdEventsChannel({ ...posting, environment, source, mode, description }, parts);
  }
  throw new Error('it is of no kind that this Andon knows');
}

function postingOptions(settings: ChannelSettings): PostingOptions {
  const { url, urlFile, timeout, concurrency, headers, headerFiles, allowAddresses, denyAddresses } =
    postingOf(settings);
  return {
    name: settings.name,
    ...(url === undefined ? {} : { url }),
    ...(urlFile === undefined ? {} : { urlFile }),
    timeoutMs: timeout,
    concurrency,
    headers,
    headerFiles,
    allowAddresses: allowAddresses ?? [],
    denyAddresses: denyAddresses ?? [],
  };
}

async function readTemplate(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`${path}: the template cannot be read; check that the file exists and Andon may read it`, {
      cause: error,
    });
  }
  const problem = checkTemplate(text);
  if (problem !== undefined) throw new SettingsError(`${path}: ${problem}`);
  return text;
}
