/** A short stable text for a text: 53 bits in base 36. Tells two declarations apart; no protection against an adversary. */
export function hashText(text: string): string {
  // Two FNV-1a lanes: one over the characters in order, one that also stirs the position in.
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + Math.imul(index, 0x9e3779b1)), 0x01000193);
    high ^= high >>> 15;
  }
  low ^= low >>> 16;
  return ((high >>> 11) * 0x1_0000_0000 + (low >>> 0)).toString(36).padStart(11, '0');
}

/** The same hash for two values that differ only in the order of their keys. Takes what JSON can say. */
export function hashValue(value: unknown): string {
  return hashText(canonicalText(value));
}

function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalText(inner)}`).join(',')}}`;
}
