import type { Store } from '../ports/store.ts';

/** Position of the newest event in the log, 0 when it is empty; found by halving, in a few dozen reads of one event. */
export async function endOfLog(store: Store): Promise<number> {
  const firstAfter = async (seq: number) => (await store.events(seq, 1))[0]?.seq;
  let last = (await firstAfter(0)) ?? 0;
  let bound = last;
  for (let found = await firstAfter(bound); found !== undefined; found = await firstAfter(bound)) {
    last = found;
    bound = found * 2;
  }
  // There is an event at `last` and none after `bound`.
  while (last < bound) {
    const middle = Math.floor((last + bound) / 2);
    const found = await firstAfter(middle);
    if (found === undefined) bound = middle;
    else last = found;
  }
  return last;
}
