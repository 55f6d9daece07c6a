import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebhookOptions } from '../../../../src/adapters/channels/webhook/options.ts';

/** The secret of the Standard Webhooks test vector. */
export const vectorSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** Options of a channel to `url`, unsigned and without a template. */
export function webhookOptions(changes: Partial<WebhookOptions> = {}): WebhookOptions {
  return {
    name: 'oncall',
    secretFiles: [],
    timeoutMs: 2_000,
    concurrency: 4,
    headers: {},
    headerFiles: {},
    allowAddresses: [],
    denyAddresses: [],
    ...changes,
  };
}

/** A directory for secrets that goes away with its test. */
export class SecretDirectory {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async make(): Promise<SecretDirectory> {
    return new SecretDirectory(await mkdtemp(join(tmpdir(), 'andon-secrets-')));
  }

  path(name: string): string {
    return join(this.#path, name);
  }

  async write(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#path, { recursive: true });
  }
}
