import * as z from 'zod';
import { dnsLabel, show } from '../../fields.ts';
import { AlertmanagerSettings } from './alertmanager-settings.ts';
import { CdEventsSettings } from './cdevents-settings.ts';
import { PagerDutySettings } from './pagerduty-settings.ts';
import type { PostingSettings } from './posting-fields.ts';
import { SlackSettings } from './slack-settings.ts';
import { TeamsSettings } from './teams-settings.ts';
import { WebhookSettings } from './webhook-settings.ts';

/** What a channel may be; each gives exactly one of these. */
const kinds = {
  webhook: WebhookSettings.optional().describe('A receiver of HTTP posts.'),
  alertmanager: AlertmanagerSettings.optional().describe('One Alertmanager, or all of a cluster.'),
  slack: SlackSettings.optional().describe('An incoming webhook of Slack.'),
  teams: TeamsSettings.optional().describe('A workflow of Microsoft Teams that posts what it receives.'),
  pagerduty: PagerDutySettings.optional().describe('An integration of PagerDuty, over its Events API v2.'),
  cdevents: CdEventsSettings.optional().describe('A receiver of CDEvents, in CloudEvents over HTTP.'),
};

export type ChannelKind = keyof typeof kinds;
export const channelKinds = Object.keys(kinds) as readonly ChannelKind[];

/** Where pages go. */
export const ChannelSettings = z
  .strictObject({ name: dnsLabel().describe('Name that rule files use.'), ...kinds })
  .superRefine((channel, context) => {
    const given = channelKinds.filter((kind) => channel[kind] !== undefined);
    if (given.length === 1) return;
    const list = channelKinds.join(', ');
    const message =
      given.length === 0
        ? `the channel ${show(channel.name)} says nowhere to send\ngive one of: ${list}`
        : `a channel is one thing, and ${show(channel.name)} is ${given.join(' and ')}\nmake a channel of each`;
    context.addIssue({ code: 'custom', message, params: { code: 'channel-kind' } });
  })
  .meta({ oneOf: channelKinds.map((kind) => ({ required: [kind] })) });
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/** How a channel posts, whatever it is. */
export function postingOf(channel: ChannelSettings): PostingSettings {
  const [posting] = channelKinds.flatMap((kind): PostingSettings[] => {
    const settings = channel[kind];
    return settings === undefined ? [] : [settings];
  });
  if (posting === undefined) throw new Error(`channel ${channel.name} is of no kind`);
  return posting;
}

/** Whether a channel is told again of what nobody acknowledges: the others send open incidents again by themselves, or tell of events only. */
export function isToldAgain({ alertmanager, cdevents }: ChannelSettings): boolean {
  return alertmanager === undefined && cdevents === undefined;
}
