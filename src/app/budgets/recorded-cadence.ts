import type { RecordedGroup } from '../../domain/budget/recorded-counts.ts';

/** What is known of how often the rules of one budget count. */
interface Rhythm {
  /** When they counted last, ms on the source's clock. */
  readonly countedAt: number;
  /** Time from one count to the next, of those between which every poll looked; the newest few, ms. */
  readonly gapsMs: readonly number[];
  /** Whether every poll has looked since that count was seen. */
  isWatched: boolean;
  /** When a gap was measured last, ms. */
  readonly measuredAt: number;
}

/** One gap alone may be that of a ruler which was late, or was just started. */
const fewestGaps = 2;
const mostGaps = 3;
/** So many counts are waited for before every poll looks again, in case the ruler counts more often by now. */
const countsUntilMeasured = 10;

/**
 * When the rules of a service's budgets will have counted anew, learnt from the times of their samples: a poll before
 * that would bring what is known. Until it is learnt, and whenever a count is late, every poll is told to look.
 */
export class RecordedCadence {
  readonly #rhythms = new Map<string, Rhythm>();
  #lookedAt = -Infinity;

  /** Whether the poll at `at`, ms on the source's clock, is to look; asked once at each live poll. */
  isDue(at: number, budgets: readonly string[]): boolean {
    const isDue = budgets.some((name) => isCounted(this.#rhythms.get(name), at));
    if (isDue) this.#lookedAt = at;
    else for (const rhythm of this.#rhythms.values()) rhythm.isWatched = false;
    return isDue;
  }

  /** Takes what was seen at `at`; what was seen of the past tells nothing of how often rules count. */
  took(groups: readonly RecordedGroup[], at: number): void {
    if (at !== this.#lookedAt) return this.forget();
    const byBudget = Map.groupBy(groups, ({ budget }) => budget);
    for (const name of this.#rhythms.keys()) if (!byBudget.has(name)) this.#rhythms.delete(name);
    for (const [name, seen] of byBudget) {
      const countedAt = Math.max(...seen.map((group) => group.countedAt));
      const before = this.#rhythms.get(name);
      if (before === undefined) this.#rhythms.set(name, { countedAt, gapsMs: [], isWatched: true, measuredAt: at });
      else if (countedAt > before.countedAt) this.#rhythms.set(name, next(before, countedAt, at));
    }
  }

  /** How often the rules of a budget count, ms; undefined until that is learnt, and where they have none. */
  intervalMs(budget: string): number | undefined {
    return intervalOf(this.#rhythms.get(budget));
  }

  forget(): void {
    this.#rhythms.clear();
    this.#lookedAt = -Infinity;
  }
}

function next({ countedAt: before, gapsMs, isWatched, measuredAt }: Rhythm, countedAt: number, at: number): Rhythm {
  if (!isWatched) return { countedAt, gapsMs, isWatched: true, measuredAt };
  return { countedAt, gapsMs: [...gapsMs, countedAt - before].slice(-mostGaps), isWatched, measuredAt: at };
}

/** Whether rules may have counted since they were seen to. */
function isCounted(rhythm: Rhythm | undefined, at: number): boolean {
  const intervalMs = intervalOf(rhythm);
  if (rhythm === undefined || intervalMs === undefined) return true;
  return at >= rhythm.countedAt + intervalMs || at >= rhythm.measuredAt + countsUntilMeasured * intervalMs;
}

/** The least: a count that was left out must not make Andon late from then on. */
function intervalOf(rhythm: Rhythm | undefined): number | undefined {
  return rhythm === undefined || rhythm.gapsMs.length < fewestGaps ? undefined : Math.min(...rhythm.gapsMs);
}
