import { lastRow, noRows, rowAt, rowCount, withRows, type CountRow, type CountRows } from './count-rows.ts';
import { groupKey } from '../service/group.ts';
import type { GroupLedger } from './group-ledger.ts';
import type { CountedGroup, GaugedGroup, Observation, SourceFailure, Step } from './observation.ts';
import type { Signal } from '../service/service.ts';
import { awaitsOthers, holdOpen } from './scrape-gap.ts';
import type { BucketPair, ThresholdPlace } from './threshold-place.ts';
import { lookbackMs } from './timing.ts';

/** Everything remembered of a signal: the recent steps of each of its groups. */
export interface SignalLedger {
  readonly groups: ReadonlyMap<string, GroupLedger>;
  /** Ends of the reads that brought new samples, ascending; the newest ones may be read again. */
  readonly boundaries: readonly number[];
  /** When it was last read, ms; absent before that. */
  readonly readAt?: number;
  /** The least of the groups' oldest newest samples at the last read, ms; absent when one of them did not tell. */
  readonly oldestSampleAt?: number;
  /** The last read at which a series was gone that had been there, because it had no sample for as long as sources look back, ms. */
  readonly lostSightAt?: number;
  /** Set while the source does not answer for this signal. */
  readonly failure?: SourceFailure;
  /** Groups beyond the signal's limit, which are not evaluated. */
  readonly dropped: number;
  /** Set where the threshold of a latency signal is no bucket, as of the last read. */
  readonly place?: ThresholdPlace;
  /** The buckets that steps were last counted between; absent when no step that is remembered was. */
  readonly between?: BucketPair;
}

export const emptyLedger: SignalLedger = { groups: new Map(), boundaries: [], dropped: 0 };

/** How many read ends are remembered; re-reads reach back over at most these. */
const boundariesKept = 16;

/** Which groups stay in memory once they have no series any more. */
export interface Retention {
  /** Time between two samples of one series, ms; absent when nobody waits for series that are late. */
  readonly intervalMs?: number;
  /** A group that was last present at this time or before is forgotten, ms. */
  readonly forgetBefore: number;
  /** Groups in the middle of an incident: they are never forgotten before their steps are. */
  readonly held: ReadonlySet<string>;
}

/** A group that has been gone for so long gives its place to a new one when the limit is reached, ms. */
const placeKeptMs = 300_000;

/**
 * Takes in what a read at `now` brought. A step is only closed when a newer sample landed:
 * until then the next read covers the same stretch again, so that a gap in the scrapes becomes
 * one long step with all its events and never a stretch without traffic.
 */
export function record(
  ledger: SignalLedger,
  signal: Signal,
  observation: Observation,
  now: number,
  keepAfter: number,
  retention: Retention = { forgetBefore: keepAfter, held: new Set() },
): SignalLedger {
  if (observation.kind === 'failed') return { ...ledger, failure: observation.failure };
  const { failure: _answered, oldestSampleAt: earlier, place: _before, between, ...rest } = ledger;
  const seen = new Map<string, CountedGroup | GaugedGroup>(
    observation.groups.map((group) => [groupKey(group.group), group]),
  );
  const groups = new Map<string, GroupLedger>();
  for (const [key, before] of ledger.groups) {
    const forgetBefore = retention.held.has(key) ? keepAfter : retention.forgetBefore;
    if (seen.has(key)) groups.set(key, before);
    else if (before.lastPresentAt > forgetBefore) groups.set(key, { ...before, present: false });
  }
  const dropped = admit(groups, seen, signal.maxGroups, now, retention.held);
  let advanced = false;
  let isHeldOpen = false;
  for (const [key, group] of seen) {
    if (dropped.has(key)) continue;
    const before = ledger.groups.get(key);
    const isNew = before === undefined || group.newestSampleAt > before.newestSampleAt;
    if ('steps' in group && isNew && before !== undefined && awaitsOthers(before, group, now, retention.intervalMs)) {
      groups.set(key, holdOpen(before, now));
      isHeldOpen = true;
      continue;
    }
    advanced ||= isNew;
    groups.set(
      key,
      'steps' in group ? counted(before, group, isNew, now, keepAfter) : gauged(before, group, isNew, now, keepAfter),
    );
  }
  // What is read next must begin where the step of the group that is held open began.
  const boundaries =
    advanced && !isHeldOpen ? [...ledger.boundaries.slice(1 - boundariesKept), now] : ledger.boundaries;
  const oldest = oldestOf(observation.groups);
  const place = observation.kind === 'counted' ? observation.place : undefined;
  return {
    ...rest,
    groups,
    boundaries,
    readAt: now,
    dropped: dropped.size,
    ...(oldest === undefined ? {} : { oldestSampleAt: oldest }),
    ...(place === undefined ? {} : { place }),
    ...betweenOf(groups, place, between),
    ...(earlier === undefined || earlier > now - lookbackMs ? {} : { lostSightAt: now }),
  };
}

/** A window may still hold steps that were counted between two buckets when the newest ones are not any more. */
function betweenOf(
  groups: ReadonlyMap<string, GroupLedger>,
  place: ThresholdPlace | undefined,
  before: BucketPair | undefined,
): Pick<SignalLedger, 'between'> {
  if (place?.kind === 'between')
    return { between: { lower: place.lower, ...(place.upper === undefined ? {} : { upper: place.upper }) } };
  const isRemembered = before !== undefined && [...groups.values()].some(({ rowsAtMost }) => rowsAtMost !== undefined);
  return isRemembered ? { between: before } : {};
}

function oldestOf(groups: readonly (CountedGroup | GaugedGroup)[]): number | undefined {
  let oldest: number | undefined;
  for (const group of groups) {
    if (!('steps' in group) || group.oldestSampleAt === undefined) return undefined;
    oldest = Math.min(oldest ?? Infinity, group.oldestSampleAt);
  }
  return oldest;
}

/**
 * Finds places for new groups, in the order of their keys and not of the answer, so that the same ones are dropped
 * at each read. Returns those that have none.
 */
function admit(
  groups: Map<string, GroupLedger>,
  seen: ReadonlyMap<string, unknown>,
  limit: number,
  now: number,
  held: ReadonlySet<string>,
): ReadonlySet<string> {
  const gone = [...groups]
    .filter(([key, { present, lastPresentAt }]) => !present && !held.has(key) && now - lastPresentAt >= placeKeptMs)
    .sort(([a, x], [b, y]) => x.lastPresentAt - y.lastPresentAt || (a < b ? -1 : 1))
    .map(([key]) => key);
  const dropped = new Set<string>();
  let taken = groups.size;
  for (const key of [...seen.keys()].filter((each) => !groups.has(each)).sort()) {
    if (taken < limit) {
      taken += 1;
      continue;
    }
    const replaced = gone.shift();
    if (replaced === undefined) dropped.add(key);
    else groups.delete(replaced);
  }
  return dropped;
}

function counted(
  before: GroupLedger | undefined,
  seen: CountedGroup,
  isNew: boolean,
  now: number,
  keepAfter: number,
): GroupLedger {
  const rows = rowsWith(before?.rows ?? noRows, seen, isNew, keepAfter);
  return {
    group: seen.group,
    rows,
    ...atMost(rows, before, seen, isNew, keepAfter),
    values: [],
    newestSampleAt: Math.max(seen.newestSampleAt, before?.newestSampleAt ?? -Infinity),
    present: true,
    lastPresentAt: now,
    numeratorEverSeen: seen.numeratorSeen || (before?.numeratorEverSeen ?? false),
  };
}

function rowsWith(known: CountRows, seen: CountedGroup, isNew: boolean, keepAfter: number): CountRows {
  const end = lastRow(known)?.to ?? -Infinity;
  const rows = reread(known, seen.steps);
  if (isNew) rows.push(...closed(seen, end));
  return withRows(known, rows, keepAfter);
}

/** Kept until all that is remembered is known exactly: steps count by the buckets that there were when they were read. */
function atMost(
  rows: CountRows,
  before: GroupLedger | undefined,
  seen: CountedGroup,
  isNew: boolean,
  keepAfter: number,
): Pick<GroupLedger, 'rowsAtMost'> {
  const isBetween = seen.steps.some(({ goodAtMost }) => goodAtMost !== undefined);
  if (!isBetween && before?.rowsAtMost === undefined) return {};
  const steps = seen.steps.map(({ goodAtMost, good, ...step }) => ({ ...step, good: goodAtMost ?? good }));
  const rowsAtMost = rowsWith(before?.rowsAtMost ?? before?.rows ?? noRows, { ...seen, steps }, isNew, keepAfter);
  return isBetween || rowsAtMost.some((cell, index) => cell !== rows[index]) ? { rowsAtMost } : {};
}

/** Steps that were read again, as the rows that they were before: late samples may have changed their counts. */
function reread(known: CountRows, steps: readonly Step[]): CountRow[] {
  const first = steps[0]?.from ?? Infinity;
  const rows: CountRow[] = [];
  for (let index = rowCount(known) - 1; index >= 0; index -= 1) {
    const row = rowAt(known, index);
    if (row.from < first) break;
    const within = steps.filter((step) => step.from >= row.from && step.to <= row.to);
    if (within[0]?.from !== row.from || within.at(-1)?.to !== row.to) break;
    rows.unshift({
      ...row,
      good: within.reduce((sum, step) => sum + step.good, 0),
      total: within.reduce((sum, step) => sum + step.total, 0),
    });
  }
  return rows;
}

/**
 * The steps behind the last known row. One without events may be one that no sample of this group landed in, while
 * those of other groups did: it becomes a part of the next. Nothing was counted between the last row and the first step.
 */
function closed(seen: CountedGroup, end: number): readonly CountRow[] {
  const fresh = seen.steps.filter((step) => step.to > end);
  const rows: CountRow[] = [];
  let from: number | undefined;
  for (const [index, step] of fresh.entries()) {
    const isLast = index === fresh.length - 1;
    from ??= index === 0 && end > step.to - lookbackMs ? Math.min(step.from, end) : step.from;
    if (step.total === 0 && !isLast) continue;
    rows.push({ ...step, from, sampleAt: isLast ? seen.newestSampleAt : step.to });
    from = undefined;
  }
  return rows;
}

function gauged(
  before: GroupLedger | undefined,
  seen: GaugedGroup,
  isNew: boolean,
  now: number,
  keepAfter: number,
): GroupLedger {
  const earlier = seen.newestSampleAt;
  const kept = (before?.values ?? []).filter(({ at }) => at > keepAfter && (isNew || at < earlier));
  return {
    group: seen.group,
    rows: noRows,
    // A sample read twice is one sample; but a query may change its answer between samples, so the newest answer stands.
    values: [...kept, { at: seen.newestSampleAt, value: seen.value }],
    newestSampleAt: Math.max(seen.newestSampleAt, before?.newestSampleAt ?? -Infinity),
    present: true,
    lastPresentAt: now,
    numeratorEverSeen: true,
  };
}
