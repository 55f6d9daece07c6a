/** The daemon's own state, for the API and the status page. Times: ms since the epoch on Andon's clock. */
export interface StatusView {
  readonly version: string;
  readonly startedAt: number;
  readonly reload: ReloadView;
  readonly store: StoreView;
  readonly sources: readonly SourceView[];
  readonly channels: readonly ChannelView[];
}

export interface ReloadView {
  /** False when the files last read were refused and the rules before them still run. */
  readonly ok: boolean;
  readonly lastAttemptAt: number;
  readonly lastSuccessAt?: number;
  /** What was wrong with the refused files, one line each. */
  readonly problems: readonly string[];
}

export interface StoreView {
  readonly degraded: boolean;
  readonly reason?: string;
}

export interface SourceView {
  readonly name: string;
  /** The source's clock less Andon's, ms; absent until it has answered. */
  readonly clockSkewMs?: number;
  readonly lastAnswerAt?: number;
  readonly lastError?: { readonly at: number; readonly reason: string; readonly detail: string };
}

export interface ChannelView {
  readonly name: string;
  readonly type: string;
  /** Notifications not yet delivered. */
  readonly pending: number;
  readonly lastDeliveryAt?: number;
  readonly lastError?: { readonly at: number; readonly reason: string; readonly detail: string };
}

/** Whether Andon can be relied on yet, and if not, why: one sentence a reason. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** What became of reading the files again. */
export type ReloadResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** One line each: file, line, column, what is wrong and what to write instead. */
      readonly diagnostics: readonly string[];
    };
