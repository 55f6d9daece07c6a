import type { StandIn } from '../ports/configuration.ts';

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
  /** False when the settings or rule files last read were refused: everything runs as before, or `standIn`. */
  readonly ok: boolean;
  readonly lastAttemptAt: number;
  readonly lastSuccessAt?: number;
  /** What was wrong with the refused files, one line each. */
  readonly problems: readonly string[];
  /** What was changed in the settings and takes effect at the next start, one line each. */
  readonly atNextStart: readonly string[];
  /** What runs since a start with rule files that had problems; absent when rule files run as they were read. */
  readonly standIn?: Pick<StandIn, 'kind' | 'leftOut'>;
}

export interface StoreView {
  readonly degraded: boolean;
  readonly reason?: string;
}

export interface SourceView {
  readonly name: string;
  /** The source's clock less Andon's, ms; absent until it has answered. */
  readonly clockSkewMs?: number;
  /** When it last gave an answer that could be used, whatever it was asked. */
  readonly lastAnswerAt?: number;
  readonly lastError?: { readonly at: number; readonly reason: string; readonly detail: string };
}

export interface ChannelView {
  readonly name: string;
  /** `none` for a channel that is not configured. */
  readonly type: string;
  /** False when the settings do not name it any more and notifications wait for it to come back. */
  readonly configured: boolean;
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

/** Why files that were read again were not taken over. */
export type ReloadFailureReason = 'settings-refused' | 'rules-refused' | 'not-taken-over';

/** What became of reading the files again. */
export type ReloadResult =
  | {
      readonly ok: true;
      /** What was changed in the settings and takes effect at the next start, one line each. */
      readonly atNextStart: readonly string[];
    }
  | {
      readonly ok: false;
      readonly reason: ReloadFailureReason;
      /** One line each: file, line, column, what is wrong and what to write instead. */
      readonly diagnostics: readonly string[];
    };
