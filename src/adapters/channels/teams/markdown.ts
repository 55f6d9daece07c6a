/*
 * Some clients show the backslash, so that none stands where Markdown needs none: in `a < b`, `a || b`, `success_rate`.
 */

/** Always markup, wherever they stand. */
const everywhere = /[\\`*[\]]/g;
/** Inside a word an underscore is none. */
const underscore = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** `<at>`, `~~gone~~`, `&amp;`, and `{{DATE(…)}}`, which becomes a date in the reader's zone. */
const sequences = /<(?=[A-Za-z/!?@])|~(?=~)|&(?=#?\w+;)|\{(?=\{)/g;
/** A list, a heading, a quotation. */
const beginning = /^(?:[-+#>]|\d+(?=[.)]))/;

/** Text that an Adaptive Card's Markdown shows as it is. For one line; not to be used on its own result. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(everywhere, '\\$&')
    .replaceAll(underscore, '\\_')
    .replaceAll(sequences, '\\$&')
    .replace(beginning, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}
