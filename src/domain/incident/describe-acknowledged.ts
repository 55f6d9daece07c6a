import { formatMeasured } from '../text/duration.ts';

/** Who answered a call to an incident. */
export interface Acknowledged {
  /** Who did since it opened, rose or came back, whichever was last; absent while nobody has. */
  readonly by?: string | undefined;
  /** Who was the first ever, and how long after the incident was opened, ms. */
  readonly firstBy?: string | undefined;
  readonly firstAfterMs?: number | undefined;
}

/** `by ada, 41s after the incident was opened`; of one that rose or came back since, who has it in hands now, and who was first. */
export function describeAcknowledged({ by, firstBy, firstAfterMs }: Acknowledged): string {
  const after = firstAfterMs === undefined ? '' : `, ${formatMeasured(firstAfterMs)} after the incident was opened`;
  if (firstBy === undefined || by === firstBy) return by === undefined ? 'by nobody' : `by ${by}${after}`;
  const now = by === undefined ? 'by nobody since it came back or got worse' : `by ${by}`;
  return `${now}; first by ${firstBy}${after}`;
}
