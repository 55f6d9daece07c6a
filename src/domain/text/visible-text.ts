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

/** Text of more than `limit` characters without its end: `aaaa…`. */
export function shortenEnd(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

/** Text from elsewhere on one line: no half characters, and a space for whatever breaks or pads it. */
export function singleLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** Text without half characters whose `length` is `limit` at most, without its end where it was longer. */
export function fitLength(text: string, limit: number): string {
  const whole = text.toWellFormed();
  // Half of a surrogate pair is no text: cut before it.
  return whole.length <= limit
    ? whole
    : `${whole
        .slice(0, limit - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;
}
