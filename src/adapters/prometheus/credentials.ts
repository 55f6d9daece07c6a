import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import type { PrometheusOptions } from './options.ts';
import { SecretFile } from './secret-file.ts';

/** The headers that let Andon in, or why they cannot be had. */
export type CredentialHeaders =
  | {
      readonly kind: 'ok';
      readonly headers: Readonly<Record<string, string>>;
      /** Every text that must not appear in a detail, longest first. */
      readonly secrets: readonly string[];
    }
  | Failed;

/** Reads credentials at each use, so that a rotated token works at once. Never sends a request without them. */
export class Credentials {
  readonly #plain: Readonly<Record<string, string>>;
  readonly #urlSecrets: readonly string[];
  readonly #basic: { readonly username: string; readonly file: SecretFile } | undefined;
  readonly #bearer: SecretFile | undefined;
  readonly #headerFiles: readonly (readonly [string, SecretFile])[];

  constructor(options: PrometheusOptions, monotonic: () => number) {
    const fileAt = (path: string): SecretFile => new SecretFile(path, monotonic);
    const { username, password } = new URL(options.url);
    const fromUrl =
      username === '' ? {} : { authorization: basic(decodeURIComponent(username), decodeURIComponent(password)) };
    this.#plain = { ...fromUrl, ...options.headers };
    this.#urlSecrets = [password, decodeURIComponent(password)].filter((text) => text !== '');
    this.#basic = options.basicAuth && {
      username: options.basicAuth.username,
      file: fileAt(options.basicAuth.passwordFile),
    };
    this.#bearer = options.bearerTokenFile === undefined ? undefined : fileAt(options.bearerTokenFile);
    this.#headerFiles = Object.entries(options.headerFiles ?? {}).map(([name, path]) => [name, fileAt(path)]);
  }

  async headers(): Promise<CredentialHeaders> {
    const headers: Record<string, string> = { ...this.#plain };
    const secrets: string[] = [...this.#urlSecrets];
    const uses: readonly (readonly [string, SecretFile, (text: string) => string])[] = [
      ...(this.#basic === undefined ? [] : [this.#basicUse(this.#basic)]),
      ...(this.#bearer === undefined ? [] : [['authorization', this.#bearer, bearer] as const]),
      ...this.#headerFiles.map(([name, file]) => [name, file, asIs] as const),
    ];
    for (const [name, file, render] of uses) {
      const secret = await file.read();
      if (secret.kind === 'unreadable') return failed('rejected', secret.detail);
      const value = render(secret.text);
      if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value)) {
        return failed('rejected', `the file ${file.path} holds characters that no HTTP header may carry`);
      }
      headers[name] = value;
      secrets.push(secret.text, value.slice(value.indexOf(' ') + 1));
    }
    return { kind: 'ok', headers, secrets: secrets.sort((a, b) => b.length - a.length) };
  }

  #basicUse({ username, file }: { readonly username: string; readonly file: SecretFile }) {
    return ['authorization', file, (password: string) => basic(username, password)] as const;
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}

function asIs(text: string): string {
  return text;
}

/** A server may repeat what it was sent in its error message; secrets are cut out of it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
