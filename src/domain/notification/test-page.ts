import type { Severity } from '../service/severity.ts';
import { compactUtc } from '../text/utc.ts';
import { notificationId } from './notification-plan.ts';
import { testTitle } from './page-title.ts';
import type { Notification } from './notification.ts';

/** What a test says besides that it is one. */
export interface TestFacts {
  readonly channel: string;
  /** Who sends it. */
  readonly by: string;
  /** What receivers that go by it take it for. */
  readonly severity: Severity;
  /** ms since the epoch on Andon's clock. */
  readonly at: number;
  readonly externalUrl?: string;
}

/** A page of no incident, which says so first. */
export function testNotification({ channel, by, severity, at, externalUrl }: TestFacts): Notification {
  const incidentId = `andon-test-${compactUtc(at)}`;
  return {
    id: notificationId(incidentId, 1, channel),
    channel,
    incidentId,
    sequence: 1,
    kind: 'test',
    createdAt: at,
    page: {
      incidentId,
      service: 'andon-test',
      group: {},
      labels: {},
      severity,
      title: testTitle,
      summary: `A test of the channel ${channel}, sent by ${by}. No service is off, and nobody has to do anything`,
      rules: [],
      condition: 'none: this is a test',
      because: 'condition-true',
      onset: { at, earliest: at, latest: at, method: 'detection' },
      detectedAt: at,
      off: [],
      fine: [],
      endState: 'nothing is wrong',
      relapses: 0,
      ...(externalUrl === undefined ? {} : { link: externalUrl }),
    },
  };
}
