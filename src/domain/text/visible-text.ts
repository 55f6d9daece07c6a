/** Characters that turn text around them about without being seen themselves. */
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from elsewhere with the characters that would make it read otherwise than it is written out: `\u202e`. */
export function visibleText(text: string): string {
  return text.replaceAll(bidiControls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text of more than `limit` characters, with those in its middle left out: `aaaa…zzzz`. */
export function shortenMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  const end = Math.floor((limit - 1) / 2);
  return `${characters.slice(0, limit - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}
