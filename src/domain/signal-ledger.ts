import { noRows, sampleAtEnd, withRows, type CountRow, type CountRows } from './count-rows.ts';
import { groupKey, type Group } from './group.ts';
import type { CountedGroup, GaugedGroup, Observation, SourceFailure } from './observation.ts';
import type { Signal } from './service.ts';

/** What is remembered of one group of a signal. */
export interface GroupLedger {
  readonly group: Group;
  /** Counting signals: steps. */
  readonly rows: CountRows;
  /** Gauges: instants, as steps of no length whose `total` holds the value. */
  readonly values: readonly GaugeValue[];
  readonly newestSampleAt: number;
  /** False when the last read found no series of this group. */
  readonly present: boolean;
  /** When it was last present, ms. */
  readonly lastPresentAt: number;
  /** True once the numerator has matched any series: until then "no good events" may as well be a typo. */
  readonly numeratorEverSeen: boolean;
}

export interface GaugeValue {
  readonly at: number;
  readonly value: number;
}

/** Everything remembered of a signal: the recent steps of each of its groups. */
export interface SignalLedger {
  readonly groups: ReadonlyMap<string, GroupLedger>;
  /** Ends of the reads that brought new samples, ascending; the newest ones may be read again. */
  readonly boundaries: readonly number[];
  /** Set while the source does not answer for this signal. */
  readonly failure?: SourceFailure;
  /** Groups beyond the signal's limit, which are not evaluated. */
  readonly dropped: number;
}

export const emptyLedger: SignalLedger = { groups: new Map(), boundaries: [], dropped: 0 };

/** How many read ends are remembered; re-reads reach back over at most these. */
const boundariesKept = 16;

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
): SignalLedger {
  if (observation.kind === 'failed') return { ...ledger, failure: observation.failure };
  const { failure: _answered, ...rest } = ledger;
  const groups = new Map<string, GroupLedger>();
  let advanced = false;
  let dropped = 0;
  for (const seen of observation.groups) {
    const key = groupKey(seen.group);
    const before = ledger.groups.get(key);
    if (before === undefined && known(ledger, groups) >= signal.maxGroups) {
      dropped += 1;
      continue;
    }
    const isNew = before === undefined || seen.newestSampleAt > before.newestSampleAt;
    advanced ||= isNew;
    groups.set(
      key,
      'steps' in seen ? counted(before, seen, isNew, now, keepAfter) : gauged(before, seen, isNew, now, keepAfter),
    );
  }
  for (const [key, before] of ledger.groups) {
    if (groups.has(key) || before.lastPresentAt <= keepAfter) continue;
    groups.set(key, { ...before, present: false });
  }
  const boundaries = advanced ? [...ledger.boundaries.slice(1 - boundariesKept), now] : ledger.boundaries;
  return { ...rest, groups, boundaries, dropped };
}

function known(ledger: SignalLedger, groups: ReadonlyMap<string, GroupLedger>): number {
  let count = ledger.groups.size;
  for (const key of groups.keys()) if (!ledger.groups.has(key)) count += 1;
  return count;
}

function counted(
  before: GroupLedger | undefined,
  seen: CountedGroup,
  isNew: boolean,
  now: number,
  keepAfter: number,
): GroupLedger {
  const closed = isNew ? seen.steps : seen.steps.slice(0, -1);
  const rows: CountRow[] = closed.map((step, index) => ({
    ...step,
    // Re-read steps keep their own sample time; a new one has the newest.
    sampleAt:
      index === closed.length - 1 && isNew
        ? seen.newestSampleAt
        : (sampleAtEnd(before?.rows ?? noRows, step.to) ?? step.to),
  }));
  return {
    group: seen.group,
    rows: withRows(before?.rows ?? noRows, rows, keepAfter),
    values: [],
    newestSampleAt: Math.max(seen.newestSampleAt, before?.newestSampleAt ?? -Infinity),
    present: true,
    lastPresentAt: now,
    numeratorEverSeen: seen.numeratorSeen || (before?.numeratorEverSeen ?? false),
  };
}

function gauged(
  before: GroupLedger | undefined,
  seen: GaugedGroup,
  isNew: boolean,
  now: number,
  keepAfter: number,
): GroupLedger {
  const kept = (before?.values ?? []).filter((value) => value.at > keepAfter);
  return {
    group: seen.group,
    rows: noRows,
    // A sample read twice is one sample; but a query may change its answer between samples, so the newest answer stands.
    values: isNew
      ? [...kept, { at: seen.newestSampleAt, value: seen.value }]
      : [...kept.slice(0, -1), { at: seen.newestSampleAt, value: seen.value }],
    newestSampleAt: Math.max(seen.newestSampleAt, before?.newestSampleAt ?? -Infinity),
    present: true,
    lastPresentAt: now,
    numeratorEverSeen: true,
  };
}
