import type { SourceFailure } from '../../domain/reading/observation.ts';
import type { Service } from '../../domain/service/service.ts';
import type { PastPart } from '../past/past-reader.ts';
import type { RecordedOutcome, Source } from '../ports/source.ts';
import { recordedRead } from './recorded-read.ts';

/** What rules had recorded of a service's budgets in a part of the past. */
export interface RecordedPart {
  readonly kind: 'read';
  /** What a read at one of the part's instants would have brought; undefined when nothing is known of it. */
  at(instant: number): RecordedOutcome | undefined;
  /** Whether the source did not give it. */
  readonly isRefused: boolean;
}

/** Reads it; nothing for a service whose budgets Andon counts itself. Fails where the source gives no answer at all, and may do so later. */
export async function readRecordedPart(
  source: Pick<Source, 'recordedPast'>,
  service: Service,
  part: PastPart,
  signal: AbortSignal,
): Promise<RecordedPart | { readonly kind: 'failed'; readonly failure: SourceFailure }> {
  const read = recordedRead(service);
  const past = read === undefined ? undefined : await source.recordedPast(read, part, part.stepMs, signal);
  if (past === undefined) return { kind: 'read', at: () => undefined, isRefused: false };
  if (past.kind === 'failed') {
    if (signal.aborted || past.failure.reason === 'unavailable') return past;
    return { kind: 'read', at: () => undefined, isRefused: true };
  }
  const looks = new Map(past.looks.map(({ at, groups }) => [stepOf(at, part), groups]));
  return {
    kind: 'read',
    at: (instant) => ({ kind: 'recorded', groups: looks.get(stepOf(instant, part)) ?? [] }),
    isRefused: false,
  };
}

function stepOf(at: number, { from, stepMs }: PastPart): number {
  return Math.round((at - from) / stepMs);
}
