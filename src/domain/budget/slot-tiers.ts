/** Bad and total events in slots of one length, for one stretch of time: a ring, so that time moves on without copying. */
export interface SlotTier {
  readonly slotMs: number;
  /** How long slots stay before they go to the next coarser tier, ms. */
  readonly keepMs: number;
  /** Slots move on in whole stretches of this length: a multiple of the next tier's slot, ms. */
  readonly alignMs: number;
  /** Bad and total, in turn. Bad is below 0 where good was above total. */
  readonly counts: Float32Array<ArrayBuffer>;
  /** 1 for slots that changed since they were last taken for the store. */
  readonly changed: Uint8Array<ArrayBuffer>;
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

/** Tiers that together keep `keepMs`, finest first. */
export function createTiers(keepMs: number): readonly SlotTier[] {
  const tiers: SlotTier[] = [];
  for (const { slotMs, alignMs, ...plan } of tierPlan) {
    const kept = Math.min(plan.keepMs, keepMs);
    const slots = Math.ceil((kept + alignMs) / slotMs) + 1;
    tiers.push({
      slotMs,
      alignMs,
      keepMs: kept,
      counts: new Float32Array(2 * slots),
      changed: new Uint8Array(slots),
      hasChanges: false,
      floor: -Infinity,
    });
    if (kept === keepMs) break;
  }
  return tiers;
}

/** Where a tier keeps the slot of that number (its start over its length). */
export function placeOf(tier: SlotTier, slot: number): number {
  return slot % tier.changed.length;
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
    const floor = Math.max(0, Math.floor((newest - tier.keepMs) / tier.alignMs) * tier.alignMs);
    if (floor > tier.floor) raiseFloor(tier, tiers.slice(index + 1), floor);
  }
  return tiers.at(-1)?.floor ?? -Infinity;
}

function raiseFloor(tier: SlotTier, coarser: readonly SlotTier[], floor: number): void {
  const { slotMs, counts, changed } = tier;
  const before = tier.floor;
  tier.floor = floor;
  if (before === -Infinity) return;
  const first = before / slotMs;
  // The ring holds no more than its length: after a long silence the rest is empty.
  const last = Math.min(floor / slotMs, first + changed.length);
  for (let slot = first; slot < last; slot += 1) {
    const place = placeOf(tier, slot);
    const bad = counts[2 * place] ?? NaN;
    const total = counts[2 * place + 1] ?? NaN;
    // A slot without events may still be covered, and its row in the store goes: the coarser one is then to be written.
    addCount(coarser, slot * slotMs, (slot + 1) * slotMs, bad, total);
    counts.fill(0, 2 * place, 2 * place + 2);
    changed[place] = 0;
  }
}

function addToSlot(tier: SlotTier, place: number, bad: number, total: number): void {
  tier.counts[2 * place] = (tier.counts[2 * place] ?? NaN) + bad;
  tier.counts[2 * place + 1] = (tier.counts[2 * place + 1] ?? NaN) + total;
  tier.changed[place] = 1;
  tier.hasChanges = true;
}
