import type { SendResult } from '../../../app/ports/channel.ts';
import type { Log } from '../../../app/ports/log.ts';
import type { Post, Poster } from '../posting/poster.ts';

interface Replica {
  readonly poster: Poster;
  readonly where: string;
  /** It could not be reached when it was last tried. */
  suspect: boolean;
  /** A post to it is under way. */
  posts: number;
  /** Why it did not take what another one took. */
  problem?: string;
}

/** How long the others may still take once one has accepted, ms: a replica that hangs must not hold up the next page. */
const graceMs = 1_000;

/**
 * Posts the same to every Alertmanager of a cluster, since they do not hand alerts on to each other. It is accepted
 * once one accepts; whoever missed it gets it when it is sent again.
 */
export class Replicas {
  readonly #channel: string;
  readonly #log: Log;
  readonly #replicas: readonly Replica[];

  constructor(channel: string, posters: readonly { readonly poster: Poster; readonly where: string }[], log: Log) {
    this.#channel = channel;
    this.#log = log;
    this.#replicas = posters.map((each) => ({ ...each, suspect: false, posts: 0 }));
  }

  /** Never rejects. */
  async post(post: Post, signal: AbortSignal): Promise<SendResult> {
    const cut = new AbortController();
    const abort = (): void => cut.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) cut.abort();
    let grace: NodeJS.Timeout | undefined;
    const answers = await Promise.all(
      this.#asked().map(async (replica) => {
        const result = await this.#one(replica, post, cut.signal);
        if (result.kind === 'accepted') grace ??= setTimeout(abort, graceMs);
        return { replica, result };
      }),
    );
    clearTimeout(grace);
    signal.removeEventListener('abort', abort);
    if (!answers.some(({ result }) => result.kind === 'accepted')) {
      if (!signal.aborted) for (const { replica, result } of answers) replica.suspect = isAway(result);
      return together(answers.map(({ result }) => result));
    }
    for (const { replica, result } of answers) {
      // Those that were cut short because the whole send was tell nothing about themselves.
      if (result.kind === 'accepted' || !signal.aborted) this.#note(replica, result);
    }
    return { kind: 'accepted' };
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map(async ({ poster }) => await poster.close()));
  }

  /** All of them; but while others answer, a replica that does not is tried by one post at a time. */
  #asked(): readonly Replica[] {
    if (this.#replicas.every(({ suspect }) => suspect)) return this.#replicas;
    return this.#replicas.filter(({ suspect, posts }) => !suspect || posts === 0);
  }

  async #one(replica: Replica, post: Post, signal: AbortSignal): Promise<SendResult> {
    replica.posts += 1;
    try {
      return await replica.poster.post(async () => await Promise.resolve(post), signal);
    } finally {
      replica.posts -= 1;
    }
  }

  #note(replica: Replica, result: SendResult): void {
    const { where } = replica;
    replica.suspect = isAway(result);
    if (result.kind === 'accepted') {
      if (replica.problem !== undefined)
        this.#log.info('an Alertmanager takes alerts again', { channel: this.#channel, where });
      delete replica.problem;
      return;
    }
    const reason = result.kind === 'gone' ? 'gone' : result.reason;
    if (replica.problem === reason) return;
    replica.problem = reason;
    this.#log.warn('an Alertmanager did not take an alert that another one took; it is told again', {
      channel: this.#channel,
      where,
      reason,
      detail: result.detail,
    });
  }
}

function isAway(result: SendResult): boolean {
  return result.kind === 'retry' && (result.reason === 'unreachable' || result.reason === 'timeout');
}

/** What the answers come to when nobody accepted: as long as one may accept later, it is worth another try. */
function together(results: readonly SendResult[]): SendResult {
  const detail = results.flatMap((result) => ('detail' in result ? [result.detail] : [])).join('; ');
  const retries = results.filter((result) => result.kind === 'retry');
  const [retry] = retries;
  if (retry !== undefined) {
    const asked = retries.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
    // Whoever named no time may be asked again at once.
    const retryAfter = asked.length < retries.length ? {} : { retryAfterMs: Math.min(...asked) };
    return { kind: 'retry', reason: retry.reason, detail, ...retryAfter };
  }
  const reason = results.find((result) => result.kind === 'refused')?.reason ?? 'rejected';
  return { kind: 'refused', reason, detail };
}
