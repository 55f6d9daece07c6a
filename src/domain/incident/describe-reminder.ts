import { formatSpan } from '../text/duration.ts';

/** What a reminder says of itself. The kind is any word, since a newer daemon may have others. */
export interface ReminderFacts {
  readonly reminder: string;
  readonly step?: number | undefined;
  readonly afterMs?: number | undefined;
  readonly channels: readonly string[];
}

/** A line about a reminder on a timeline, for people: `boss (step 1: nobody acknowledged for 2m)`. */
export function describeReminder({ reminder, step, afterMs, channels }: ReminderFacts): string {
  const why =
    reminder === 'repeat' || afterMs === undefined
      ? 'again, nobody has acknowledged'
      : `step ${step ?? 1}: nobody acknowledged for ${formatSpan(afterMs)}`;
  return `${channels.join(', ')} (${why})`;
}
