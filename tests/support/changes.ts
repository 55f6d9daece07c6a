import type { Change } from '../../src/domain/change/change.ts';

/** A deployment of checkout that took a minute. */
export function aChange(id: string, startedAt: number, facts: Partial<Change> = {}): Change {
  return {
    id,
    service: 'checkout',
    kind: 'deployment',
    origin: 'api',
    startedAt,
    finishedAt: startedAt + 60_000,
    firstReportedAt: startedAt,
    lastReportedAt: startedAt,
    told: { saidAt: {} },
    ...facts,
  };
}
