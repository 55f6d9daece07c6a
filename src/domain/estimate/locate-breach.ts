import {
  countOf,
  evidenceBeyond,
  evidenceFor,
  locateRise,
  strongestSuffix,
  type Rise,
  type Slice,
} from './change-point.ts';

interface Located extends Rise {
  /** Index of the first slice with events after the beginning. */
  readonly index: number;
}

/** Where a breach began. */
export interface Breach extends Located {
  /** True when it did not begin at once: a ramp, or several steps. */
  readonly gradual: boolean;
}

/** Counts must speak this clearly (e to this power) for something to be more than chance. */
const clear = 5;

/** A suspicion of a ramp is enough to widen what is said of its beginning. */
const suspicious = 2;

/** Many stretches before a beginning are looked at, so that one of them is sooner taken for a breach by chance. */
const clearlyEarlier = 8;

/** Rounds in which beginning and shares are estimated anew from each other. */
const refinements = 4;

/** How often a ramp is followed back. */
const followedBack = 8;

/** How much of a ramp's rise, as far as it was seen, may lie unseen before it. */
const unseenPart = 0.25;

/**
 * Finds where the breach began that lasts up to, or nearly up to, slice `last`; later slices only tell how bad it became.
 * `windowMs` is the window in which the share counts: a clearly healthy stretch as long as that ends an earlier breach.
 * Undefined when the counts do not speak clearly for a breach.
 */
export function locateBreach(
  slices: readonly Slice[],
  last: number,
  allowed: number,
  windowMs: number,
): Breach | undefined {
  const first = breachSpan(slices, last, allowed, windowMs);
  const known = slices.slice(first, last + 1);
  const start = strongestSuffix(known, known.length - 1, allowed);
  if (start.evidence < clear) return undefined;
  const step = settleRise(known, slices.slice(last + 1), start.first, allowed);
  if (step === undefined) return undefined;
  let found = step;
  for (let round = 0; round < followedBack; round += 1) {
    // What comes before may be beyond the bound too, only less so.
    const before = known.slice(0, found.index);
    const earlier = strongestSuffix(before, before.length - 1, allowed);
    if (earlier.evidence < clearlyEarlier) break;
    const next = settleRise(before, [], earlier.first, allowed);
    if (next === undefined || next.at >= found.at) break;
    found = next;
  }
  const ramp = rampOf(known, found);
  return {
    ...found,
    earliest: Math.min(found.earliest, ramp?.earliest ?? Infinity),
    index: found.index + first,
    gradual: (ramp?.evidence ?? 0) >= clear,
  };
}

/**
 * A ramp leaves the bound before that shows. Undefined for a breach that is as bad in its first half as in its second;
 * otherwise how early the counts let it begin: where the line through both halves meets zero, or a part of what was seen.
 */
function rampOf(slices: readonly Slice[], found: Located): { earliest: number; evidence: number } | undefined {
  const first = found.index + 1;
  const last = slices.length - 1;
  const middle = Math.floor((first + last + 1) / 2);
  const early = countOf(slices, { first, last: middle - 1 });
  const late = countOf(slices, { first: middle, last });
  if (early.total === 0 || late.total === 0) return undefined;
  const [from, to] = [early.bad / early.total, late.bad / late.total];
  const evidence = evidenceBeyond(late.bad, late.total, from);
  if (evidence < suspicious) return undefined;
  const centre = (begin: number, end: number): number =>
    ((slices[begin]?.from ?? 0) + (slices[end]?.to ?? slices[begin]?.to ?? 0)) / 2;
  const [earlyAt, lateAt] = [centre(first, middle - 1), centre(middle, last)];
  const zeroAt = earlyAt - (from / (to - from)) * (lateAt - earlyAt);
  return { earliest: Math.min(zeroAt, found.at - (lateAt - found.at) * unseenPart), evidence };
}

/** The first slice that may belong to the breach: what lies before a healthy window does not. */
function breachSpan(slices: readonly Slice[], last: number, allowed: number, windowMs: number): number {
  if (windowMs <= 0) return 0;
  const end = slices[last]?.to ?? 0;
  let recent = last;
  while (recent > 0 && end - (slices[recent - 1]?.to ?? 0) < windowMs) recent -= 1;
  const lately = countOf(slices, { first: recent, last });
  const share = lately.total > 0 ? lately.bad / lately.total : 0;
  if (share <= allowed) return 0;
  let bad = 0;
  let total = 0;
  let from = last;
  for (let to = last; to >= 0; to -= 1) {
    const edge = (slices[to]?.to ?? 0) - windowMs;
    for (; from >= 0 && (from >= to || (slices[from]?.from ?? 0) >= edge); from -= 1) {
      bad += slices[from]?.bad ?? 0;
      total += slices[from]?.total ?? 0;
    }
    if (from < 0) return 0;
    if (total > 0 && bad <= allowed * total && evidenceFor(allowed, share, bad, total) >= clear) return from + 1;
    bad -= slices[to]?.bad ?? 0;
    total -= slices[to]?.total ?? 0;
  }
  return 0;
}

function settleRise(
  known: readonly Slice[],
  later: readonly Slice[],
  start: number,
  allowed: number,
): Located | undefined {
  let index = start;
  let rise: Rise | undefined;
  for (let round = 0; round < refinements; round += 1) {
    const end = endOfBreach(known, index, allowed);
    const after = shareAfter(known, later, index, end);
    if (after <= allowed) break;
    const next = locateRise(known.slice(0, end + 1), shareBefore(known, index, allowed), after);
    if (next === undefined) break;
    rise = next;
    const settled = Math.max(
      0,
      known.findIndex((slice) => slice.to > next.at),
    );
    if (settled === index) break;
    index = settled;
  }
  return rise === undefined ? undefined : { ...rise, index };
}

/** A breach may have ended before the rule's `for` had passed. */
function endOfBreach(known: readonly Slice[], first: number, allowed: number): number {
  let bad = 0;
  let total = 0;
  let best = -Infinity;
  let end = known.length - 1;
  for (let index = first; index < known.length; index += 1) {
    bad += known[index]?.bad ?? 0;
    total += known[index]?.total ?? 0;
    const evidence = evidenceBeyond(bad, total, allowed);
    if (evidence < best) continue;
    best = evidence;
    end = index;
  }
  return end;
}

/** Share of bad events from the slice after the change on, for as long as it stays in that half. */
function shareAfter(known: readonly Slice[], later: readonly Slice[], index: number, end: number): number {
  const since = [...known.slice(index, end + 1), ...(end === known.length - 1 ? later : [])];
  // The first slice may hold the change itself; it speaks for the plateau only when it is alone,
  // and then the change lies, on average, in its middle.
  const alone = since[0];
  const own = alone === undefined || alone.total === 0 ? 0 : alone.bad / alone.total;
  let { bad, total } = countOf(since, { first: 1, last: end - index });
  for (const slice of since.slice(end - index + 1)) {
    if (slice.bad * 2 * total < bad * slice.total) break;
    bad += slice.bad;
    total += slice.total;
  }
  return total > 0 ? Math.max(bad / total, 0) : Math.min(1, 2 * own);
}

/** Share of bad events before the change, as far as it was allowed. */
function shareBefore(known: readonly Slice[], index: number, allowed: number): number {
  const { bad, total } = countOf(known, { first: 0, last: index - 2 });
  return Math.min(allowed, (bad + 0.5) / (total + 1));
}
