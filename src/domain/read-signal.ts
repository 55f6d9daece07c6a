import type { SignalUse } from './condition.ts';
import { countWindow, lastRow } from './count-rows.ts';
import { formatDuration } from './duration.ts';
import { unknown, type Reading } from './reading.ts';
import type { CountingSignal, GaugeSignal, Signal } from './service.ts';
import type { GaugeValue, GroupLedger, SignalLedger } from './signal-ledger.ts';
import type { Timing } from './timing.ts';

/** A window counts as covered from this share on: a window's far edge falls between two samples. */
const enoughCoverage = 0.9;

/** Good may exceed total by rounding only. */
const roundingTolerance = 1e-9;

/** Reads a signal for one group at `now` (source's clock, ms): a value, or the reason why there is none. */
export function readSignal(
  signal: Signal,
  ledger: SignalLedger | undefined,
  key: string,
  use: SignalUse,
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
  if (age > timing.staleAfterMs)
    return unknown('stale', `${signal.name}: the newest sample is ${ago(age)} old`, group.newestSampleAt);
  return signal.kind === 'gauge' ? readGauge(signal, group, use) : readRatio(signal, group, use);
}

function readRatio(signal: CountingSignal, group: GroupLedger, use: SignalUse): Reading {
  const end = lastRow(group.rows)?.to;
  if (end === undefined || use.windowMs === undefined)
    return unknown('short-history', `${signal.name}: no step is complete yet`, group.newestSampleAt);
  const { good, total, coverage } = countWindow(group.rows, end - use.windowMs, end);
  const sampleAt = group.newestSampleAt;
  if (coverage < enoughCoverage) {
    const percent = Math.floor(coverage * 100);
    return unknown(
      'short-history',
      `${signal.name}: samples cover ${percent} % of the last ${formatDuration(use.windowMs)}`,
      sampleAt,
    );
  }
  if (total <= 0)
    return unknown('no-traffic', `${signal.name}: no events in the last ${formatDuration(use.windowMs)}`, sampleAt);
  if (signal.numerator === 'good' && !group.numeratorEverSeen) {
    return unknown(
      'no-data',
      `${signal.name}: there is traffic, but no series has ever matched its good events`,
      sampleAt,
    );
  }
  if (good > total * (1 + roundingTolerance) || good < -total * roundingTolerance) {
    return unknown('impossible', `${signal.name}: ${round(good)} good of ${round(total)} events`, sampleAt);
  }
  return { kind: 'value', value: Math.min(1, Math.max(0, good / total)), sampleAt, good, total };
}

function readGauge(signal: GaugeSignal, group: GroupLedger, use: SignalUse): Reading {
  const newest = group.values.at(-1);
  if (newest === undefined) return unknown('no-data', `${signal.name}: no value yet`);
  const sampleAt = newest.at;
  if (use.fold === 'latest' || use.windowMs === undefined) return gaugeValue(signal, newest.value, sampleAt);
  const { windowMs } = use;
  const oldest = group.values[0]?.at ?? sampleAt;
  const inside = group.values.filter((value) => value.at > sampleAt - windowMs);
  if (sampleAt - oldest < windowMs * enoughCoverage && oldest > sampleAt - windowMs) {
    const percent = Math.floor(((sampleAt - oldest) / windowMs) * 100);
    return unknown(
      'short-history',
      `${signal.name}: samples cover ${percent} % of the last ${formatDuration(windowMs)}`,
      sampleAt,
    );
  }
  return gaugeValue(signal, fold(inside, use.fold), sampleAt);
}

function gaugeValue(signal: GaugeSignal, value: number, sampleAt: number): Reading {
  if (Number.isNaN(value)) return unknown('no-data', `${signal.name}: the source says NaN`, sampleAt);
  if (!Number.isFinite(value)) return unknown('impossible', `${signal.name}: the source says infinity`, sampleAt);
  return { kind: 'value', value, sampleAt };
}

function fold(values: readonly GaugeValue[], how: 'over' | 'max' | 'min'): number {
  const numbers = values.map((value) => value.value);
  switch (how) {
    case 'over':
      return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
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
