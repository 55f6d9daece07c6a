/*
 * Prometheus matches labels with RE2, which JavaScript does not have. The two agree on nearly everything that is written
 * in practice; where only RE2 knows a construct, nothing is claimed about it.
 */

const re2Only = /\(\?P<|\(\?[imsU-]+[:)]|\\[AzQEC]|\[\[:|\\[pP]|\\x\{/;
const javascriptOnly = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</;

/** What is wrong with a regular expression in a label matcher; undefined when nothing is known to be. */
export function regexFault(pattern: string): string | undefined {
  const odd = javascriptOnly.exec(pattern.replaceAll('\\\\', ''));
  if (odd !== null) return `Prometheus' regular expressions know no \`${odd[0]}\` (they are RE2)`;
  if (re2Only.test(pattern)) return undefined;
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    const [, reason = 'it cannot be read'] = /: ([^:]*)$/.exec(error instanceof Error ? error.message : '') ?? [];
    return `this regular expression is broken: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
  }
}

/** Whether the empty text, which is the value of a label that is not there, matches. Unsure counts as no. */
export function matchesEmpty(pattern: string): boolean {
  try {
    return compile(pattern).test('');
  } catch {
    return false;
  }
}

function compile(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 's');
}
