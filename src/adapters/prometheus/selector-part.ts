/**
 * Whether all series of a selector are known to be among those of another one: it has the same metric and the same
 * matchers, and perhaps further ones. Of what is spelled in an unusual way it is not known.
 */
export function isPartOf(selector: string, whole: string): boolean {
  const part = matchersOf(selector);
  const all = matchersOf(whole);
  return part !== undefined && all !== undefined && [...all].every((matcher) => part.has(matcher));
}

const shape = /^\s*([a-zA-Z_:][\w:]*)?\s*(?:\{(.*)\})?\s*$/s;
const matcher = /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*(?:,|$)/y;

/** What a selector demands, each demand as a text; the name of the metric is one of them. */
function matchersOf(selector: string): ReadonlySet<string> | undefined {
  const found = shape.exec(selector);
  if (found === null) return undefined;
  const [, name, list = ''] = found;
  const matchers = new Set<string>();
  if (name !== undefined) matchers.add(name);
  const text = list.trimEnd();
  for (let at = 0; at < text.length; at = matcher.lastIndex) {
    matcher.lastIndex = at;
    const one = matcher.exec(text);
    if (one === null) return undefined;
    const [, label, operator, value] = one;
    matchers.add(`${label}${operator}${value}`);
  }
  return matchers;
}
