import { describeFailure } from '../../domain/reading/describe-failure.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import { aimAnew } from './aim.ts';
import { catchUpFurther, type CatchUpResult, type CaughtUp } from '../past/catch-up.ts';
import type { CatchUpTools } from '../past/past-tools.ts';
import type { Errands } from './errands.ts';
import type { Keeper } from './keeper.ts';
import { judgeBlindly, observeTogether } from './poll.ts';
import { prepare } from './prepare.ts';
import { reportView } from '../views/report-view.ts';
import type { SourceClock } from '../sources/source-clock.ts';
import type { SourceHealth } from '../sources/source-health.ts';
import type { SourceLoopParts } from './source-loop-parts.ts';
import { troublesOf } from './troubles.ts';
import { viewOf, type Watch } from './watch.ts';
import { within } from '../tasks/within.ts';

/**
 * Bound of one try at reading what a service missed, ms. Each query has the source's own timeout, and what was judged
 * before the bound stays judged, so it only ends what would never end by itself.
 */
const longestTryMs = 10 * 60_000;

/** Another round is worth it when less than this share of what there was to judge is left after it. */
const worthwhile = 0.7;

export interface PreparerParts extends Pick<SourceLoopParts, 'source' | 'clock' | 'log' | 'telemetry'> {
  readonly sourceClock: SourceClock;
  readonly keeper: Keeper;
  readonly health: SourceHealth;
  readonly errands: Pick<Errands, 'inTurn'>;
}

/** Readies services for live polls: reads what they missed or must remember, and shows when that cannot be read. */
export class Preparer {
  readonly #parts: PreparerParts;

  constructor(parts: PreparerParts) {
    this.#parts = parts;
  }

  /** An errand; once cancelled, it changes nothing any more. Rejects with StoreError when the store takes nothing. */
  async prepare(watch: Watch, cancelled: AbortSignal): Promise<void> {
    const { clock, errands } = this.#parts;
    const result = await within(
      clock,
      longestTryMs,
      cancelled,
      async (bound) => await this.#read(watch, bound, cancelled),
    );
    await errands.inTurn(async () => {
      if (cancelled.aborted) return;
      if (result.kind === 'failed') {
        watch.failedReads += 1;
        this.standStill(watch, result.failure);
      } else {
        this.#takeOver(watch, result);
      }
      await Promise.resolve();
    });
  }

  async #read(watch: Watch, bound: AbortSignal, cancelled: AbortSignal): Promise<CatchUpResult> {
    const { source, clock, sourceClock, keeper, errands } = this.#parts;
    const begun = sourceClock.now();
    const tools: CatchUpTools = {
      source,
      clock,
      signal: bound,
      tries: watch.failedReads,
      // What is cancelled may be read by a declaration that is gone.
      budgets: {
        feed(...fed) {
          if (!cancelled.aborted) watch.budgets.feed(...fed);
        },
        readings: () => watch.budgets.readings(),
        recorded: {
          take(...taken) {
            if (!cancelled.aborted) watch.budgets.recorded.take(...taken);
          },
        },
      },
      async keep(part) {
        await errands.inTurn(async () => {
          if (!cancelled.aborted) await keeper.keep(watch, part, sourceClock.now());
        });
      },
    };
    const result = await prepare(tools, watch, begun);
    if (result.kind === 'failed') return result;
    if (isNothingGiven(watch, result)) return await this.#unlessSilent(watch, result, bound);
    return await this.#further(watch, result, tools);
  }

  /**
   * Reading takes time, and may take longer than may lie between two evaluations: what went by meanwhile is judged too,
   * as long as that gains on the time that it takes itself. Live reads do the rest.
   */
  async #further(watch: Watch, first: CaughtUp, tools: CatchUpTools): Promise<CatchUpResult> {
    const { sourceClock } = this.#parts;
    const behindMs = ({ state, evaluation }: CaughtUp): number =>
      evaluation === undefined ? 0 : sourceClock.now() - (state.evaluatedAt ?? Infinity);
    let result = first;
    let behind = behindMs(first);
    while (behind > watch.timing.maxGapMs) {
      const next = await catchUpFurther(tools, watch.service, result.state, watch.timing, sourceClock.now());
      if (next.kind === 'failed') return next;
      const refused = new Map([...result.refused, ...next.refused]);
      const { evaluation = result.evaluation } = next;
      result = { ...next, missedMs: first.missedMs, refused, ...(evaluation === undefined ? {} : { evaluation }) };
      const left = behindMs(result);
      if (left > behind * worthwhile) break;
      behind = left;
    }
    return { kind: 'caught-up', ...result };
  }

  /** A source that refuses every past may be refusing everything; then what was missed can still be had later. */
  async #unlessSilent(watch: Watch, result: CaughtUp, bound: AbortSignal): Promise<CatchUpResult> {
    const at = this.#parts.sourceClock.now();
    const [observed] = await observeTogether(this.#parts.source, [watch], at, bound);
    const failure = observed?.failure;
    return failure === undefined ? { kind: 'caught-up', ...result } : { kind: 'failed', failure };
  }

  #takeOver(watch: Watch, result: CaughtUp): void {
    const now = this.#parts.sourceClock.now();
    watch.state = result.state;
    this.#parts.keeper.mended(watch);
    watch.unread = [];
    watch.blind = false;
    watch.failedReads = 0;
    // What is not judged by now cannot be caught up with: live polls go on from here.
    watch.readTo = now;
    this.#tellRefused(watch, result, now);
    const { evaluation } = result;
    // What was caught up with reaches to about now; otherwise the first evaluation is due at once.
    if (evaluation === undefined || result.refused.size > 0) watch.dueAt = -Infinity;
    else aimAnew(watch, evaluation.state.evaluatedAt ?? now);
    if (evaluation !== undefined)
      watch.view = viewOf(watch.service, evaluation, troublesOf(watch, now), watch.budgets.views(now), watch);
    if (result.missedMs > 0) this.#parts.telemetry.caughtUp(watch.service.name, result.missedMs);
  }

  /** Each refusal is counted; it is logged when it is news. */
  #tellRefused(watch: Watch, { refused }: CaughtUp, at: number): void {
    const { log, source, telemetry } = this.#parts;
    const before = watch.refused;
    watch.refused = new Map([...refused].map(([name, failure]) => [name, { failure, at }]));
    for (const [signal, failure] of refused) {
      telemetry.sourceFailed(source.name, failure.reason, failure.detail);
      if (before.get(signal)?.failure.reason === failure.reason) continue;
      log.warn('the past of a signal cannot be read; its windows fill from live reads', {
        source: source.name,
        service: watch.service.name,
        signal,
        reason: failure.reason,
        detail: describeFailure(failure),
      });
    }
  }

  /** Shows that nothing can be read, and leaves the state for the catch-up to go on from. */
  standStill(watch: Watch, failure: SourceFailure): void {
    const { sourceClock, health, telemetry } = this.#parts;
    const at = sourceClock.now();
    watch.blind = true;
    const before = watch.view;
    const unseen: Watch = { ...watch, state: { ...watch.state, ledgers: new Map() } };
    const shownAt = Math.max(at, (watch.state.evaluatedAt ?? 0) + 1);
    watch.view = viewOf(
      watch.service,
      judgeBlindly(unseen, failure, shownAt),
      troublesOf(watch, at),
      watch.budgets.views(at),
      watch,
    );
    aimAnew(watch, at);
    health.failed(failure);
    reportView(telemetry, before, watch.view);
    telemetry.pollFinished(watch.service.name, { durationMs: 0, latenessMs: 0, outcome: 'failed' });
  }
}

function isNothingGiven(watch: Watch, { refused }: CaughtUp): boolean {
  return refused.size > 0 && refused.size === polledSignals(watch.service).length;
}
