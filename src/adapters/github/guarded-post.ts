import type { SendResult } from '../../app/ports/channel.ts';

/** What a server answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** What the status means everywhere. */
  readonly usual: SendResult;
}

interface Post {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Appended to the path of the API's URL. */
  readonly path: string;
  /** How much of the answer is kept to be judged, bytes. */
  readonly keepBytes: number;
  readonly judge: (answered: Answered) => SendResult | undefined;
}

/**
 * Posts to the API once: addresses guarded, redirects never followed, bounded in time. Whatever fails is a value;
 * only what `prepare` throws comes through.
 */
export interface GuardedPost {
  post(prepare: () => Promise<Post>, signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}
