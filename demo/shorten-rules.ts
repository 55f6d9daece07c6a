import { isMap, isPair, isScalar, parseAllDocuments, visit, type Scalar } from 'yaml';
import { parseDuration } from '../src/domain/text/duration.ts';

/** The longest times a rule may have in the demo: nobody wants to watch ten minutes of `hold`. */
export const demoTimes = { windows: '10s', for: '3s', hold: '15s', watch: '1m' } as const;

const limitOfKey: Readonly<Record<string, string>> = {
  over: demoTimes.windows,
  for: demoTimes.for,
  hold: demoTimes.hold,
  watch: demoTimes.watch,
  openAfter: demoTimes.hold,
};

/** Windows of conditions that are longer than this stay as they are, so that rules for slow leaks stay rules for slow leaks. */
const shortenWindowsUpTo = '5m';

/** A rule file with its durations cut down to the demo's; bounds, conditions and comments stay as they are. */
export function shortenRules(text: string): string {
  const documents = parseAllDocuments(text);
  for (const document of documents) {
    if (document.errors[0] !== undefined) throw document.errors[0];
    visit(document, {
      Pair(_, { key, value }) {
        if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string') return;
        const limit = limitOfKey[String(key.value)];
        if (limit !== undefined) value.value = shorter(value.value, limit);
        if (key.value === 'when') shortenCondition(value as Scalar<string>);
      },
    });
    const endState = document.getIn(['spec', 'endState']);
    // Left out, it is half an hour, and the demo's incident would stay open to relapses for as long.
    if (
      isMap(endState) &&
      !endState.items.some((item) => isPair(item) && isScalar(item.key) && item.key.value === 'watch')
    ) {
      endState.set('watch', demoTimes.watch);
    }
  }
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('');
}

/** Windows stand in conditions as the first argument of a call: `success_rate.over("1m")`. */
function shortenCondition(condition: Scalar<string>): void {
  condition.value = condition.value.replace(
    /(\.\s*(?:over|max|min)\s*\(\s*)(["'])([^"']*)\2/g,
    (_, call: string, quote: string, window: string) =>
      `${call}${quote}${isSlow(window) ? window : shorter(window, demoTimes.windows)}${quote}`,
  );
}

function isSlow(window: string): boolean {
  return isLonger(window, shortenWindowsUpTo);
}

function shorter(text: string, limit: string): string {
  return isLonger(text, limit) ? limit : text;
}

function isLonger(text: string, limit: string): boolean {
  const ms = parseDuration(text);
  return ms !== undefined && ms > (parseDuration(limit) ?? 0);
}
