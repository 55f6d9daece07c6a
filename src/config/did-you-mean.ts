import { nearest } from '../domain/text/nearest.ts';

/** `did you mean …?` with the nearest candidate, or else the whole list if it is short. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean ${near}?`;
  if (candidates.length === 0 || candidates.length > 16) return undefined;
  return `known here: ${candidates.join(', ')}`;
}
