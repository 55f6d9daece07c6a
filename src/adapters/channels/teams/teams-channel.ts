import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';
import type { Answered } from '../posting/exchange.ts';
import { Poster, type PostingOptions, type ChannelParts } from '../posting/poster.ts';
import { judgeTeams } from './teams-answer.ts';
import { OwnText } from '../template/own-text.ts';
import { teamsFormat, teamsMessageOf } from './teams-message.ts';

/** How a Teams channel is declared. */
export interface TeamsOptions extends PostingOptions {
  /** A Handlebars template of what stands between heading and footnotes, in place of the usual texts. */
  readonly template?: string | undefined;
}

/** Posts notifications to a workflow of Microsoft Teams, each as an Adaptive Card. */
export class TeamsChannel implements Channel {
  readonly type = 'teams';
  readonly name: string;
  readonly concurrency: number;
  readonly #parts: ChannelParts;
  readonly #poster: Poster;
  readonly #own: OwnText | undefined;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: TeamsOptions, parts: ChannelParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#parts = parts;
    this.#poster = new Poster(options, parts, /^content-type$/);
    const place = { channel: this.name, what: 'template', log: parts.log };
    this.#own = OwnText.of(options.template, place, teamsFormat);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const post = {
      body: JSON.stringify(teamsMessageOf(factSheetOf(attempt), this.#own)),
      headers: {},
      judge: (answered: Answered) => judgeTeams(answered, this.#parts.clock.now()),
    };
    return await this.#poster.post(() => Promise.resolve(post), signal);
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }
}
