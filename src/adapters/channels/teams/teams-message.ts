import { singleLine, visibleText } from '../../../domain/text/visible-text.ts';
import { chatMessageOf, type ChatMessage, type ChatMood } from '../facts/chat-message.ts';
import { fitted } from '../facts/fitted.ts';
import { compileText, escapeTexts } from '../template/text-template.ts';
import type { OwnText } from '../template/own-text.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { escapeMarkdown } from './markdown.ts';

/** A message with one Adaptive Card, as the workflow "When a Teams webhook request is received" takes it. */
export interface TeamsMessage {
  readonly type: 'message';
  readonly attachments: readonly {
    readonly contentType: 'application/vnd.microsoft.card.adaptive';
    readonly contentUrl: null;
    readonly content: Card;
  }[];
}

interface Card {
  readonly $schema: string;
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  /** For clients that cannot show the card. */
  readonly fallbackText: string;
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly TextBlock[];
  readonly actions?: readonly { readonly type: 'Action.OpenUrl'; readonly title: string; readonly url: string }[];
}

interface TextBlock {
  readonly type: 'TextBlock';
  readonly text: string;
  readonly wrap: true;
  readonly [look: string]: string | boolean;
}

/** Teams refuses messages of more than 28 kB; workflows put something of their own round them. */
const messageLimitBytes = 24_000;

const looks: Readonly<Record<ChatMood, { readonly mark: string; readonly color: string }>> = {
  page: { mark: '🔴', color: 'Attention' },
  ticket: { mark: '🟠', color: 'Warning' },
  resolved: { mark: '🟢', color: 'Good' },
  closed: { mark: '⚪', color: 'Default' },
  notice: { mark: '🔵', color: 'Accent' },
};

const title = compileText('{{mark}} {{title}}');
const heading = compileText('**{{offHeading}}**');
const bullet = compileText('• {{line}}');
const fact = compileText('**{{name}}** {{text}}');

/** A value of a channel's own template as Teams shows it: on one line, and no markup. */
export const teamsFormat = { escape: (value: string): string => escapeMarkdown(visibleText(singleLine(value))) };

/**
 * The facts as a Teams message, cut so that Teams takes it. The same on every try. `own` renders what stands between the
 * heading and the footnotes where the channel's owner says that; where it is undefined or far too long, the usual texts do.
 */
export function teamsMessageOf(sheet: FactSheet, own?: Pick<OwnText, 'render'>): TeamsMessage {
  return fitted(sheet, own, (cut, text) => small(render(chatMessageOf(cut), text)));
}

function small(message: TeamsMessage): TeamsMessage | undefined {
  return Buffer.byteLength(JSON.stringify(message)) < messageLimitBytes ? message : undefined;
}

function render(message: ChatMessage, own?: string): TeamsMessage {
  const { mark, color } = looks[message.mood];
  const view = escapeTexts({ ...message, mark }, escapeMarkdown);
  const { links } = message;
  const body = [
    block(title(view), { size: 'Large', weight: 'Bolder', color, style: 'heading' }),
    ...(own === undefined ? usualBlocks(view) : ownBlocks(own)),
    ...view.footnotes.map((line, index) =>
      block(line, { spacing: index === 0 ? 'Medium' : 'None', size: 'Small', isSubtle: true }),
    ),
  ];
  const content: Card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: `${mark} ${message.title}`,
    msteams: { width: 'Full' },
    body,
    ...(links.length === 0
      ? {}
      : { actions: links.map((link) => ({ type: 'Action.OpenUrl', title: link.text, url: link.url })) }),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

function usualBlocks(view: ChatMessage): readonly TextBlock[] {
  return [
    ...(view.off.length === 0 ? [] : [block(heading(view), {})]),
    ...view.off.map((line) => block(bullet({ line }), { spacing: 'Small' })),
    ...view.facts.map((each) => block(fact(each), { spacing: 'Small' })),
  ];
}

/** A line each, because cards run lines of one text together. */
function ownBlocks(text: string): readonly TextBlock[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => block(line, { spacing: 'Small' }));
}

function block(text: string, look: Readonly<Record<string, string | boolean>>): TextBlock {
  return { type: 'TextBlock', text, wrap: true, ...look };
}
