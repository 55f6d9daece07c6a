import type { PostingOptions } from '../posting/poster.ts';

/** How one PagerDuty channel is declared. Files are read again whenever they change. */
export interface PagerDutyOptions extends Omit<PostingOptions, 'urlFile'> {
  /** Where the Events API answers, without `/v2/enqueue`. */
  readonly url: string;
  /** File that holds the integration's key. */
  readonly routingKeyFile: string;
}

/** Whether a text is a key of an integration, as PagerDuty makes them. */
export function isRoutingKey(text: string): boolean {
  return /^[A-Za-z0-9]{32}$/.test(text);
}
