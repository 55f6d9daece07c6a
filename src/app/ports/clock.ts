/** Time as the app sees it; tests drive a manual one. */
export interface Clock {
  /** Wall clock, ms since the epoch. May step in either direction. */
  now(): number;
  /** Never steps back, ms from an arbitrary origin. Schedules use this one. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it does not reject). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
