import { singleLine, visibleText } from '../../../domain/text/visible-text.ts';
import { chatMessageOf, type ChatFact, type ChatMessage, type ChatMood } from '../facts/chat-message.ts';
import { fitted } from '../facts/fitted.ts';
import { compileText, escapeTexts } from '../template/text-template.ts';
import type { OwnText } from '../template/own-text.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { cutMrkdwn, escapeMrkdwn } from './mrkdwn.ts';

/** A message with blocks, and what to send should Slack refuse those: the same as plain text. */
export interface SlackMessage {
  readonly payload: SlackPayload;
  readonly plain: Omit<SlackPayload, 'blocks'>;
}

interface SlackPayload {
  /** What phones show on the lock screen. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

type Text =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
  /** `verbatim` keeps Slack from making mentions and links of names. */
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
type Block =
  | { readonly type: 'header' | 'section'; readonly text: Text }
  | { readonly type: 'context'; readonly elements: readonly Text[] };

const headerLimit = 150;
const textLimit = 3_000;
/** Slack refuses blocks of some 11,000 to 13,000 characters in total, and does not say how it counts. */
const totalLimit = 10_000;

const marks: Readonly<Record<ChatMood, string>> = {
  page: '🔴',
  ticket: '🟠',
  resolved: '🟢',
  closed: '⚪',
  notice: '🔵',
};

const notice = compileText('{{mark}} {{#if urgency}}{{urgency}}: {{/if}}{{title}}');
const off = compileText(`{{#each off}}{{#if @first}}*{{../offHeading}}*{{/if}}
• {{this}}{{/each}}`);
const links = compileText('{{#each links}}{{#unless @first}} · {{/unless}}<{{url}}|{{text}}>{{/each}}');
const facts = compileText(`{{#each facts}}{{#unless @first}}
{{/unless}}*{{name}}* {{text}}{{/each}}`);

/** A value of a channel's own template as Slack shows it: on one line, and calling nobody. */
export const slackFormat = { escape: (value: string): string => escapeMrkdwn(visibleText(singleLine(value))) };

/**
 * The facts as a Slack message, cut so that Slack takes it. The same on every try. `own` renders what stands between the
 * heading and the footnotes where the channel's owner says that; where it is undefined or far too long, the usual texts do.
 */
export function slackMessageOf(sheet: FactSheet, own?: Pick<OwnText, 'render'>): SlackMessage {
  return fitted(sheet, own, (cut, text) => render(chatMessageOf(cut), text));
}

/** Undefined when Slack would refuse it as too long. */
function render(message: ChatMessage, own?: string): SlackMessage | undefined {
  const mark = marks[message.mood];
  const view = escapeTexts({ ...message, mark }, escapeMrkdwn);
  const shown = {
    ...view,
    links: view.links.map((link) => ({ ...link, url: escapeMrkdwn(link.url) })).filter(({ url }) => url.length < 1_400),
  };
  const texts = (
    own === undefined
      ? [off(shown), links(shown), ...inSections(shown.facts).map((part) => facts({ facts: part }))]
      : [own]
  ).filter((text) => text !== '');
  const blocks: readonly Block[] = [
    { type: 'header', text: plain(cutMrkdwn(`${mark} ${message.title}`, headerLimit)) },
    ...texts.map((text): Block => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })),
    { type: 'context', elements: shown.footnotes.map(plain) },
  ];
  if ([...texts, ...shown.footnotes].some((text) => text.length > textLimit)) return undefined;
  if (JSON.stringify(blocks).length > totalLimit) return undefined;
  const quiet = { unfurl_links: false, unfurl_media: false } as const;
  const text = notice(shown);
  return {
    payload: { text, blocks, ...quiet },
    plain: { text: [text, ...texts, ...shown.footnotes].join('\n'), ...quiet },
  };
}

/** A section takes fewer characters than the facts of a large outage have. */
function inSections(all: readonly ChatFact[]): readonly (readonly ChatFact[])[] {
  const sections: ChatFact[][] = [];
  let room = 0;
  for (const each of all) {
    const length = each.name.length + each.text.length + '** \n'.length;
    if (length > room) {
      sections.push([]);
      room = textLimit;
    }
    sections.at(-1)?.push(each);
    room -= length;
  }
  return sections;
}

function plain(text: string): Text {
  return { type: 'plain_text', text, emoji: false };
}
