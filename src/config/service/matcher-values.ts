import type { Matcher, Selector } from '../promql/selector.ts';

/** The matchers of a selector on one label. */
export function matchersOn(selector: Selector, label: string): readonly Matcher[] {
  return selector.matchers.filter((matcher) => matcher.label === label);
}

/** Whether a label value passes; undefined where only Prometheus can tell. */
export function passes({ op, value }: Matcher, label: string): boolean | undefined {
  switch (op) {
    case '=':
      return label === value;
    case '!=':
      return label !== value;
    case '=~':
      return matches(value, label);
    case '!~': {
      const matched = matches(value, label);
      return matched === undefined ? undefined : !matched;
    }
  }
}

/** The only values that a matcher lets through, where it names them one by one. */
export function namedValues({ op, value }: Matcher): readonly string[] | undefined {
  if (op === '=') return [value];
  return op === '=~' && /^[\w\-/:,@ |]*$/.test(value) ? value.split('|') : undefined;
}

/** Longest label value that is held against a pattern; with `isSimple`, this bounds what backtracking can cost. */
const longestLabel = 64;

function matches(pattern: string, label: string): boolean | undefined {
  if (label.length > longestLabel || !isSimple(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, 's').test(label);
  } catch {
    return undefined;
  }
}

/** Constructs that mean the same to RE2 and to JavaScript, and that cannot send JavaScript's backtracking astray. */
function isSimple(pattern: string): boolean {
  return (
    pattern.length <= 1000 &&
    /^(?:[\w\-/:,@ |.()*+?]|\[[\w\-^]+\]|\\[.d])*$/.test(pattern) &&
    !/\(\?|\)[*+?]/.test(pattern) &&
    (pattern.match(/[*+?(]/g)?.length ?? 0) <= 3
  );
}
