import type { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Attempt, Channel, SendResult } from '../../app/ports/channel.ts';
import type { Clock } from '../../app/ports/clock.ts';
import type { Log } from '../../app/ports/log.ts';
import { AddressGuard } from './address-guard.ts';
import { forbidden } from './answer.ts';
import { exchange } from './exchange.ts';
import type { WebhookOptions } from './options.ts';
import { renderBody } from './render-body.ts';
import { SecretFile, SecretFileError } from './secret-file.ts';
import { signature, signingKey } from './sign.ts';
import type { BodyTemplate } from './template.ts';
import { compileTemplate, formatOf } from './template.ts';

interface Parts {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Resolves names; the system's own unless given. */
  readonly lookup?: typeof systemLookup;
}

/** The receiver does not hold a socket open for longer than it says; this bounds idle ones where it says nothing, ms. */
const idleSocketMs = 30_000;

/** Posts notifications as Standard Webhooks: signed, with an id that stays the same on every try. */
export class WebhookChannel implements Channel {
  readonly type = 'webhook';
  readonly name: string;
  readonly concurrency: number;
  readonly #options: WebhookOptions;
  readonly #parts: Parts;
  readonly #url: SecretFile | string;
  readonly #secrets: readonly { readonly path: string; readonly file: SecretFile }[];
  readonly #headers: readonly { readonly name: string; readonly value: string | SecretFile }[];
  readonly #contentType: string;
  readonly #template: BodyTemplate | undefined;
  readonly #guard: AddressGuard;
  readonly #agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent };

  /** Throws an Error for people when the options are wrong; files are read with the first send. */
  constructor(options: WebhookOptions, parts: Parts) {
    this.name = options.name;
    this.concurrency = options.concurrency;
    this.#options = options;
    this.#parts = parts;
    this.#url = urlSource(options);
    this.#secrets = options.secretFiles.map((path) => ({ path, file: new SecretFile(path) }));
    this.#headers = headerSources(options);
    const contentType = this.#headers.find(({ name }) => name === 'content-type')?.value;
    this.#contentType = typeof contentType === 'string' ? contentType : 'application/json';
    this.#template =
      options.template === undefined ? undefined : compileTemplate(options.template, formatOf(this.#contentType));
    this.#guard = new AddressGuard(options.allowAddresses, options.denyAddresses, parts.lookup);
    const agent = {
      keepAlive: true,
      maxSockets: options.concurrency,
      timeout: idleSocketMs,
      lookup: this.#guard.lookup,
    };
    this.#agents = { 'http:': new HttpAgent(agent), 'https:': new HttpsAgent(agent) };
  }

  async send(attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
    let url: URL;
    let headers: Record<string, string>;
    const { body, templateProblem } = this.#render(attempt);
    try {
      url = await this.#readUrl();
      headers = await this.#sealedHeaders(attempt.notification.id, body);
    } catch (error) {
      if (!(error instanceof SecretFileError)) throw error;
      // A file may be missing while a mounted secret is being replaced, so the next try may find it.
      return { kind: 'retry', reason: 'unreachable', detail: error.message };
    }
    if (!this.#guard.allowsHost(url.hostname)) return forbidden(url.origin);
    const result = await exchange({
      url,
      body,
      headers,
      agent: url.protocol === 'https:' ? this.#agents['https:'] : this.#agents['http:'],
      timeoutMs: this.#options.timeoutMs,
      signal,
      now: () => this.#parts.clock.now(),
    });
    if (templateProblem === undefined || result.kind !== 'refused') return result;
    return { kind: 'refused', reason: 'bad-template', detail: `${templateProblem}; ${result.detail}` };
  }

  async close(): Promise<void> {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
    await Promise.resolve();
  }

  /** A template that fails on one incident's facts costs its looks, not the page: the standard body goes instead. */
  #render(attempt: Attempt): { readonly body: string; readonly templateProblem?: string } {
    const facts = renderBody(attempt);
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

  async #readUrl(): Promise<URL> {
    if (typeof this.#url === 'string') return new URL(this.#url);
    const text = await this.#url.read();
    const problem = urlProblem(text);
    if (problem !== undefined) throw new SecretFileError(`${this.#options.urlFile ?? 'the URL file'}: ${problem}`);
    return new URL(text);
  }

  /** The configured headers, and over them those that seal the message. */
  async #sealedHeaders(id: string, body: string): Promise<Record<string, string>> {
    const headers: Record<string, string> = { 'content-type': this.#contentType, 'user-agent': 'Andon' };
    for (const { name, value } of this.#headers) {
      headers[name] = typeof value === 'string' ? value : await readHeader(name, value);
    }
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
    headers['webhook-id'] = id;
    headers['webhook-timestamp'] = String(timestamp);
    if (keys.length > 0) headers['webhook-signature'] = signature(keys, id, timestamp, body);
    return headers;
  }
}

/** What keeps a text from being a URL to post to; undefined when nothing does. Never repeats the text. */
export function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'this is no URL: write it as https://host/path';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:')
    return `the scheme must be https or http, not ${protocol.slice(0, -1)}`;
  if (username !== '' || password !== '')
    return 'credentials do not belong into the URL: give them as a header from a file';
  return undefined;
}

function urlSource({ name, url, urlFile }: WebhookOptions): SecretFile | string {
  if (url === undefined && urlFile !== undefined) return new SecretFile(urlFile);
  const problem = url === undefined || urlFile !== undefined ? 'give either url or urlFile' : urlProblem(url);
  if (problem !== undefined) throw new Error(`channel ${name}: ${problem}`);
  return url ?? '';
}

const ours = /^(webhook-|content-length$|transfer-encoding$|connection$)/;

function headerSources({ name, headers, headerFiles }: WebhookOptions) {
  const sources = [
    ...Object.entries(headers).map(([header, value]) => ({ name: header.toLowerCase(), value })),
    ...Object.entries(headerFiles).map(([header, path]) => ({
      name: header.toLowerCase(),
      value: new SecretFile(path),
    })),
  ];
  const taken = sources.find((source) => ours.test(source.name));
  if (taken !== undefined) throw new Error(`channel ${name}: the header ${taken.name} is set by Andon itself`);
  return sources;
}

async function readHeader(name: string, file: SecretFile): Promise<string> {
  const value = await file.read();
  // Node would refuse it too, but with the value in sight of its message.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw new SecretFileError(`the file of header ${name} holds more than one line`);
  return value;
}
