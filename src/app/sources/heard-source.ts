import type { Source } from '../ports/source.ts';

/** A source that calls back whenever it gave an answer that can be used; one that only refuses or fails is not heard of. */
export function heardSource(source: Source, onAnswer: () => void): Source {
  const heard = <T extends { readonly kind: string }>(answers: readonly T[]): readonly T[] => {
    if (answers.some(({ kind }) => kind !== 'failed')) onAnswer();
    return answers;
  };
  return {
    name: source.name,
    ...(source.settleMs === undefined ? {} : { settleMs: source.settleMs }),
    async clock(...asked) {
      const answer = await source.clock(...asked);
      heard([answer]);
      return answer;
    },
    read: async (...asked) => heard(await source.read(...asked)),
    recorded: async (...asked) => heard(await source.recorded(...asked)),
    async recordedPast(...asked) {
      const past = await source.recordedPast(...asked);
      heard([past]);
      return past;
    },
    history: async (...asked) => heard(await source.history(...asked)),
    buckets: async (...asked) => heard(await source.buckets(...asked)),
    arrivals: async (...asked) => heard(await source.arrivals(...asked)),
  };
}
