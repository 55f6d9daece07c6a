import type { Placing } from './bucketed-source.ts';
import type { Log } from '../ports/log.ts';
import { thresholdProblem } from './threshold-problems.ts';

/** Logs where the threshold of a latency signal was found to lie among the buckets. */
export function tellPlacing(log: Log, source: string, service: string, { signal, place }: Placing): void {
  const facts = { source, service, signal: signal.name };
  if (place === undefined) {
    log.info('the threshold of a latency signal is a bucket of all series now, and is read by it', facts);
    return;
  }
  log.warn('the threshold of a latency signal is no bucket', {
    ...facts,
    ...thresholdProblem(signal.thresholdSeconds, place),
  });
}
