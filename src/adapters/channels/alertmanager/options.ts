import type { PostingOptions } from '../posting/poster.ts';

/** How one Alertmanager channel is declared. Files are read again whenever they change. */
export interface AlertmanagerOptions extends Omit<PostingOptions, 'url' | 'urlFile'> {
  /** Where each Alertmanager of a cluster answers, with its path prefix if it has one; every one is told. */
  readonly urls: readonly string[];
  /** How often open incidents are sent again, ms. */
  readonly resendEveryMs: number;
  /** Labels of every alert, such as which cluster it comes from. */
  readonly labels: Readonly<Record<string, string>>;
  /** Handlebars templates of annotations, by name: over the usual ones; an empty one leaves an annotation out. */
  readonly annotations: Readonly<Record<string, string>>;
}
