const tierWords = 'did you mean budget? The factor follows from budget and over: of 30d, 2% over 1h is 14.4';

/** Keys of other tools by which people ask for one of ours, which is named unlike them. */
const foreign = [
  { keys: ['factor', 'burnRate', 'burnrate', 'threshold'], ours: 'budget', words: tierWords },
  { keys: ['window', 'longWindow', 'long'], ours: 'over', words: 'did you mean over?' },
  { keys: ['shortWindow'], ours: 'short', words: 'did you mean short?' },
] as const;

/** What to write for a key that is another tool's; undefined where none of ours is meant. */
export function foreignKeyHint(key: string, known: readonly string[]): string | undefined {
  return foreign.find(({ keys, ours }) => keys.some((each) => each === key) && known.includes(ours))?.words;
}
