import type { Page } from './page.ts';

/** What a notification says. A `test` is of no incident: nothing is wrong, and nothing of it is written to the log. */
export type NotificationKind =
  | 'firing'
  | 'escalated'
  | 'relapsed'
  | 'resolved'
  /** Nobody has acknowledged it: the same channels are told again. */
  | 'repeated'
  /** Nobody has acknowledged it: those are told who come next. */
  | 'unacknowledged'
  | 'acknowledged'
  | 'test';

/** What every channel is told that does not say otherwise. */
export const usualKinds: readonly NotificationKind[] = [
  'firing',
  'escalated',
  'relapsed',
  'resolved',
  'repeated',
  'unacknowledged',
  'test',
];

/** Kinds by which an incident, open until then, is said to be off; the others say that it is over, in hands, or nothing. */
export function saysOff(kind: NotificationKind): boolean {
  return kind !== 'resolved' && kind !== 'acknowledged' && kind !== 'test';
}

/** A page on its way to one channel. Its id never changes, however often it is sent. */
export interface Notification {
  readonly id: string;
  readonly channel: string;
  readonly incidentId: string;
  /** Order within the incident; a later one never overtakes an earlier one on the same channel. */
  readonly sequence: number;
  readonly kind: NotificationKind;
  /** ms since the epoch on Andon's clock. */
  readonly createdAt: number;
  readonly page: Page;
}
