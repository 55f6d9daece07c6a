import type { DeclarationPath, Diagnostic, Position } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Service, Signal } from '../../domain/service/service.ts';
import type { Locate } from './check-live.ts';
import type { Source } from '../ports/source.ts';

/** A window or a hold holds that many scrapes, or it is too short. */
const scrapesNeeded = 2;

/** What a live source says about one window or hold of a rule file. */
export interface JudgedWindow {
  readonly place: Pick<Position, 'file' | 'line' | 'column'>;
  readonly code: 'short-window' | 'short-hold';
  /** Absent: it is long enough. */
  readonly said?: Diagnostic;
}

interface Declared {
  readonly path: DeclarationPath;
  readonly code: JudgedWindow['code'];
  readonly ms: number;
  /** The signals whose samples it waits for; one that is slower than the others decides. */
  readonly signals: readonly string[];
}

/**
 * Holds the windows and holds of services against the scrape intervals of a source at its time `at`, ms. Nothing is said
 * of those whose interval the source does not tell; it does not reject.
 */
export async function judgeWindows(
  services: readonly Service[],
  source: Pick<Source, 'arrivals'>,
  at: number,
  locate: Locate,
  signal: AbortSignal,
): Promise<readonly JudgedWindow[]> {
  const judged: JudgedWindow[] = [];
  for (const service of services) {
    const intervals = await intervalsOf(service.signals, source, at, signal);
    for (const declared of declaredIn(service)) {
      const known = declared.signals.map((name) => intervals.get(name));
      const place = locate(service.name, declared.path);
      if (place === undefined || known.length === 0 || known.includes(undefined)) continue;
      judged.push(judge(declared, Math.max(...known.map(Number)), place));
    }
    judged.push(...tiersThatHold(service, intervals, locate));
  }
  return judged;
}

/** What was said without the source, with what the source says put in its place. */
export function withJudged(diagnostics: readonly Diagnostic[], judged: readonly JudgedWindow[]): readonly Diagnostic[] {
  const known = new Set(judged.map(({ place, code }) => placeKey(place, code)));
  return [
    ...diagnostics.filter((each) => !known.has(placeKey(each, each.code))),
    ...judged.flatMap(({ said }) => (said === undefined ? [] : [said])),
  ];
}

function placeKey({ file, line, column }: JudgedWindow['place'], code: string): string {
  return JSON.stringify([file, line, column, code]);
}

async function intervalsOf(
  signals: readonly Signal[],
  source: Pick<Source, 'arrivals'>,
  at: number,
  abort: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const asked = await source.arrivals(signals, at, abort);
  return new Map(
    signals.flatMap(({ name }, index) => {
      const answer = asked[index];
      const intervalMs = answer?.kind === 'ok' ? answer.arrivals.intervalMs : undefined;
      // To the second, since the source measures it: 14.998s tells nobody more than 15s.
      return intervalMs === undefined ? [] : [[name, Math.max(1, Math.round(intervalMs / 1000)) * 1000] as const];
    }),
  );
}

function declaredIn({ endState, rules }: Service): readonly Declared[] {
  return [
    {
      path: ['spec', 'endState', 'hold'],
      code: 'short-hold',
      ms: endState.holdMs,
      signals: endState.targets.map((target) => target.signal),
    },
    ...endState.targets.flatMap(({ signal, overMs }, index): readonly Declared[] =>
      overMs === undefined
        ? []
        : [
            {
              path: ['spec', 'endState', 'targets', index, 'over'],
              code: 'short-window',
              ms: overMs,
              signals: [signal],
            },
          ],
    ),
    ...rules.flatMap(({ when }, index): readonly Declared[] => {
      const uses = when.uses.flatMap(({ signal, budget, windowMs }) =>
        windowMs === undefined || budget !== undefined ? [] : [{ signal, windowMs }],
      );
      const ms = Math.min(...uses.map(({ windowMs }) => windowMs));
      const signals = uses.filter(({ windowMs }) => windowMs === ms).map(({ signal }) => signal);
      return uses.length === 0
        ? []
        : [{ path: ['spec', 'stopTheLine', index, 'when'], code: 'short-window', ms, signals }];
    }),
  ];
}

/**
 * The short windows of burn-rate tiers that were doubted, where all of a budget are long enough: which entry of `burnRates` a
 * tier comes from is not told by the service, so all of them are spoken for.
 */
function tiersThatHold(
  { name, budgets }: Service,
  intervals: ReadonlyMap<string, number>,
  locate: Locate,
): readonly JudgedWindow[] {
  return budgets.flatMap(({ signal, tiers }, index) => {
    const intervalMs = intervals.get(signal);
    if (intervalMs === undefined || !tiers.every(({ shortMs }) => shortMs >= scrapesNeeded * intervalMs)) return [];
    return tiers.flatMap((_tier, entry) =>
      ['short', 'over'].flatMap((field): readonly JudgedWindow[] => {
        const place = locate(name, ['spec', 'errorBudgets', index, 'burnRates', entry, field]);
        return place === undefined ? [] : [{ place, code: 'short-window' }];
      }),
    );
  });
}

function judge({ code, ms }: Declared, intervalMs: number, place: Position): JudgedWindow {
  if (ms >= scrapesNeeded * intervalMs) return { place, code };
  const [length, interval] = [formatDuration(ms), formatDuration(intervalMs)];
  const message =
    code === 'short-hold'
      ? `a hold of ${length} may end between two scrapes: samples come every ${interval}`
      : `${length} rarely holds two scrapes: samples come every ${interval}`;
  const hint = `take at least ${formatDuration(scrapesNeeded * intervalMs)}, better ${formatDuration(4 * intervalMs)}`;
  return { place, code, said: { ...place, severity: 'warning', code, message, hint } };
}
