import type { Calling, Moment } from '../incident/calling.ts';
import type { Routed } from './route.ts';

/** A reminder that is due: told to these channels now. */
export type DueReminder =
  | { readonly reminder: 'repeat'; readonly channels: readonly string[] }
  /** `step`: the place of the step among all, from 1. */
  | {
      readonly reminder: 'escalation';
      readonly step: number;
      readonly afterMs: number;
      readonly channels: readonly string[];
    };

/** What is known of channels beyond the log. */
export interface Reachable {
  /** Whether a channel is told again what it was told; receivers that do so themselves, and those that are gone, are not. */
  repeats(channel: string): boolean;
  /** Whether a channel can be told at all. */
  exists(channel: string): boolean;
  /** Whether something about the incident is still on its way to a channel: it is no use to add to that. */
  waits(channel: string): boolean;
}

/** Channels that are due soon after one that is due now are told with it, so that the log tells of one repeat and not of several. */
const togetherMs = 10_000;

/**
 * Who is to be reminded of an incident that nobody acknowledged; nothing most of the time. `ageMs` says how long ago
 * something was, by a clock that never steps. Each step is due once for each of its channels; a channel that has just
 * been escalated to is not told again at the same time.
 */
export function dueReminders(
  calling: Calling,
  routed: Routed,
  ageMs: (moment: Moment) => number,
  reachable: Reachable,
): readonly DueReminder[] {
  if (calling.acknowledgedBy !== undefined) return [];
  const callingMs = ageMs(calling.since);
  const due: DueReminder[] = [];
  const told = new Set<string>();
  for (const [index, { afterMs, channels }] of routed.steps.entries()) {
    if (callingMs < afterMs) break;
    const left = channels.filter(
      (channel) => (calling.escalated[channel] ?? -1) < afterMs && reachable.exists(channel),
    );
    if (left.length === 0) continue;
    due.push({ reminder: 'escalation', step: index + 1, afterMs, channels: left });
    for (const channel of left) told.add(channel);
  }
  const overdue = Array.from(routed.repeatEveryMs, ([channel, everyMs]) => {
    const last = calling.heard[channel];
    return { channel, everyMs, byMs: Math.min(callingMs, last === undefined ? callingMs : ageMs(last)) - everyMs };
  }).filter(
    ({ channel }) =>
      reachable.exists(channel) && reachable.repeats(channel) && !reachable.waits(channel) && !told.has(channel),
  );
  if (overdue.some(({ byMs }) => byMs >= 0)) {
    const together = overdue.filter(({ byMs, everyMs }) => byMs >= -Math.min(togetherMs, everyMs / 10));
    due.push({ reminder: 'repeat', channels: together.map(({ channel }) => channel) });
  }
  return due;
}
