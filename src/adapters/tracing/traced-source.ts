import { SpanKind, type Span } from '@opentelemetry/api';
import type { Source } from '../../app/ports/source.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import { inSpan, markFailed } from './traced.ts';

type Answer = { readonly kind: string } | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** A source whose every call is a span `query`, with what failed in it. */
export function tracedSource(source: Source): Source {
  const query = async <T>(operation: string, signals: number, ask: (span: Span) => Promise<T>): Promise<T> =>
    await inSpan(
      'query',
      { 'andon.source': source.name, 'andon.operation': operation, 'andon.signals': signals },
      ask,
      SpanKind.CLIENT,
    );
  const checked = <T extends Answer>(span: Span, answers: readonly T[]): readonly T[] => {
    for (const answer of answers) {
      if ('failure' in answer) markFailed(span, answer.failure.reason, answer.failure.detail);
    }
    return answers;
  };
  return {
    name: source.name,
    ...(source.settleMs === undefined ? {} : { settleMs: source.settleMs }),
    clock: async (signal) =>
      await query('clock', 0, async (span) => {
        const answer = await source.clock(signal);
        checked(span, [answer]);
        return answer;
      }),
    read: async (reads, at, signal) =>
      await query('read', reads.length, async (span) => checked(span, await source.read(reads, at, signal))),
    recorded: async (reads, at, signal) =>
      await query('read', reads.length, async (span) => checked(span, await source.recorded(reads, at, signal))),
    recordedPast: async (read, ...asked) =>
      await query('history', read.budgets.length, async (span) => {
        const past = await source.recordedPast(read, ...asked);
        checked(span, [past]);
        return past;
      }),
    history: async (signals, ...asked) =>
      await query('history', signals.length, async (span) => checked(span, await source.history(signals, ...asked))),
    buckets: async (signals, ...asked) =>
      await query('buckets', signals.length, async (span) => checked(span, await source.buckets(signals, ...asked))),
    arrivals: async (signals, at, signal) =>
      await query('arrivals', signals.length, async (span) =>
        checked(span, await source.arrivals(signals, at, signal)),
      ),
  };
}
