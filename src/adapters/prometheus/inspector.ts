import type { Inspector } from '../../app/ports/inspector.ts';
import type { PrometheusApi } from './api.ts';
import { decodeInstant } from './decode.ts';
import { failed } from './failure.ts';
import { encodeForm, seconds } from './form.ts';
import { MetadataDataWire, SeriesDataWire } from './wire.ts';

/** How far back a series counts as there, ms. */
const lookBackMs = 3_600_000;

/** Looks series, types and groups up. `now` gives the time on the source's clock as well as Andon knows it, ms. */
export function createInspector(api: PrometheusApi, now: () => number): Omit<Inspector, 'buckets'> {
  return {
    async series(selector, limit, signal) {
      const at = now();
      // `limit` is known to newer sources only, so the answer is cut here too.
      const fields = {
        'match[]': selector,
        start: seconds(at - lookBackMs),
        end: seconds(at),
        limit: String(limit),
      };
      const answer = await api.call('/api/v1/series', () => encodeForm(fields), signal);
      if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
      const parsed = SeriesDataWire.safeParse(answer.data);
      if (!parsed.success) return malformed("the list of series is not in the API's form");
      return { kind: 'ok', series: parsed.data.slice(0, limit) };
    },

    async metricTypes(metric, signal) {
      const answer = await api.call('/api/v1/metadata', () => encodeForm({ metric }), signal, { method: 'GET' });
      if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
      const parsed = MetadataDataWire.safeParse(answer.data);
      if (!parsed.success) return malformed("the metadata is not in the API's form");
      const types = (parsed.data[metric] ?? []).map(({ type }) => type);
      return { kind: 'ok', types: [...new Set(types)] };
    },

    async values(query, signal) {
      const answer = await api.call('/api/v1/query', () => encodeForm({ query }), signal);
      if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
      const decoded = decodeInstant(answer.data, now());
      if (decoded.kind === 'failed') return { kind: 'failed', failure: decoded.failure };
      return { kind: 'ok', values: decoded.series.flatMap(({ points }) => points.map(({ value }) => value)) };
    },

    async countGroups(query, by, signal) {
      const fields = { query: `count(count by (${by.join(', ')}) (${query}\n))` };
      const answer = await api.call('/api/v1/query', () => encodeForm(fields), signal);
      if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure };
      const decoded = decodeInstant(answer.data, now());
      if (decoded.kind === 'failed') return { kind: 'failed', failure: decoded.failure };
      // An empty result is counted as nothing at all rather than as 0.
      return { kind: 'ok', groups: decoded.series[0]?.points[0]?.value ?? 0 };
    },
  };
}

function malformed(detail: string) {
  return { kind: 'failed', failure: failed('bad-response', detail).failure } as const;
}
