import { visibleText } from '../domain/text/visible-text.ts';

/** Text from elsewhere, made safe for a terminal: control characters are cut out, and those that turn text around written out. */
export function printable(text: string): string {
  return visibleText(text.replaceAll(/(?!\n)\p{Cc}/gu, ''));
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' ')).trim();
}
