/** Text from elsewhere, made safe for a terminal: escape sequences and characters that turn text around are cut out. */
export function printable(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' ')).trim();
}
