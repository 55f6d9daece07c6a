import type { Notification, NotificationKind } from '../../domain/notification/notification.ts';
import type { ResendPolicy } from '../../domain/notification/resend-plan.ts';

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
  /** For channels that resend: what was made for this channel of the incident before, oldest first, whatever became of it. */
  readonly earlier?: readonly Notification[];
  /** Nothing new: it is sent again so that the receiver does not forget it. */
  readonly again?: boolean;
}

/** Where notifications go. */
export interface Channel {
  readonly name: string;
  readonly type: string;
  /** How many sends may be under way at once. */
  readonly concurrency: number;
  /** For receivers that forget what they are not told again; what is sent again has a `concurrency` of its own. */
  readonly resend?: ResendPolicy;
  /** True where the receiver puts incidents together itself, or must hear of each: none is told under another one there. */
  readonly toldOfEach?: true;
  /** The kinds it is told; absent: `usualKinds`. Nobody is spared what opens, worsens or ends an incident. */
  readonly wants?: readonly NotificationKind[];
  send(attempt: Attempt, signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}
