import type { SendResult } from '../../../app/ports/channel.ts';
import type { Watcher } from '../../../app/ports/watcher.ts';
import { Poster, type PostingOptions, type PostingParts } from '../posting/poster.ts';

/** A watcher that takes any post to its URL for a sign of life, as the usual services do. */
export class PostingWatcher implements Watcher {
  readonly #poster: Poster;

  /** Throws an Error for people when the options are wrong; files are read with the first beat. */
  constructor(options: PostingOptions, parts: PostingParts) {
    this.#poster = new Poster(options, parts);
  }

  async beat(signal: AbortSignal): Promise<SendResult> {
    return await this.#poster.post(() => Promise.resolve({ body: '{"from":"andon"}', headers: {} }), signal);
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }
}
