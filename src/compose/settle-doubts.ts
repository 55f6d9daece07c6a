import { judgeWindows, withJudged } from '../app/live-check/check-windows.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { ConfiguredSource } from '../app/ports/configuration.ts';
import type { Source } from '../app/ports/source.ts';
import { within } from '../app/tasks/within.ts';
import type { LoadedRuleFiles } from '../config/load-rules.ts';
import type { Diagnostic } from '../domain/text/diagnostic.ts';
import type { Service } from '../domain/service/service.ts';

/** Rule files with what in them deserves a look. */
export interface DeclaredRules {
  readonly services: readonly Service[];
  readonly warnings: readonly Diagnostic[];
  readonly locate: LoadedRuleFiles['locate'];
}

/** What is not told of a source by then counts as not known, ms. */
const askMs = 30_000;

/** Whether a warning holds only where samples come as slowly as they often do. */
export function isDoubt({ code }: Diagnostic): boolean {
  return code === 'short-hold' || code === 'short-window';
}

/**
 * Of warnings that windows and holds are short for what samples usually are: those that are so for the samples of their own
 * source, said with its interval, and those whose interval nobody tells. Only what was warned of is asked for; does not reject.
 */
export async function settleDoubts(
  { services, warnings, locate }: DeclaredRules,
  sources: readonly ConfiguredSource[],
  clock: Pick<Clock, 'sleep'>,
  stop: AbortSignal,
): Promise<readonly Diagnostic[]> {
  if (warnings.length === 0) return [];
  const files = new Set(warnings.map(({ file }) => file));
  const doubted = services.filter(({ name }) => files.has(locate(name, [])?.file ?? ''));
  const judged = await within(clock, askMs, stop, async (bound) =>
    (
      await Promise.all(
        sources.map(async ({ source }) => {
          const own = doubted.filter((service) => service.source === source.name);
          return own.length === 0 ? [] : await judgeBy(source, own, locate, bound);
        }),
      )
    ).flat(),
  );
  if (stop.aborted) return [];
  const known = new Set(judged.map(({ place, code }) => placeKey(place, code)));
  const doubts = new Set(warnings.map((each) => placeKey(each, each.code)));
  // Other windows of the same file are none of this.
  const settled = withJudged(warnings, judged).filter((each) => doubts.has(placeKey(each, each.code)));
  return settled.map((each) => (known.has(placeKey(each, each.code)) ? each : withUnknownInterval(each)));
}

async function judgeBy(
  source: Source,
  services: readonly Service[],
  locate: DeclaredRules['locate'],
  signal: AbortSignal,
): ReturnType<typeof judgeWindows> {
  const clock = await source.clock(signal);
  return clock.kind === 'failed' ? [] : await judgeWindows(services, source, clock.now, locate, signal);
}

function withUnknownInterval(warning: Diagnostic): Diagnostic {
  return { ...warning, message: `${warning.message} (how often samples come is not known yet)` };
}

function placeKey({ file, line, column }: Pick<Diagnostic, 'file' | 'line' | 'column'>, code: string): string {
  return JSON.stringify([file, line, column, code]);
}
