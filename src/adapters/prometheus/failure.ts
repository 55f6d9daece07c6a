import type { SourceFailure, SourceFailureReason } from '../../domain/reading/observation.ts';

/** A failed request, with what the layers above need to know to carry on. */
export interface Failed {
  readonly kind: 'failed';
  readonly failure: SourceFailure;
  /** `query`: what was asked is at fault, so that asking for less may help. `source`: it would fail whatever was asked. */
  readonly scope: 'query' | 'source';
  /** True when the same request may succeed a moment later. */
  readonly retriable: boolean;
  /** How long the source asked to be left alone. */
  readonly retryAfterMs?: number;
  /** True when the source ran out of time over it. */
  readonly slow?: boolean;
}

interface FailedTraits {
  readonly scope?: 'query' | 'source';
  readonly retriable?: boolean;
  readonly retryAfterMs?: number;
  readonly slow?: boolean;
}

/** A failure of the source as a whole that no retry mends, unless the traits say otherwise. */
export function failed(reason: SourceFailureReason, detail: string, traits: FailedTraits = {}): Failed {
  return { kind: 'failed', failure: { reason, detail }, scope: 'source', retriable: false, ...traits };
}

/** Text from elsewhere, fit for one line of a log: no control characters, at most 300 characters. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
