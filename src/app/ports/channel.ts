import type { Notification } from '../../domain/notification/notification.ts';

/** What became of one attempt. The adapter says whether trying again can help; the app says when and how often. */
export type SendResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'retry';
      readonly reason: SendFailureReason;
      readonly detail: string;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'refused'; readonly reason: SendFailureReason; readonly detail: string }
  /** The receiver asked never to be called again. */
  | { readonly kind: 'gone'; readonly detail: string };

export type SendFailureReason =
  | 'unreachable'
  | 'timeout'
  | 'throttled'
  | 'server-error'
  | 'rejected'
  | 'redirected'
  | 'bad-template'
  | 'forbidden-address';

export interface Attempt {
  readonly notification: Notification;
  /** Older notifications of the same incident that this one stands for, because the receiver was away. */
  readonly collapsed: readonly Notification[];
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Where notifications go. */
export interface Channel {
  readonly name: string;
  readonly type: string;
  /** How many sends may be under way at once. */
  readonly concurrency: number;
  send(attempt: Attempt, signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}
