import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import type { Log } from '../../../app/ports/log.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';
import type { Answered } from '../posting/exchange.ts';
import { Poster, type PostingOptions, type ChannelParts } from '../posting/poster.ts';
import { judgeSlack, refusesBlocks } from './slack-answer.ts';
import { OwnText } from '../template/own-text.ts';
import { slackFormat, slackMessageOf } from './slack-message.ts';

/** How a Slack channel is declared. */
export interface SlackOptions extends PostingOptions {
  /** A Handlebars template of what stands between heading and footnotes, in place of the usual texts. */
  readonly template?: string | undefined;
}

/** Posts notifications to an incoming webhook of Slack, as blocks. */
export class SlackChannel implements Channel {
  readonly type = 'slack';
  readonly name: string;
  readonly concurrency: number;
  readonly #log: Log;
  readonly #poster: Poster;
  readonly #own: OwnText | undefined;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: SlackOptions, parts: ChannelParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#log = parts.log;
    this.#poster = new Poster(options, parts, /^content-type$/);
    const place = { channel: this.name, what: 'template', log: parts.log };
    this.#own = OwnText.of(options.template, place, slackFormat);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const { payload, plain } = slackMessageOf(factSheetOf(attempt), this.#own);
    const first = await this.#post(payload, signal);
    if (!first.refusesBlocks) return first.result;
    // Slack's limits change unannounced, and a page without its looks is worth more than none.
    this.#log.error('slack refused the blocks of a message; it is sent as plain text instead', {
      channel: this.name,
      notification: attempt.notification.id,
      detail: 'detail' in first.result ? first.result.detail : '',
    });
    return (await this.#post(plain, signal)).result;
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }

  async #post(
    payload: object,
    signal: AbortSignal,
  ): Promise<{ readonly result: SendResult; readonly refusesBlocks: boolean }> {
    let refused = false;
    const post = {
      body: JSON.stringify(payload),
      headers: {},
      judge: (answered: Answered) => {
        refused = refusesBlocks(answered);
        return judgeSlack(answered);
      },
    };
    const result = await this.#poster.post(() => Promise.resolve(post), signal);
    return { result, refusesBlocks: refused };
  }
}
