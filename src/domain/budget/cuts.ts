import type { CountedStretch } from './counted-stretch.ts';
import { countedStretches, type Exclusion } from './exclusions.ts';
import type { Interval } from '../interval.ts';
import type { BudgetMethod } from './objective.ts';
import { advanceTiers, floorFor, markChanged, placeOf, type SlotTier } from './slot-tiers.ts';
import { coveredMs, endOf, type Spans } from './spans.ts';

/** What a slot counted before an instant in it, where an exclusion begins or ends. */
export interface SlotCut {
  readonly at: number;
  readonly bad: number;
  readonly total: number;
}

/** What of a ledger has to do with its cuts. */
export interface CutSlots {
  readonly method: BudgetMethod;
  readonly tiers: readonly SlotTier[];
  readonly covered: Spans;
  /** Their ends are kept when slots grow longer. */
  exclusions: readonly Exclusion[];
  /** By the instant; undefined without any, since most ledgers have none. */
  cuts: Map<number, SlotCut> | undefined;
}

/** A slot that exclusions cut, of which it is not known what it counted on either side. */
export interface UncutSlot extends Interval {
  /** The instants in it, ascending. */
  readonly edges: readonly number[];
}

/** Slots so short are shared out by time: samples are hardly closer, ms. */
const finestMs = 10_000;

/** What exclusions are widened to: a slice is good or bad as a whole, so one that is cut is left out as a whole, ms. */
export function exclusionGridMs(method: BudgetMethod): number {
  return method.kind === 'occurrences' ? 1 : method.sliceMs;
}

/** Where exclusions begin and end inside an interval, ascending. */
export function exclusionEdges(
  { method, exclusions }: Pick<CutSlots, 'method' | 'exclusions'>,
  from: number,
  to: number,
): readonly number[] {
  if (exclusions.length === 0) return [];
  return countedStretches(exclusions, from, to, exclusionGridMs(method))
    .flatMap((each) => [each.from, each.to])
    .filter((edge) => edge > from && edge < to);
}

/** The slot that holds an instant; undefined before the oldest. */
export function slotAt(tiers: readonly SlotTier[], at: number): (Interval & { readonly tier: SlotTier }) | undefined {
  const tier = tiers.find(({ floor }) => floor <= at);
  if (tier === undefined) return undefined;
  const from = Math.floor(at / tier.slotMs) * tier.slotMs;
  return { tier, from, to: from + tier.slotMs };
}

/** Whether it is known what was counted before and after an instant, as closely as samples tell. */
export function isCutKnown({ tiers, cuts }: Pick<CutSlots, 'tiers' | 'cuts'>, at: number): boolean {
  const slot = slotAt(tiers, at);
  if (slot === undefined || slot.from === at || slot.tier.slotMs <= finestMs) return true;
  return cuts?.has(at) ?? false;
}

/** Which slots with counts the edges (ascending) cut in a way that is not known, newest first. */
export function uncutSlots(ledger: CutSlots, edges: readonly number[]): readonly UncutSlot[] {
  const slots: UncutSlot[] = [];
  for (const edge of edges) {
    if (edge >= endOf(ledger.covered)) break;
    const slot = slotAt(ledger.tiers, edge);
    if (slot === undefined || isCutKnown(ledger, edge) || !hasCounts(slot.tier, slot.from)) continue;
    const last = slots.at(-1);
    if (last?.from === slot.from) slots.splice(-1, 1, { ...last, edges: [...last.edges, edge] });
    else slots.push({ from: slot.from, to: slot.to, edges: [edge] });
  }
  return slots.toReversed();
}

/** Cuts in an interval, ascending; undefined without any. */
export function cutsIn({ cuts }: Pick<CutSlots, 'cuts'>, from: number, to: number): readonly SlotCut[] | undefined {
  if (cuts === undefined) return undefined;
  const inside = [...cuts.values()].filter(({ at }) => at > from && at < to).sort((a, b) => a.at - b.at);
  return inside.length === 0 ? undefined : inside;
}

export function dropCuts(ledger: Pick<CutSlots, 'cuts'>, from: number, to: number): void {
  for (const { at } of cutsIn(ledger, from, to) ?? []) ledger.cuts?.delete(at);
}

/** Goes on under other exclusions: cuts that they do not ask for any more are let go. */
export function setExclusions(ledger: CutSlots, exclusions: readonly Exclusion[]): void {
  ledger.exclusions = exclusions;
  if (ledger.cuts === undefined) return;
  const oldest = ledger.tiers.at(-1)?.floor ?? 0;
  const edges = new Set(exclusionEdges(ledger, oldest, endOf(ledger.covered)));
  for (const at of ledger.cuts.keys()) if (!edges.has(at)) ledger.cuts.delete(at);
}

/** Remembers a cut as a store has it. */
export function putCut(ledger: Pick<CutSlots, 'cuts'>, cut: SlotCut): void {
  ledger.cuts ??= new Map();
  ledger.cuts.set(cut.at, cut);
}

/**
 * Cuts a slot as a source counted it by stretches (which do not overlap): the counts of the slot stand, and are shared
 * out as those of the stretches are. False where they tell too little for that.
 */
export function cutSlot(ledger: CutSlots, slot: UncutSlot, counted: readonly CountedStretch[]): boolean {
  const own = slotAt(ledger.tiers, slot.from);
  if (own === undefined || own.from !== slot.from || own.to !== slot.to) return false;
  const whole = sumOf(counted, slot);
  const place = placeOf(own.tier, slot.from / own.tier.slotMs);
  const [bad, total] = [own.tier.counts[2 * place] ?? NaN, own.tier.counts[2 * place + 1] ?? NaN];
  if (!(whole.total > 0) || (bad > 0 && !(whole.bad > 0))) return false;
  for (const at of slot.edges) {
    const before = sumOf(counted, { from: slot.from, to: at });
    const share = before.total / whole.total;
    putCut(ledger, { at, total: total * share, bad: bad * (whole.bad > 0 ? within01(before.bad / whole.bad) : share) });
  }
  markChanged(own.tier, place);
  return true;
}

/** Takes a stretch that was just added to the slots: of one that reaches over a cut nobody knows where its events lay. */
export function addToCuts(ledger: CutSlots, { from, to, bad, total }: CountedStretch): void {
  const { cuts, tiers } = ledger;
  if (cuts === undefined || from >= (tiers[0]?.floor ?? -Infinity)) return;
  for (const cut of cuts.values()) {
    const slot = slotAt(tiers, cut.at);
    if (slot === undefined) cuts.delete(cut.at);
    else if (to > slot.from && from < cut.at) {
      const share = (to - Math.max(from, slot.from)) / (to - from);
      if (to > cut.at) cuts.delete(cut.at);
      else cuts.set(cut.at, { at: cut.at, bad: cut.bad + bad * share, total: cut.total + total * share });
    }
  }
}

/**
 * Moves what has grown too old to longer slots, as advanceTiers does, and keeps of those that an exclusion cuts then
 * what the shorter ones knew of each side.
 */
export function advanceCut(ledger: CutSlots, newest: number): number {
  const { tiers, exclusions, cuts } = ledger;
  if (exclusions.length === 0 && cuts === undefined) return advanceTiers(tiers, newest);
  const floors = tiers.map((tier) => Math.max(tier.floor, floorFor(tier, newest)));
  const moved = new Map<number, SlotCut | undefined>();
  for (const [index, { floor }] of tiers.entries()) {
    const end = floors[index] ?? floor;
    // A ledger without counts begins with cuts of nothing.
    const begin = floor === -Infinity ? (floors.at(-1) ?? end) : floor;
    if (!(end > begin)) continue;
    for (const at of exclusionEdges(ledger, begin, end)) moved.set(at, cutAfter(ledger, floors, at));
    for (const { at } of cutsIn(ledger, begin, end) ?? []) if (!moved.has(at)) moved.set(at, undefined);
  }
  const oldest = advanceTiers(tiers, newest);
  for (const [at, cut] of moved) {
    if (cut === undefined) ledger.cuts?.delete(at);
    else putCut(ledger, cut);
  }
  return oldest;
}

/** The cut of the slot that an instant lies in once the tiers begin at `floors`; undefined if that is none, or not known. */
function cutAfter(ledger: CutSlots, floors: readonly number[], at: number): SlotCut | undefined {
  const slotMs = ledger.tiers.find((_, index) => (floors[index] ?? Infinity) <= at)?.slotMs;
  if (slotMs === undefined || at % slotMs === 0) return undefined;
  // Nothing is counted yet from there on, and what is filled in later comes to the cut as to the slot.
  const counted = endOf(ledger.covered);
  if (at < counted && !isCutKnown(ledger, at)) return undefined;
  const from = Math.floor(at / slotMs) * slotMs;
  let [bad, total] = [0, 0];
  // Past the newest count the rings hold their oldest slots.
  let end = Math.min(at, counted);
  for (const tier of ledger.tiers) {
    const start = Math.max(from, tier.floor);
    for (let slot = Math.floor(start / tier.slotMs); slot * tier.slotMs < end; slot += 1) {
      const share = slot * tier.slotMs + tier.slotMs > end ? shareBefore(ledger, tier, at) : wholeSlot;
      const place = placeOf(tier, slot);
      bad += (tier.counts[2 * place] ?? NaN) * share.bad;
      total += (tier.counts[2 * place + 1] ?? NaN) * share.total;
    }
    end = Math.min(end, tier.floor);
  }
  return { at, bad, total };
}

/** Shares of a slot's counts. */
export interface SlotShare {
  readonly bad: number;
  readonly total: number;
}

export const wholeSlot: SlotShare = { bad: 1, total: 1 };

/** How much of a slot's counts lie in a window: as its cuts tell, and otherwise its share of the slot's covered time. */
export function shareInside(ledger: CutSlots, tier: SlotTier, slotFrom: number, from: number, to: number): SlotShare {
  const slotTo = slotFrom + tier.slotMs;
  if (from <= slotFrom && slotTo <= to) return wholeSlot;
  const start = Math.max(slotFrom, from);
  const end = Math.min(slotTo, to);
  if (ledger.cuts === undefined || !(ledger.cuts.has(start) || ledger.cuts.has(end))) {
    const share = timeShare(ledger, slotFrom, slotTo, start, end);
    return { bad: share, total: share };
  }
  const before = start === slotFrom ? { bad: 0, total: 0 } : shareBefore(ledger, tier, start);
  const until = end === slotTo ? wholeSlot : shareBefore(ledger, tier, end);
  return { bad: within01(until.bad - before.bad), total: within01(until.total - before.total) };
}

/** How much of a slot's counts lie before an instant in it. */
function shareBefore(ledger: CutSlots, tier: SlotTier, at: number): SlotShare {
  const from = Math.floor(at / tier.slotMs) * tier.slotMs;
  const cut = ledger.cuts?.get(at);
  if (cut === undefined) {
    const share = timeShare(ledger, from, from + tier.slotMs, from, at);
    return { bad: share, total: share };
  }
  const place = placeOf(tier, from / tier.slotMs);
  return { bad: shareOf(cut.bad, tier.counts[2 * place]), total: shareOf(cut.total, tier.counts[2 * place + 1]) };
}

function timeShare({ covered }: CutSlots, slotFrom: number, slotTo: number, from: number, to: number): number {
  const known = coveredMs(covered, slotFrom, slotTo);
  return known > 0 ? coveredMs(covered, from, to) / known : (to - from) / (slotTo - slotFrom);
}

function shareOf(part: number, whole = 0): number {
  return whole === 0 ? 0 : within01(part / whole);
}

function within01(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function hasCounts(tier: SlotTier, slotFrom: number): boolean {
  const place = placeOf(tier, slotFrom / tier.slotMs);
  return tier.counts[2 * place] !== 0 || tier.counts[2 * place + 1] !== 0;
}

function sumOf(counted: readonly CountedStretch[], { from, to }: Interval): { bad: number; total: number } {
  const sum = { bad: 0, total: 0 };
  for (const each of counted) {
    const share = Math.max(0, Math.min(each.to, to) - Math.max(each.from, from)) / (each.to - each.from);
    sum.bad += each.bad * share;
    sum.total += each.total * share;
  }
  return sum;
}
