/** What an incident cost customers, as an integral between onset and recovery. */
export interface Impact {
  /** Bad events beyond what the targets allow, summed over the counting signal that lost most. */
  readonly badEvents: number;
  readonly totalEvents: number;
  /** The worst share of bad events in any step, 0 to 1. */
  readonly peakBadRatio: number;
  /** The signal these are of; absent when no counting signal was off. */
  readonly signal?: string;
  /** True where it is put together from recorded windows. */
  readonly about?: boolean;
}
