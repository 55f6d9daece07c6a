import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';
import type { Answered } from '../posting/exchange.ts';
import { Poster, type PostingOptions, type PostingParts } from '../posting/poster.ts';
import { judgeTeams } from './teams-answer.ts';
import { teamsMessageOf } from './teams-message.ts';

/** Posts notifications to a workflow of Microsoft Teams, each as an Adaptive Card. */
export class TeamsChannel implements Channel {
  readonly type = 'teams';
  readonly name: string;
  readonly concurrency: number;
  readonly #parts: PostingParts;
  readonly #poster: Poster;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: PostingOptions, parts: PostingParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#parts = parts;
    this.#poster = new Poster(options, parts, /^content-type$/);
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const post = {
      body: JSON.stringify(teamsMessageOf(factSheetOf(attempt))),
      headers: {},
      judge: (answered: Answered) => judgeTeams(answered, this.#parts.clock.now()),
    };
    return await this.#poster.post(() => Promise.resolve(post), signal);
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }
}
