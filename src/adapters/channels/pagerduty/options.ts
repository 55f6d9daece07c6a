import type { PostingOptions } from '../posting/poster.ts';

/** How one PagerDuty channel is declared. Files are read again whenever they change. */
export interface PagerDutyOptions extends Omit<PostingOptions, 'urlFile'> {
  /** Where the Events API answers, without `/v2/enqueue`. */
  readonly url: string;
  /** File that holds the integration's key. */
  readonly routingKeyFile: string;
  /** A Handlebars template of the summary, in place of the title. */
  readonly summary?: string | undefined;
  /** Handlebars templates of custom details, by name: over the usual ones; an empty one leaves a detail out. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Whether a text is a key of an integration, as PagerDuty makes them. */
export function isRoutingKey(text: string): boolean {
  return /^[A-Za-z0-9]{32}$/.test(text);
}
