import type { SourceFailure, SourceFailureReason } from './observation.ts';

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
