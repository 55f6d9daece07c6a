import type { Inspector } from '../../app/ports/inspector.ts';
import type { PrometheusApi } from './api.ts';
import { failed } from './failure.ts';
import { encodeForm, seconds } from './form.ts';
import { SeriesDataWire } from './wire.ts';

/** How far back a series counts as there, ms. */
const lookBackMs = 3_600_000;

/** Looks series up through /api/v1/series. `now` gives the time on the source's clock as well as Andon knows it, ms. */
export function createInspector(api: PrometheusApi, now: () => number): Inspector {
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
      if (!parsed.success) {
        return {
          kind: 'failed',
          failure: failed('bad-response', "the list of series is not in the API's form").failure,
        };
      }
      return { kind: 'ok', series: parsed.data.slice(0, limit) };
    },
  };
}
