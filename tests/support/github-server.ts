import { generateKeyPairSync, verify } from 'node:crypto';
import { status, WebhookReceiver, type ReceivedRequest, type ReceiverAnswer } from './webhook-receiver.ts';

/** The key pair of an App, as GitHub hands the private half out: PKCS #1 in PEM. */
export const appKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

export const appId = 123_456;
export const installation = 11;
export const reviewPath = '/repos/octo/shop/actions/runs/7/deployment_protection_rule';

const tokenPath = /^\/app\/installations\/(\d+)\/access_tokens$/;

/** GitHub's API as far as an App that answers protection rules sees it, on the loopback interface. */
export class GitHubServer {
  readonly receiver: WebhookReceiver;
  /** Reviews, as they were posted. */
  readonly reviews: { readonly path: string; readonly token: string; readonly body: unknown }[] = [];
  /** What the next reviews are answered, in turn; 204 after that. */
  readonly answers: ReceiverAnswer[] = [];
  /** Instead of a token, in turn. */
  readonly tokenAnswers: ReceiverAnswer[] = [];
  /** How long its tokens last, ms, and the time that it is there, ms since the epoch. */
  tokenLifeMs = 3_600_000;
  now: () => number = () => Date.now();
  readonly tokens: string[] = [];
  readonly #valid = new Set<string>();

  private constructor(receiver: WebhookReceiver) {
    this.receiver = receiver;
    receiver.answer = (request) => this.#answer(request);
  }

  static async start(): Promise<GitHubServer> {
    return new GitHubServer(await WebhookReceiver.start());
  }

  get url(): string {
    return this.receiver.origin;
  }

  get callbackUrl(): string {
    return this.url + reviewPath;
  }

  /** Takes every token back. */
  revoke(): void {
    this.#valid.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver.close();
  }

  #answer(given: ReceivedRequest): ReceiverAnswer {
    // An enterprise's own server has its API below a path.
    const request = { ...given, path: given.path.replace(/^\/api\/v3/, '') };
    if (request.method !== 'POST') return problem(405, 'Method not allowed');
    const bearer = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const asked = tokenPath.exec(request.path)?.[1];
    return asked === undefined ? this.#review(request, bearer) : this.#token(bearer, Number(asked));
  }

  #token(jwt: string, id: number): ReceiverAnswer {
    const scripted = this.tokenAnswers.shift();
    if (scripted !== undefined) return scripted;
    const fault = this.#jwtFault(jwt);
    if (fault !== undefined) return problem(401, fault);
    if (id !== installation) return problem(404, 'Not Found');
    const token = `ghs_${this.tokens.length + 1}${'x'.repeat(32)}`;
    this.tokens.push(token);
    this.#valid.add(token);
    const body = {
      token,
      expires_at: new Date(this.now() + this.tokenLifeMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      permissions: { actions: 'read', deployments: 'write', metadata: 'read' },
      repository_selection: 'selected',
      // Longer than what is kept of other answers.
      repositories: [{ id: 1, full_name: 'octo/shop', description: 'd'.repeat(5_000) }],
    };
    return status(201, { 'content-type': 'application/json' }, JSON.stringify(body));
  }

  #review({ path, text }: ReceivedRequest, token: string): ReceiverAnswer {
    this.reviews.push({ path, token, body: JSON.parse(text) as unknown });
    const scripted = this.answers.shift();
    if (scripted !== undefined) return scripted;
    if (!this.#valid.has(token)) return problem(401, 'Bad credentials');
    if (path !== reviewPath) return problem(404, 'Not Found');
    return status(204);
  }

  #jwtFault(jwt: string): string | undefined {
    const [head = '', claims = '', signature = ''] = jwt.split('.');
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${claims}`),
      appKey.publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!isSigned || decoded(head)['alg'] !== 'RS256') return 'A JSON web token could not be decoded';
    const { iat, exp, iss } = decoded(claims);
    const now = Math.floor(this.now() / 1000);
    if (iss !== String(appId)) return "'Issuer' claim ('iss') must be an Integer";
    if (!Number.isInteger(iat) || Number(iat) > now) return "'Issued at' claim ('iat') is in the future";
    if (!Number.isInteger(exp) || Number(exp) <= now || Number(exp) > now + 600)
      return "'Expiration time' claim ('exp') is too far in the future";
    return undefined;
  }
}

/** As GitHub tells what is wrong. */
export function problem(code: number, message: string, headers: Readonly<Record<string, string>> = {}): ReceiverAnswer {
  return status(code, { 'content-type': 'application/json', ...headers }, JSON.stringify({ message }));
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}
