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

/** Remembers the text for as long as the same questions are asked together. */
export function createQueryTexts(): QueryTexts {
  const texts = new WeakMap<Question, { readonly chunk: readonly Question[]; readonly text: string }>();
  return (chunk) => {
    const [first] = chunk;
    if (first === undefined) return unremembered(chunk);
    const known = texts.get(first);
    if (known?.chunk.length === chunk.length && known.chunk.every((question, index) => question === chunk[index]))
      return known.text;
    const text = flat(unremembered(chunk));
    texts.set(first, { chunk, text });
    return text;
  };
}

/** A text put together from many holds on to all of them; this one holds on to itself only. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
