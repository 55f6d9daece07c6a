import type { PlainUse, SignalFold } from '../service/condition.ts';
import { countWindow, lastRow, rowAt, rowCount } from './count-rows.ts';
import { formatDuration } from '../text/duration.ts';
import { formatShare } from '../text/share.ts';
import { unknown, type Reading, type ValueReading } from './reading.ts';
import type { CountingSignal, GaugeSignal, Signal } from '../service/service.ts';
import type { GaugeValue, GroupLedger } from './group-ledger.ts';
import type { SignalLedger } from './signal-ledger.ts';
import { describePlace } from './threshold-place.ts';
import type { Timing } from './timing.ts';

/** A window counts as covered from this share on: a window's far edge falls between two samples. */
const enoughCoverage = 0.9;

/** Good may exceed total by rounding only: of the counts themselves, and of the large counters they are differences of. */
const roundingShare = 1e-9;
const roundingEvents = 1e-6;

/** Samples whose spacing tells how often a signal is sampled. */
const spacingSamples = 4;

/** Reads a signal for one group at `now` (source's clock, ms): a value, or the reason why there is none. */
export function readSignal(
  signal: Signal,
  ledger: SignalLedger | undefined,
  key: string,
  use: PlainUse,
  now: number,
  timing: Timing,
): Reading {
  const group = ledger?.groups.get(key);
  if (ledger?.failure !== undefined) {
    const { reason, detail } = ledger.failure;
    return unknown('source-down', `${reason}: ${detail}`, group?.newestSampleAt);
  }
  if (ledger === undefined || group === undefined)
    return unknown('no-data', `${signal.name}: the source has no series for it`);
  if (!group.present)
    return unknown(
      'no-data',
      `${signal.name}: its series are gone since ${ago(now - group.lastPresentAt)}`,
      group.newestSampleAt,
    );
  const age = now - group.newestSampleAt;
  if (age > staleAfter(group, timing))
    return unknown('stale', `${signal.name}: the newest sample is ${ago(age)} old`, group.newestSampleAt);
  return signal.kind === 'gauge'
    ? readGauge(signal, group, use, staleAfter(group, timing))
    : readRatio(signal, ledger, group, use);
}

/** The signals of a service may be sampled at different intervals: one that is sampled more rarely than the others stays fresh for longer. */
function staleAfter(group: GroupLedger, timing: Timing): number {
  const times: number[] = [];
  for (let index = Math.max(0, rowCount(group.rows) - spacingSamples); index < rowCount(group.rows); index += 1)
    times.push(rowAt(group.rows, index).sampleAt);
  if (times.length === 0) times.push(...group.values.slice(-spacingSamples).map(({ at }) => at));
  if (times.length < spacingSamples) return timing.staleAfterMs;
  // One long gap is a gap; only samples that are all far apart are meant to be.
  const spacing = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  return Math.max(timing.staleAfterMs, 3 * spacing);
}

function readRatio(signal: CountingSignal, ledger: SignalLedger, group: GroupLedger, use: PlainUse): Reading {
  const { place } = ledger;
  // Nothing is counted then. 0% would be just as unproven as 100%, and it would page.
  if (signal.kind === 'latency' && place !== undefined && place.kind !== 'between')
    return unknown('no-data', `${signal.name}: ${describePlace(signal.thresholdSeconds, place)}`, group.newestSampleAt);
  const end = lastRow(group.rows)?.to;
  if (end === undefined || use.windowMs === undefined)
    return unknown('short-history', `${signal.name}: no step is complete yet`, group.newestSampleAt);
  const { good, total, coverage } = countWindow(group.rows, end - use.windowMs, end);
  const sampleAt = group.newestSampleAt;
  if (coverage < enoughCoverage) {
    return unknown(
      'short-history',
      `${signal.name}: samples cover ${formatShare(coverage)} of the last ${formatDuration(use.windowMs)}`,
      sampleAt,
    );
  }
  const rounding = roundingEvents + Math.abs(total) * roundingShare;
  if (!(total >= -rounding && good <= total + rounding && good >= -rounding)) {
    return unknown('impossible', `${signal.name}: ${round(good)} good of ${round(total)} events`, sampleAt);
  }
  if (total <= rounding)
    return unknown('no-traffic', `${signal.name}: no events in the last ${formatDuration(use.windowMs)}`, sampleAt);
  if (signal.numerator === 'good' && !group.numeratorEverSeen) {
    return unknown(
      'no-data',
      `${signal.name}: there is traffic, but no series has ever matched its good events`,
      sampleAt,
    );
  }
  const value = Math.min(1, Math.max(0, good / total));
  return { kind: 'value', value, sampleAt, good, total, ...intervalOf(signal, ledger, group, use.windowMs, good) };
}

function intervalOf(
  signal: CountingSignal,
  { between, place }: SignalLedger,
  { rows, rowsAtMost }: GroupLedger,
  windowMs: number,
  good: number,
): Pick<ValueReading, 'interval'> {
  const end = lastRow(rows)?.to;
  if (signal.kind !== 'latency' || between === undefined || rowsAtMost === undefined || end === undefined) return {};
  const { good: goodAtMost, total } = countWindow(rowsAtMost, end - windowMs, end);
  // The threshold is a bucket again, and what the window holds was counted by it.
  if (place === undefined && goodAtMost - good <= roundingEvents) return {};
  const atMost = Math.min(1, Math.max(0, good, goodAtMost) / total);
  return { interval: { atMost, thresholdSeconds: signal.thresholdSeconds, buckets: between } };
}

function readGauge(signal: GaugeSignal, group: GroupLedger, use: PlainUse, freshMs: number): Reading {
  const newest = group.values.at(-1);
  if (newest === undefined) return unknown('no-data', `${signal.name}: no value yet`);
  const sampleAt = newest.at;
  if (use.fold === 'latest' || use.windowMs === undefined) return gaugeValue(signal, newest.value, sampleAt);
  const { windowMs } = use;
  const { inside, coveredMs } = valuesInside(group.values, sampleAt - windowMs, freshMs);
  if (inside.length === 0) return gaugeValue(signal, NaN, sampleAt);
  if (coveredMs < windowMs * enoughCoverage) {
    return unknown(
      'short-history',
      `${signal.name}: samples cover ${formatShare(coveredMs / windowMs)} of the last ${formatDuration(windowMs)}`,
      sampleAt,
    );
  }
  return gaugeValue(signal, fold(inside, use.fold), sampleAt);
}

/** The numbers after `from`; each covers the time since the one before it, as far as that would not have been stale. */
function valuesInside(
  values: readonly GaugeValue[],
  from: number,
  freshMs: number,
): { readonly inside: readonly number[]; readonly coveredMs: number } {
  const inside: number[] = [];
  let coveredMs = 0;
  let before: number | undefined;
  for (const { at, value } of values) {
    if (Number.isNaN(value)) continue;
    if (at > from) {
      inside.push(value);
      if (before !== undefined) coveredMs += at - Math.max(before, from, at - freshMs);
    }
    before = at;
  }
  return { inside, coveredMs };
}

function gaugeValue(signal: GaugeSignal, value: number, sampleAt: number): Reading {
  if (Number.isNaN(value)) return unknown('no-data', `${signal.name}: the source says NaN`, sampleAt);
  if (!Number.isFinite(value)) return unknown('impossible', `${signal.name}: the source says infinity`, sampleAt);
  return { kind: 'value', value, sampleAt };
}

function fold(numbers: readonly number[], how: Exclude<SignalFold, 'latest'>): number {
  switch (how) {
    case 'over':
      // Of an infinity either way there is no mean.
      return numbers.every(Number.isFinite)
        ? numbers.reduce((sum, value) => sum + value, 0) / numbers.length
        : Infinity;
    case 'max':
      return Math.max(...numbers);
    case 'min':
      return Math.min(...numbers);
  }
}

function ago(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}

function round(count: number): number {
  return Math.round(count * 1000) / 1000;
}
