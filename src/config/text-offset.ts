/**
 * Where in a file the character of a YAML text value stands, given the source of that value (with its quotes, indents and
 * folds). Walks both texts side by side; where an escape makes them differ, the start of the value has to do.
 */
export function sourceOffset(source: string, value: string, offset: number): number {
  let at = blockHeader(source);
  if (at === 0 && /^["']/.test(source)) at = 1;
  const start = at;
  for (let index = 0; index < offset; index += 1) {
    at = skipTo(source, at, value[index]);
    if (at === -1) return start;
    at += 1;
  }
  const next = skipTo(source, at, value[offset]);
  return offset < value.length && next !== -1 ? next : at;
}

/** Length of the `|-` or `>` line before the text of a block scalar. */
function blockHeader(source: string): number {
  return /^[|>][^\n]*\n/.exec(source)?.[0].length ?? 0;
}

/** First place from `at` on where the character of the value stands, with nothing but white space or a doubled quote skipped. */
function skipTo(source: string, at: number, wanted: string | undefined): number {
  if (wanted === undefined) return at;
  let here = at;
  while (here < source.length && source[here] !== wanted) {
    // A fold: the value has one blank where the source has a line break and an indent.
    if (wanted === ' ' && source[here] === '\n') return here;
    if (!/[\s\\]/.test(source[here] ?? '')) return -1;
    here += 1;
  }
  return here < source.length ? here : -1;
}
