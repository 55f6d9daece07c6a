/** How one webhook channel is declared. Files are read again whenever they change. */
export interface WebhookOptions {
  readonly name: string;
  /** Where to post to. Its path and query may be a secret; exactly one of `url` and `urlFile` is given. */
  readonly url?: string;
  readonly urlFile?: string;
  /** Files with `whsec_…` secrets, newest first; every one signs, so that receivers can rotate. None: unsigned. */
  readonly secretFiles: readonly string[];
  /** For the whole exchange, ms. */
  readonly timeoutMs: number;
  /** How many posts may be under way at once. */
  readonly concurrency: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers whose values are secrets, by name: the file that holds the value. */
  readonly headerFiles: Readonly<Record<string, string>>;
  /** A Handlebars template that replaces the standard body. */
  readonly template?: string;
  /** CIDRs that are let through whatever is denied. */
  readonly allowAddresses: readonly string[];
  /** CIDRs denied on top of link-local and cloud metadata addresses. */
  readonly denyAddresses: readonly string[];
}
