import type { Settings } from '../config/settings.ts';

/** What settings change that stands as long as Andon runs: a line each, for people. */
export function atNextStart(running: Settings, now: Settings): readonly string[] {
  const changes = [
    ['listen', running.listen, now.listen],
    ['data', running.data, now.data],
    ['tracing.otlpEndpoint', running.tracing.otlpEndpoint, now.tracing.otlpEndpoint],
  ] as const;
  return changes
    .filter(([, before, after]) => before !== after)
    .map(
      ([key, before, after]) =>
        `${key}: ${after ?? 'none'} takes effect at the next start; until then ${before ?? 'none'} stands`,
    );
}
