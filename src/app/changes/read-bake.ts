import { leastBakeEvents, type BakeCounts } from '../../domain/change/judge-bake.ts';
import type { ShareCount } from '../../domain/change/compare-shares.ts';
import type { SameHours } from '../../domain/change/bake-event.ts';
import { countWindow } from '../../domain/budget/count-window.ts';
import { allowedShare, beyondOf } from '../../domain/estimate/estimate-onset.ts';
import { targetsBySignal } from '../../domain/estimate/onset-bounds.ts';
import type { Interval } from '../../domain/interval.ts';
import type { HistoryGroup, HistoryPoint } from '../../domain/reading/history.ts';
import { groupKey, type Group } from '../../domain/service/group.ts';
import type { Signal, Target } from '../../domain/service/service.ts';
import type { ServiceSight } from './service-sight.ts';

const hourMs = 3_600_000;
const agoMs: Readonly<Record<SameHours, number>> = { week: 7 * 24 * hourMs, day: 24 * hourMs };

/** Steps that a stretch is read in at most: a look costs as much for a week as for an hour. */
const mostSteps = 120;
const leastStepMs = 30_000;
/** Groups of a signal that are looked at, those with most events. */
const mostGroups = 20;
/** A ledger that knows less of a stretch does not stand in for the source. */
const leastCovered = 0.95;

/** What one stretch held, by signal and group. */
type Counted = ReadonlyMap<string, readonly GroupCount[]>;
interface GroupCount extends ShareCount {
  readonly group: Group;
}

export type BakeRead =
  | { readonly kind: 'read'; readonly counts: readonly BakeCounts[] }
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * Counts a stretch since a change, the hour before it, and the same stretch a week earlier, or a day where a signal or group
 * is not known for so long. On the source's clock.
 */
export async function readBake(sight: ServiceSight, since: Interval, signal: AbortSignal): Promise<BakeRead> {
  const targets = targetsBySignal(sight.service);
  const lately = await countStretch(sight, targets, since, signal);
  if (lately.kind === 'failed') return lately;
  const hour = await countStretch(sight, targets, { from: since.from - hourMs, to: since.from }, signal);
  if (hour.kind === 'failed') return hour;
  const week = await countStretch(sight, targets, earlier(since, agoMs.week), signal);
  if (week.kind === 'failed') return week;
  // A signal, or a group of one, may be newer than a week where others are not.
  const lacksWeek = targets.some((target) =>
    groupsOf(lately.counted, target).some((group) => !isKnown(week, target, group)),
  );
  const day = lacksWeek ? await countStretch(sight, targets, earlier(since, agoMs.day), signal) : week;
  if (day.kind === 'failed') return day;
  const counts = targets.flatMap((target) => {
    const allowed = kindOf(sight, target) === 'gauge' ? 0 : allowedShare(target);
    return groupsOf(lately.counted, target).map(({ group, bad, total }): BakeCounts => {
      const ago = isKnown(week, target, { group }) ? 'week' : 'day';
      const before = find((ago === 'week' ? week : day).counted, target, group);
      const hourBefore = find(hour.counted, target, group);
      return {
        signal: target.signal,
        group,
        allowed,
        since: { bad, total },
        ...(before === undefined ? {} : { sameHours: { ...before, ago } }),
        ...(hourBefore === undefined ? {} : { hourBefore }),
      };
    });
  });
  return { kind: 'read', counts };
}

type StretchRead =
  { readonly kind: 'counted'; readonly counted: Counted } | { readonly kind: 'failed'; readonly detail: string };

/** From the ledgers of error budgets where they know the stretch, and from the source's history otherwise. */
async function countStretch(
  sight: ServiceSight,
  targets: readonly Target[],
  stretch: Interval,
  signal: AbortSignal,
): Promise<StretchRead> {
  const counted = new Map<string, readonly GroupCount[]>();
  const asked: { readonly read: Signal; readonly target: Target }[] = [];
  for (const target of targets) {
    const kept = fromLedgers(sight, target.signal, stretch);
    const read = sight.service.signals.find(({ name }) => name === target.signal);
    if (kept !== undefined) counted.set(target.signal, kept);
    else if (read !== undefined) asked.push({ read, target });
  }
  if (asked.length === 0) return { kind: 'counted', counted };
  const stepMs = Math.max(leastStepMs, sight.intervalMs, Math.ceil((stretch.to - stretch.from) / mostSteps));
  const steps = Math.max(1, Math.floor((stretch.to - stretch.from) / stepMs));
  const whole = { from: stretch.to - steps * stepMs, to: stretch.to };
  const signals = asked.map(({ read }) => read);
  const outcomes = await sight.source.history(signals, whole, stepMs, signal, 'by-step');
  for (const [index, { target, read }] of asked.entries()) {
    const outcome = outcomes[index];
    if (outcome?.kind !== 'history') return { kind: 'failed', detail: outcome?.failure.detail ?? 'no answer' };
    counted.set(
      target.signal,
      outcome.groups.map((group) => countGroup(group, read, target)),
    );
  }
  return { kind: 'counted', counted };
}

function fromLedgers(sight: ServiceSight, signal: string, { from, to }: Interval): readonly GroupCount[] | undefined {
  const entries = sight.budgets.filter(
    (entry) => entry.signal === signal && entry.ledger.method.kind === 'occurrences',
  );
  const first = entries[0]?.budget;
  const own = entries.filter(({ budget }) => budget === first);
  const counts = own.map(({ ledger, group = {} }) => ({ group, ...countWindow(ledger, from, to) }));
  if (counts.length === 0 || counts.some(({ coveredMs }) => coveredMs < leastCovered * (to - from))) return undefined;
  // Slots keep numbers that are about right: events are whole.
  return counts.map(({ group, bad, total }) => ({
    group,
    bad: Math.max(0, Math.round(bad)),
    total: Math.round(total),
  }));
}

function countGroup({ group, points }: HistoryGroup, read: Signal, target: Target): GroupCount {
  let bad = 0;
  let total = 0;
  for (const point of points) {
    if (point.lacksBucket === true) continue;
    const counted = read.kind === 'gauge' ? gaugeCount(point, target) : eventCount(point);
    bad += counted.bad;
    total += counted.total;
  }
  return { group, bad, total };
}

/** What may be good counts as good: nobody is blamed for what a histogram does not tell. */
function eventCount({ good = 0, goodAtMost, total = 0 }: HistoryPoint): ShareCount {
  return { bad: Math.max(0, total - (goodAtMost ?? good)), total };
}

function gaugeCount({ at, value }: HistoryPoint, target: Target): ShareCount {
  if (value === undefined || !Number.isFinite(value)) return { bad: 0, total: 0 };
  return { bad: beyondOf(target)({ at, value }) ? 1 : 0, total: 1 };
}

/** A target of which nothing is seen is looked at all the same: it is what there is no data of. */
function groupsOf(counted: Counted, { signal }: Target): readonly GroupCount[] {
  const busiest = (counted.get(signal) ?? []).toSorted((a, b) => b.total - a.total).slice(0, mostGroups);
  return busiest.length > 0 ? busiest : [{ group: {}, bad: 0, total: 0 }];
}

/** Whether enough was counted of a group to hold anything against it. */
function isKnown(
  { counted }: { readonly counted: Counted },
  target: Target,
  { group }: Pick<GroupCount, 'group'>,
): boolean {
  return (find(counted, target, group)?.total ?? 0) >= leastBakeEvents;
}

function find(counted: Counted, { signal }: Target, group: Group): ShareCount | undefined {
  const found = counted.get(signal)?.find((each) => groupKey(each.group) === groupKey(group));
  return found === undefined ? undefined : { bad: found.bad, total: found.total };
}

function kindOf({ service }: ServiceSight, { signal }: Target): Signal['kind'] | undefined {
  return service.signals.find(({ name }) => name === signal)?.kind;
}

function earlier({ from, to }: Interval, ms: number): Interval {
  return { from: from - ms, to: to - ms };
}
