import type { Question, QueryTexts } from './batch.ts';
import { encodeForm } from './form.ts';
import { union } from './promql.ts';

/** Makes the text anew each time. */
export const unremembered: QueryTexts = (chunk) => {
  const [only] = chunk;
  // Alone it is asked as it is: a union takes vectors only, and a declared query may be a scalar.
  const query = chunk.length === 1 && only !== undefined ? only.expr : union(chunk.map(({ expr }) => expr));
  return encodeForm({ query });
};

interface RememberedText {
  readonly chunk: readonly Question[];
  readonly text: string;
  /** The number of the call that asked it last. */
  readonly asked: number;
}

/**
 * Remembers the text of questions that are asked together again and again: from the second time on, until it was not asked
 * while every other was asked twice. What is asked once, as at a start, is not held for as long as its questions live.
 */
export function createQueryTexts(): QueryTexts {
  /** By first question: how many were asked together with it last. */
  const asked = new WeakMap<Question, number>();
  /** By first question, those that were not asked for longest first. */
  const texts = new Map<Question, RememberedText>();
  let calls = 0;
  return (chunk) => {
    const [first] = chunk;
    if (first === undefined) return unremembered(chunk);
    calls += 1;
    const isRepeated = asked.get(first) === chunk.length;
    asked.set(first, chunk.length);
    const known = texts.get(first);
    texts.delete(first);
    const isSame =
      known?.chunk.length === chunk.length && known.chunk.every((question, index) => question === chunk[index]);
    const text = isSame ? known.text : flat(unremembered(chunk));
    if (isSame || isRepeated) texts.set(first, { chunk, text, asked: calls });
    for (const [oldest, each] of texts) {
      if (calls - each.asked <= 2 * texts.size) break;
      texts.delete(oldest);
    }
    return text;
  };
}

/** A text put together from many holds on to all of them; this one holds on to itself only. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
