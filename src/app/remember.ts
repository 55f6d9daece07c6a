/** Adds a key to those that are remembered, forgetting the oldest beyond `most`. True when it was not among them. */
export function remember(known: Set<string>, key: string, most: number): boolean {
  if (known.has(key)) return false;
  known.add(key);
  const [oldest] = known;
  if (known.size > most && oldest !== undefined) known.delete(oldest);
  return true;
}
