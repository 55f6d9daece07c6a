import type { PostingOptions } from '../posting/poster.ts';

/** How one webhook channel is declared. Files are read again whenever they change. */
export interface WebhookOptions extends PostingOptions {
  /** Files with `whsec_…` secrets, newest first; every one signs, so that receivers can rotate. None: unsigned. */
  readonly secretFiles: readonly string[];
  /** A Handlebars template that replaces the standard body. */
  readonly template?: string;
}
