import { exclusionGridMs, isCutKnown, shareInside, slotAt, type SlotShare } from './cuts.ts';
import { countedStretches, type Exclusion } from './exclusions.ts';
import { isImpossible } from './impossible.ts';
import type { Interval } from '../interval.ts';
import type { BudgetLedger } from './ledger.ts';
import { placeOf, type SlotTier } from './slot-tiers.ts';
import { coveredMs, endOf } from './spans.ts';

/** What was counted in a window, the excluded stretches left out. */
export interface WindowCount {
  readonly good: number;
  readonly bad: number;
  readonly total: number;
  /** Time with data that is in the counts, ms; without traffic too. */
  readonly coveredMs: number;
  readonly excludedMs: number;
  /** Time left out because good was above total there, ms; not part of what is covered. */
  readonly impossibleMs: number;
  /** Bad events of slots that exclusions cut without it being known on which side they happened; absent without any. */
  readonly estimatedBad?: number;
}

/** Whether counts can be is judged over so much time at least: over less, one late scrape looks impossible. */
const blockMs = 300_000;

/**
 * Counts a window. A slot that an exclusion cuts counts by what is known of each side; one that the window cuts, and one of
 * which that is not known, by the share of its covered time inside. The cost is one addition a slot, whatever the traffic was.
 */
export function countWindow(
  ledger: BudgetLedger,
  from: number,
  to: number,
  exclusions: readonly Exclusion[] = [],
): WindowCount {
  const sum: WindowSum = { bad: 0, total: 0, coveredMs: 0, impossibleMs: 0 };
  let countedMs = 0;
  const stretches = countedStretches(exclusions, from, to, exclusionGridMs(ledger.method));
  for (const stretch of stretches) {
    countedMs += stretch.to - stretch.from;
    sum.coveredMs += coveredMs(ledger.covered, stretch.from, stretch.to);
    let end = stretch.to;
    for (const tier of ledger.tiers) {
      if (tier.floor < end) countSlots(ledger, tier, Math.max(stretch.from, tier.floor), end, sum);
      end = Math.min(end, tier.floor);
    }
    if (ledger.method.kind === 'occurrences') countUnsettled(ledger, stretch.from, stretch.to, sum);
  }
  const estimatedBad = exclusions.length === 0 ? 0 : badOfUncut(ledger, stretches, from, to);
  return {
    good: sum.total - sum.bad,
    bad: sum.bad,
    total: sum.total,
    coveredMs: sum.coveredMs,
    excludedMs: Math.max(0, to - from - countedMs),
    impossibleMs: sum.impossibleMs,
    ...(estimatedBad > 0 ? { estimatedBad } : {}),
  };
}

function badOfUncut(ledger: BudgetLedger, stretches: readonly Interval[], from: number, to: number): number {
  let bad = 0;
  let newest = -Infinity;
  for (const stretch of stretches) {
    for (const edge of [stretch.from, stretch.to]) {
      if (edge <= from || edge >= to || edge >= endOf(ledger.covered) || isCutKnown(ledger, edge)) continue;
      const slot = slotAt(ledger.tiers, edge);
      if (slot === undefined || slot.from === newest) continue;
      newest = slot.from;
      bad += Math.max(0, slot.tier.counts[2 * placeOf(slot.tier, slot.from / slot.tier.slotMs)] ?? NaN);
    }
  }
  return bad;
}

interface WindowSum {
  bad: number;
  total: number;
  coveredMs: number;
  impossibleMs: number;
}

function countSlots(ledger: BudgetLedger, tier: SlotTier, from: number, to: number, sum: WindowSum): void {
  const { slotMs } = tier;
  const first = Math.floor(from / slotMs);
  // Past the newest count the ring holds its oldest slots.
  const end = Math.min(Math.ceil(to / slotMs), Math.ceil(endOf(ledger.covered) / slotMs));
  if (end <= first) return;
  const firstShare = shareInside(ledger, tier, first * slotMs, from, to);
  const lastShare = shareInside(ledger, tier, (end - 1) * slotMs, from, to);
  // Counts are mostly as they should be: one pass then says so and sums them up.
  const plain = sumPlain(tier, first, end, firstShare, lastShare);
  if (plain === undefined) countBlocks(ledger, tier, from, Math.min(to, end * slotMs), sum);
  else {
    sum.bad += plain.bad;
    sum.total += plain.total;
  }
}

/** The sum of some slots, the first and the last by their shares; undefined when one of them has more good than total. */
function sumPlain(
  tier: SlotTier,
  first: number,
  end: number,
  firstShare: SlotShare,
  lastShare: SlotShare,
): { readonly bad: number; readonly total: number } | undefined {
  const { counts } = tier;
  const length = counts.length;
  let place = 2 * placeOf(tier, first);
  let bad = 0;
  let total = 0;
  for (let left = end - first; left > 0; left -= 1) {
    let slotBad = counts[place] ?? NaN;
    let slotTotal = counts[place + 1] ?? NaN;
    if (!(slotBad >= 0 && slotBad <= slotTotal)) return undefined;
    if (left === end - first) {
      slotBad *= firstShare.bad;
      slotTotal *= firstShare.total;
    } else if (left === 1) {
      slotBad *= lastShare.bad;
      slotTotal *= lastShare.total;
    }
    bad += slotBad;
    total += slotTotal;
    place += 2;
    if (place === length) place = 0;
  }
  return { bad, total };
}

/** As a sum of blocks, of which those that cannot be are left out. */
function countBlocks(ledger: BudgetLedger, tier: SlotTier, from: number, to: number, sum: WindowSum): void {
  const { slotMs, counts } = tier;
  const ms = Math.max(blockMs, slotMs);
  for (let blockFrom = Math.floor(from / ms) * ms; blockFrom < to; blockFrom += ms) {
    let bad = 0;
    let total = 0;
    for (let slotFrom = blockFrom; slotFrom < blockFrom + ms; slotFrom += slotMs) {
      if (slotFrom + slotMs <= from || slotFrom >= to) continue;
      const share = shareInside(ledger, tier, slotFrom, from, to);
      const place = placeOf(tier, slotFrom / slotMs);
      bad += (counts[2 * place] ?? NaN) * share.bad;
      total += (counts[2 * place + 1] ?? NaN) * share.total;
    }
    if (isImpossible(bad, total)) {
      leaveOut(sum, coveredMs(ledger.covered, Math.max(from, blockFrom), Math.min(blockFrom + ms, to)));
    } else {
      sum.bad += bad;
      sum.total += total;
    }
  }
}

function countUnsettled(ledger: BudgetLedger, from: number, to: number, sum: WindowSum): void {
  let bad = 0;
  let total = 0;
  let covered = 0;
  for (const each of ledger.unsettled) {
    const inside = Math.min(each.to, to) - Math.max(each.from, from);
    if (inside <= 0) continue;
    const share = inside / (each.to - each.from);
    bad += each.bad * share;
    total += each.total * share;
    covered += inside;
  }
  sum.coveredMs += covered;
  if (isImpossible(bad, total)) leaveOut(sum, covered);
  else {
    sum.bad += bad;
    sum.total += total;
  }
}

function leaveOut(sum: WindowSum, ms: number): void {
  sum.coveredMs -= ms;
  sum.impossibleMs += ms;
}
