import type { Asked } from '../../app/ports/source.ts';
import type { ApiAnswer } from './api.ts';
import { decodeInstant } from './decode.ts';
import { failed } from './failure.ts';

export type ClockReading = Asked<{ readonly now: number; readonly roundTripMs: number }>;

/**
 * Reads the source's clock by asking for the time without saying which. VictoriaMetrics answers `time()` in whole
 * seconds, and as a vector where Prometheus has a scalar; MetricsQL's `now()` tells its time to the millisecond.
 */
export function createClock(): (query: (expr: string) => Promise<ApiAnswer>) => Promise<ClockReading> {
  let expr: 'time()' | 'now()' = 'time()';
  let mayKnowNow = true;
  return async function read(query): Promise<ClockReading> {
    const sent = performance.now();
    const answer = await query(expr);
    const roundTripMs = performance.now() - sent;
    if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
    const decoded = decodeInstant(answer.data, 0);
    if (decoded.kind === 'failed') return { kind: 'failed', failure: decoded.failure };
    if (expr === 'time()' && mayKnowNow && decoded.isScalar !== true) {
      expr = 'now()';
      const precise = await read(query);
      if (precise.kind === 'ok' || precise.failure.reason !== 'rejected') return precise;
      expr = 'time()';
      mayKnowNow = false;
    }
    const now = decoded.series[0]?.points[0]?.value ?? Number.NaN;
    if (!Number.isFinite(now) || now <= 0) {
      return { kind: 'failed', failure: failed('bad-response', 'the source did not tell its time').failure };
    }
    return { kind: 'ok', now: Math.round(now * 1_000), roundTripMs };
  };
}
