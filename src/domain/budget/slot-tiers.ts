/** Bad and total events in slots of one length, for one stretch of time: a ring, so that time moves on without copying. */
export interface SlotTier {
  readonly slotMs: number;
  /** How long slots stay before they go to the next coarser tier, ms. */
  readonly keepMs: number;
  /** Slots move on in whole stretches of this length: a multiple of the next tier's slot, ms. */
  readonly alignMs: number;
  /** Bad and total, in turn. Bad is below 0 where good was above total. */
  readonly counts: Float32Array<ArrayBuffer>;
  /** How many slots the ring has. */
  readonly slots: number;
  /** One bit a slot, by its place: whether it changed since it was last taken for the store. */
  readonly changed: Uint32Array<ArrayBuffer>;
  hasChanges: boolean;
  /** Nothing before this instant is in this tier, ms; the next finer tier's floor is where it ends. */
  floor: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * The far edge of a window cuts a slot, so slots are short where short windows end: for 1 h, 6 h, 3 d and a quarter at
 * most 1/360th of the window. Float32 holds every whole number to 2^24; beyond, a slot is right to 1 in 10^7, since its
 * sum is rounded a few times only.
 */
const tierPlan = [
  { slotMs: 10_000, keepMs: 65 * minuteMs, alignMs: 5 * minuteMs },
  { slotMs: minuteMs, keepMs: 6.25 * hourMs, alignMs: 15 * minuteMs },
  { slotMs: 5 * minuteMs, keepMs: 3 * dayMs + hourMs, alignMs: hourMs },
  { slotMs: 15 * minuteMs, keepMs: 93 * dayMs, alignMs: hourMs },
  { slotMs: hourMs, keepMs: Infinity, alignMs: hourMs },
] as const;

/**
 * Tiers that together keep `keepMs`, finest first. A tier has room for what the finer ones let go of and no more, unless
 * `isRoomy`: where a finer tier is to begin later than its `keepMs` says, the coarser one holds what lies between.
 */
export function createTiers(keepMs: number, isRoomy = false): readonly SlotTier[] {
  const plans: { slotMs: number; alignMs: number; keepMs: number; slots: number }[] = [];
  let finerMs = 0;
  for (const { slotMs, alignMs, ...plan } of tierPlan) {
    const kept = Math.min(plan.keepMs, keepMs);
    const heldMs = kept - (isRoomy ? 0 : finerMs);
    plans.push({ slotMs, alignMs, keepMs: kept, slots: Math.ceil((heldMs + alignMs) / slotMs) + 1 });
    if (kept === keepMs) break;
    finerMs = kept;
  }
  // One piece of memory for all: of thousands of ledgers, what surrounds each piece counts too.
  const words = plans.reduce((sum, { slots }) => sum + 2 * slots + wordsFor(slots), 0);
  const memory = new ArrayBuffer(4 * words);
  let at = 0;
  return plans.map((plan): SlotTier => {
    const counts = new Float32Array(memory, at, 2 * plan.slots);
    const changed = new Uint32Array(memory, at + counts.byteLength, wordsFor(plan.slots));
    at += counts.byteLength + changed.byteLength;
    return { ...plan, counts, changed, hasChanges: false, floor: -Infinity };
  });
}

function wordsFor(bits: number): number {
  return Math.ceil(bits / 32);
}

/** When a tier begins for a newest instant, ms. */
export function floorFor({ keepMs, alignMs }: SlotTier, newest: number): number {
  return Math.max(0, Math.floor((newest - keepMs) / alignMs) * alignMs);
}

/** Where a tier keeps the slot of that number (its start over its length). */
export function placeOf(tier: SlotTier, slot: number): number {
  return slot % tier.slots;
}

/** Has the slot at a place taken for the store the next time. */
export function markChanged(tier: SlotTier, place: number): void {
  tier.changed[place >>> 5] = (tier.changed[place >>> 5] ?? 0) | (1 << (place & 31));
  tier.hasChanges = true;
}

/** The slot at a place is as the store has it, or nothing any more. */
export function markUnchanged({ changed }: SlotTier, place: number): void {
  changed[place >>> 5] = (changed[place >>> 5] ?? 0) & ~(1 << (place & 31));
}

/** Calls back with the place of each slot that changed since the last call. */
export function takeChanged(tier: SlotTier, take: (place: number) => void): void {
  if (!tier.hasChanges) return;
  tier.hasChanges = false;
  for (let index = 0; index < tier.changed.length; index += 1) {
    let bits = tier.changed[index] ?? 0;
    tier.changed[index] = 0;
    for (; bits !== 0; bits &= bits - 1) take(32 * index + 31 - Math.clz32(bits & -bits));
  }
}

/** Adds counts evenly over a stretch, in whatever tiers it lies; what is older than all of them is let go. */
export function addCount(tiers: readonly SlotTier[], from: number, to: number, bad: number, total: number): void {
  let end = to;
  for (const tier of tiers) {
    const start = from > tier.floor ? from : tier.floor;
    for (let slotFrom = Math.floor(start / tier.slotMs) * tier.slotMs; slotFrom < end; slotFrom += tier.slotMs) {
      const slotTo = slotFrom + tier.slotMs;
      const inside = (slotTo < end ? slotTo : end) - (slotFrom > start ? slotFrom : start);
      const share = inside / (to - from);
      addToSlot(tier, placeOf(tier, slotFrom / tier.slotMs), bad * share, total * share);
    }
    if (tier.floor <= from) return;
    if (tier.floor < end) end = tier.floor;
  }
}

/** Moves what has grown too old for a tier to the next; returns the instant before which nothing is kept any more. */
export function advanceTiers(tiers: readonly SlotTier[], newest: number): number {
  // From the coarsest on: a tier has made room before it takes what the finer one gives.
  for (let index = tiers.length - 1; index >= 0; index -= 1) {
    const tier = tiers[index];
    if (tier === undefined) break;
    const floor = floorFor(tier, newest);
    if (floor > tier.floor) raiseFloor(tier, tiers.slice(index + 1), floor);
  }
  return tiers.at(-1)?.floor ?? -Infinity;
}

function raiseFloor(tier: SlotTier, coarser: readonly SlotTier[], floor: number): void {
  const { slotMs, counts, slots } = tier;
  const before = tier.floor;
  tier.floor = floor;
  if (before === -Infinity) return;
  const first = before / slotMs;
  // The ring holds no more than its length: after a long silence the rest is empty.
  const last = Math.min(floor / slotMs, first + slots);
  for (let slot = first; slot < last; slot += 1) {
    const place = placeOf(tier, slot);
    const bad = counts[2 * place] ?? NaN;
    const total = counts[2 * place + 1] ?? NaN;
    // A slot without events may still be covered, and its row in the store goes: the coarser one is then to be written.
    addCount(coarser, slot * slotMs, (slot + 1) * slotMs, bad, total);
    counts.fill(0, 2 * place, 2 * place + 2);
    markUnchanged(tier, place);
  }
}

function addToSlot(tier: SlotTier, place: number, bad: number, total: number): void {
  putIntoSlot(tier, place, bad, total);
  markChanged(tier, place);
}

/** Adds counts to the slot at a place as the store has them: nothing is to be written for it. */
export function putIntoSlot({ counts }: SlotTier, place: number, bad: number, total: number): void {
  counts[2 * place] = (counts[2 * place] ?? NaN) + bad;
  counts[2 * place + 1] = (counts[2 * place + 1] ?? NaN) + total;
}
