import type { Page } from './page.ts';

export type NotificationKind = 'firing' | 'escalated' | 'relapsed' | 'resolved';

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
