import { chatMessageOf, type ChatMessage, type ChatMood } from '../facts/chat-message.ts';
import { fitted } from '../facts/fitted.ts';
import { compileText, escapeTexts } from '../template/text-template.ts';
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

/** The facts as a Slack message, cut so that Slack takes it. The same on every try. */
export function slackMessageOf(sheet: FactSheet): SlackMessage {
  return fitted(sheet, (cut) => render(chatMessageOf(cut)));
}

/** Undefined when Slack would refuse it as too long. */
function render(message: ChatMessage): SlackMessage | undefined {
  const mark = marks[message.mood];
  const view = escapeTexts({ ...message, mark }, escapeMrkdwn);
  const shown = {
    ...view,
    links: view.links.map((link) => ({ ...link, url: escapeMrkdwn(link.url) })).filter(({ url }) => url.length < 1_400),
  };
  const texts = [off(shown), links(shown), facts(shown)].filter((text) => text !== '');
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

function plain(text: string): Text {
  return { type: 'plain_text', text, emoji: false };
}
