import type { TextProblem } from '../problem.ts';
import type { Selector } from '../promql/selector.ts';

/** What is wrong with counting the increase of a metric, as far as its name tells; undefined when nothing is known to be. */
export function counterProblem(selector: Selector): TextProblem | undefined {
  const { name, matchers, text } = selector;
  if (name === undefined) return undefined;
  const within = { from: 0, to: text.length };
  if (name.endsWith('_bucket') && !matchers.some(({ label, op }) => label === 'le' && (op === '=' || op === '=~'))) {
    return {
      code: 'counts-every-bucket',
      within,
      message: `\`${name}\` counts each event once for every bucket that it fits`,
      hint: `count all events with ${name.replace(/_bucket$/, '_count')}, or choose one bucket with le="…"`,
    };
  }
  if (
    /^(?:up|probe_success|scrape_\w+_seconds|scrape_samples_\w+)$|_(?:info|ratio|percent|percentage|timestamp_seconds)$/.test(
      name,
    )
  ) {
    return {
      code: 'ratio-of-a-gauge',
      severity: 'warning',
      within,
      message: `\`${name}\` is no counter by its name; Andon counts how much it grows, which a gauge does not do`,
      hint: `make it a gauge signal, as in query: avg(${text})`,
    };
  }
  return undefined;
}
