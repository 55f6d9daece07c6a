import { z } from 'zod';
import type { SendResult } from '../../app/ports/channel.ts';
import type { Clock } from '../../app/ports/clock.ts';
import type { ProtectionAnswerer, ProtectionReply } from '../../app/ports/protection-answerer.ts';
import { appJwt, AppKeyError } from './app-jwt.ts';
import { judgeGitHub, parseJson } from './github-answer.ts';
import type { GuardedPost } from './guarded-post.ts';

export interface GitHubAppOptions {
  /** The App's id, or its client id. */
  readonly id: string;
  /** `https://api.github.com`, or `https://…/api/v3` of an enterprise's own. */
  readonly apiUrl: string;
  /** How long a deployment may wait for the gate, ms. */
  readonly waitAtMostMs: number;
}

export interface GitHubAppParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Posts below `apiUrl`. */
  readonly posting: GuardedPost;
  /** The private key as its file holds it now, in PEM. */
  readonly readKey: () => Promise<string>;
}

const TokenWire = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });

/** A token is not used in its last minute, ms. */
const marginMs = 60_000;
/** An answer with a token lists repositories and permissions too; it is this long at most, bytes. */
const tokenAnswerBytes = 262_144;
const refusalBytes = 4_000;
const callback = /^\/repos\/[^/]+\/[^/]+\/actions\/runs\/\d+\/deployment_protection_rule$/;
/** All that a review takes, whatever else the App may do. */
const tokenRequest = JSON.stringify({ permissions: { deployments: 'write' } });
const usualHeaders = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

interface Token {
  readonly token: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}
type Got = ({ readonly kind: 'token' } & Token) | Exclude<SendResult, { kind: 'accepted' }>;

/** Answers deployment protection rules in the name of a GitHub App. */
export class GitHubApp implements ProtectionAnswerer {
  readonly waitAtMostMs: number;
  readonly #options: GitHubAppOptions;
  readonly #parts: GitHubAppParts;
  readonly #api: URL;
  /** By installation. */
  readonly #tokens = new Map<number, Token>();
  readonly #asking = new Map<number, Promise<Got>>();

  constructor(options: GitHubAppOptions, parts: GitHubAppParts) {
    this.#options = options;
    this.#parts = parts;
    this.#api = new URL(options.apiUrl);
    this.waitAtMostMs = options.waitAtMostMs;
  }

  mayCall(url: string): boolean {
    return this.#pathOf(url) !== undefined;
  }

  async answer(reply: ProtectionReply, signal: AbortSignal): Promise<SendResult> {
    const path = this.#pathOf(reply.callbackUrl);
    if (path === undefined) {
      const detail = `the callback URL is no deployment protection rule below ${this.#api.origin}${this.#api.pathname}`;
      return { kind: 'refused', reason: 'forbidden-address', detail };
    }
    // A token may be revoked before its time: the first 401 costs the token, the second is an answer.
    const first = await this.#review(path, reply, signal);
    return first === 'unauthorized' ? await this.#again(path, reply, signal) : first;
  }

  async close(): Promise<void> {
    this.#tokens.clear();
    await this.#parts.posting.close();
  }

  async #again(path: string, reply: ProtectionReply, signal: AbortSignal): Promise<SendResult> {
    const second = await this.#review(path, reply, signal);
    if (second !== 'unauthorized') return second;
    const detail = `${this.#api.origin} answered HTTP 401 to a token that it had just given`;
    return { kind: 'refused', reason: 'rejected', detail };
  }

  async #review(
    path: string,
    { environment, state, comment, installation }: ProtectionReply,
    signal: AbortSignal,
  ): Promise<SendResult | 'unauthorized'> {
    const got = await this.#token(installation, signal);
    if (got.kind !== 'token') return got;
    let unauthorized = false;
    const result = await this.#parts.posting.post(
      async () =>
        await Promise.resolve({
          path,
          // Without a state it is a word beside the deployment, which waits on.
          body: JSON.stringify({ environment_name: environment, ...(state === undefined ? {} : { state }), comment }),
          headers: { ...usualHeaders, authorization: `Bearer ${got.token}` },
          keepBytes: refusalBytes,
          judge: (answered) => {
            unauthorized = answered.status === 401;
            return judgeGitHub(answered);
          },
        }),
      signal,
    );
    if (!unauthorized) return result;
    this.#tokens.delete(installation);
    return 'unauthorized';
  }

  /** Questions that come together share one request for a token. */
  async #token(installation: number, signal: AbortSignal): Promise<Got> {
    const known = this.#tokens.get(installation);
    if (known !== undefined && known.expiresAt - marginMs > this.#parts.clock.now()) return { kind: 'token', ...known };
    const asking =
      this.#asking.get(installation) ??
      this.#askToken(installation, signal).finally(() => {
        this.#asking.delete(installation);
      });
    this.#asking.set(installation, asking);
    return await asking;
  }

  async #askToken(installation: number, signal: AbortSignal): Promise<Got> {
    let token: Token | undefined;
    const judge = (answered: Parameters<typeof judgeGitHub>[0]): SendResult | undefined => {
      const { usual, status, text } = answered;
      if (usual.kind === 'accepted') {
        token = tokenIn(text);
        return undefined;
      }
      const judged = judgeGitHub(answered);
      // The key or the id may be mended while the deployment waits.
      if (status !== 401 || judged?.kind !== 'refused') return judged;
      return { kind: 'retry', reason: 'rejected', detail: `${judged.detail} (check the App's id, key and the clock)` };
    };
    let result: SendResult;
    try {
      result = await this.#parts.posting.post(
        async () => ({
          path: `/app/installations/${installation}/access_tokens`,
          body: tokenRequest,
          headers: { ...usualHeaders, authorization: `Bearer ${await this.#jwt()}` },
          keepBytes: tokenAnswerBytes,
          judge,
        }),
        signal,
      );
    } catch (error) {
      if (!(error instanceof AppKeyError)) throw error;
      return { kind: 'retry', reason: 'rejected', detail: error.message };
    }
    if (result.kind !== 'accepted') return result;
    if (token === undefined)
      return { kind: 'retry', reason: 'server-error', detail: `${this.#api.origin} gave no token that can be read` };
    this.#tokens.set(installation, token);
    return { kind: 'token', ...token };
  }

  async #jwt(): Promise<string> {
    return appJwt(this.#options.id, await this.#parts.readKey(), this.#parts.clock.now());
  }

  /** Where below the API a URL leads, if it is one that takes reviews: the token must get nowhere else. */
  #pathOf(text: string): string | undefined {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    const base = this.#api.pathname.replace(/\/+$/, '');
    const isBare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (!isBare || url.origin !== this.#api.origin || !url.pathname.startsWith(`${base}/`)) return undefined;
    const path = url.pathname.slice(base.length);
    return callback.test(path) ? path : undefined;
  }
}

function tokenIn(text: string): Token | undefined {
  const { token, expires_at: expiresAt } = TokenWire.safeParse(parseJson(text)).data ?? {};
  return token === undefined || expiresAt === undefined ? undefined : { token, expiresAt: Date.parse(expiresAt) };
}
