import type { Attempt, Channel, SendResult } from '../../../app/ports/channel.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';
import { Poster, type ChannelParts } from '../posting/poster.ts';
import { SecretFile, SecretFileError } from '../posting/secret-file.ts';
import type { BodyTemplate } from '../template/template.ts';
import { compileTemplate, formatOf } from '../template/template.ts';
import type { WebhookOptions } from './options.ts';
import { signature, signingKey } from './sign.ts';

/** Posts notifications as Standard Webhooks: signed, with an id that stays the same on every try. */
export class WebhookChannel implements Channel {
  readonly type = 'webhook';
  readonly name: string;
  readonly concurrency: number;
  readonly #parts: ChannelParts;
  readonly #poster: Poster;
  readonly #secrets: readonly { readonly path: string; readonly file: SecretFile }[];
  readonly #template: BodyTemplate | undefined;

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: WebhookOptions, parts: ChannelParts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#parts = parts;
    this.#poster = new Poster(options, parts, /^webhook-/);
    this.#secrets = options.secretFiles.map((path) => ({ path, file: new SecretFile(path) }));
    const contentType = this.#poster.contentType ?? 'application/json';
    this.#template =
      options.template === undefined ? undefined : compileTemplate(options.template, formatOf(contentType));
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    const { body, templateProblem } = this.#render(attempt);
    const headers = async () => await this.#seal(attempt.notification.id, body);
    const result = await this.#poster.post(async () => ({ body, headers: await headers() }), signal);
    if (templateProblem === undefined || result.kind !== 'refused') return result;
    return { kind: 'refused', reason: 'bad-template', detail: `${templateProblem}; ${result.detail}` };
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }

  /** A template that fails on one incident's facts costs its looks, not the page: the standard body goes instead. */
  #render(attempt: Attempt): { readonly body: string; readonly templateProblem?: string } {
    const facts = factSheetOf(attempt);
    const standard = JSON.stringify(facts);
    if (this.#template === undefined) return { body: standard };
    try {
      return { body: this.#template.render(facts) };
    } catch (error) {
      const templateProblem = `the template failed: ${error instanceof Error ? error.message : String(error)}`;
      this.#parts.log.error('webhook template failed; the standard body is sent instead', {
        channel: this.name,
        notification: attempt.notification.id,
        detail: templateProblem,
      });
      return { body: standard, templateProblem };
    }
  }

  /** The headers that seal the message. Rejects with SecretFileError. */
  async #seal(id: string, body: string): Promise<Record<string, string>> {
    const keys: Buffer[] = [];
    for (const { path, file } of this.#secrets) {
      for (const secret of (await file.read()).split(/\s+/)) {
        const key = signingKey(secret);
        if (key === undefined)
          throw new SecretFileError(`${path} holds no secret: write whsec_ and base64 of 24 to 64 bytes`);
        keys.push(key);
      }
    }
    const timestamp = Math.floor(this.#parts.clock.now() / 1000);
    return {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...(keys.length > 0 ? { 'webhook-signature': signature(keys, id, timestamp, body) } : {}),
    };
  }
}
