/** Moves every line of an expression in by one level. */
export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
