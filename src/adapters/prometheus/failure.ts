import type { SourceFailure, SourceFailureReason } from '../../domain/observation.ts';

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

const meanings: Readonly<Record<SourceFailureReason, string>> = {
  unavailable:
    'The source cannot be reached or is overloaded; check that it runs and that its URL, DNS name and certificate are right',
  timeout: 'The source did not answer in time; check its load, or raise the timeout',
  rejected:
    'The source refused the request, or Andon had no usable credentials for it; check credentials, URL and query',
  'too-expensive': 'The query costs more than the source or Andon allows; narrow its selectors, or raise the limit',
  'bad-response':
    'The answer cannot be trusted, so it is not used; check that the URL leads to a Prometheus-compatible API and that its data is complete',
};

/** What a failure means and what to do about it, in words. */
export function describeFailure({ reason, detail }: SourceFailure): string {
  return `${meanings[reason]}: ${detail}`;
}

/** Text from elsewhere, fit for one line of a log: no control characters, at most 300 characters. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
