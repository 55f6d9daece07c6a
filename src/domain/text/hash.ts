/** A short stable text for a text: 53 bits in base 36. Tells two declarations apart; no protection against an adversary. */
export function hashText(text: string): string {
  // Two FNV-1a lanes that start and multiply differently, so that a collision in one is none in the other.
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  // FNV leaves the top bits of short texts nearly alone.
  low ^= low >>> 15;
  high = Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return ((high >>> 11) * 0x1_0000_0000 + (low >>> 0)).toString(36).padStart(11, '0');
}
