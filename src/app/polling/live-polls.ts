import type { Evaluation } from '../../domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import { aim } from './aim.ts';
import { BucketCheck } from './bucket-check.ts';
import type { BucketedSource } from '../sources/bucketed-source.ts';
import type { Errands } from './errands.ts';
import type { Keeper } from './keeper.ts';
import { lookFurtherBack } from '../past/look-further-back.ts';
import { judgeObserved, observeTogether, type Observed } from './poll.ts';
import { learnArrivals } from './prepare.ts';
import { reportView } from '../views/report-view.ts';
import type { SourceClock } from '../sources/source-clock.ts';
import type { SourceHealth } from '../sources/source-health.ts';
import type { SourceLoopParts } from './source-loop-parts.ts';
import { troublesOf } from './troubles.ts';
import { viewOf, type Watch } from './watch.ts';
import { within } from '../tasks/within.ts';

/** Services of one poll that are read in one go: what a read brings is held in memory until all of it was judged. */
const polledTogether = 50;
/** Polls after which the times at which samples land are learnt anew. */
const relearnAfterPolls = 240;
const relearnAfterMisses = 3;

export interface LivePollsParts extends SourceLoopParts {
  readonly sourceClock: SourceClock;
  readonly keeper: Keeper;
  readonly health: SourceHealth;
  readonly errands: Errands;
  readonly buckets: Pick<BucketedSource, 'overtaken'>;
}

interface Judged {
  readonly observed: Observed;
  readonly evaluation: Evaluation;
  /** Tells that the service's poll has ended. */
  readonly finish: () => void;
}

/** Reads what services do now, judges it, and aims their next polls. */
export class LivePolls {
  readonly #parts: LivePollsParts;

  constructor(parts: LivePollsParts) {
    this.#parts = parts;
  }

  /** Polls services at one instant `at`, ms on the source's clock. `bound` ends the reads, `stop` everything. */
  async poll(watches: readonly Watch[], at: number, bound: AbortSignal, stop: AbortSignal): Promise<void> {
    const { source, trace } = this.#parts;
    const check = new BucketCheck(this.#parts);
    for (let from = 0; from < watches.length && !stop.aborted; from += polledTogether) {
      const part = watches.slice(from, from + polledTogether);
      const attributes = { 'andon.source': source.name, 'andon.services': part.length };
      await trace('poll', attributes, async () => {
        await this.#pollPart(part, at, check, bound, stop);
      });
    }
  }

  async #pollPart(
    part: readonly Watch[],
    at: number,
    check: BucketCheck,
    bound: AbortSignal,
    stop: AbortSignal,
  ): Promise<void> {
    const { source, clock, telemetry, sourceClock } = this.#parts;
    const startedAt = clock.monotonic();
    const observed = await observeTogether(source, part, at, bound);
    // A stop is no answer: what was cut off is caught up with at the next start.
    if (stop.aborted) return;
    const news: Judged[] = [];
    for (const each of observed) {
      const { watch } = each;
      const latenessMs = Number.isFinite(watch.dueAt) ? Math.max(0, at - watch.dueAt) : 0;
      const missed = Math.floor(latenessMs / watch.timing.intervalMs);
      if (missed > 0) telemetry.pollsMissed(watch.service.name, missed);
      const finish = (): void => {
        const durationMs = clock.monotonic() - startedAt;
        telemetry.pollFinished(watch.service.name, { durationMs, latenessMs, outcome: each.outcome, at });
      };
      let isNews = false;
      await this.#apart(watch, async () => {
        const judged = { observed: each, evaluation: judgeObserved(each), finish };
        isNews = each.failure === undefined && hasNews(judged.evaluation);
        if (isNews) news.push(judged);
        else await this.#settle(judged, stop);
      });
      if (!isNews) finish();
    }
    await this.#settleNews(news, at, check, bound, stop);
    const doubtful = part.filter(
      (watch) => watch.misses >= relearnAfterMisses || watch.polls % relearnAfterPolls === 0 || !watch.cadence.learnt,
    );
    if (doubtful.length > 0 && !bound.aborted) await learnArrivals(source, doubtful, sourceClock.now(), bound);
  }

  /** A bucket that went with a deploy makes good events look bad: nobody is told before it is known to be there. */
  async #settleNews(
    news: readonly Judged[],
    at: number,
    check: BucketCheck,
    bound: AbortSignal,
    stop: AbortSignal,
  ): Promise<void> {
    if (news.length === 0) return;
    const watches = news.map(({ observed }) => observed.watch);
    const overtaken = await check.overtaken(watches, at, bound);
    for (const judged of news) {
      const { watch } = judged.observed;
      // It is read anew, by the buckets that are left.
      if (overtaken.has(watch)) watch.dueAt = -Infinity;
      else await this.#apart(watch, async () => this.#settle(judged, stop));
      judged.finish();
    }
  }

  async #apart(watch: Watch, work: () => Promise<void>): Promise<void> {
    const { keeper, sourceClock } = this.#parts;
    await keeper.apart(watch, () => sourceClock.now(), work);
  }

  /** Writes first, then takes over: what could not be written is judged again from the same state at the next poll. */
  async #settle({ observed, evaluation }: Judged, stop: AbortSignal): Promise<void> {
    const { health, keeper, telemetry } = this.#parts;
    const { watch, at, failure } = observed;
    if (failure !== undefined) health.failed(failure);
    else health.answered();
    if (failure !== undefined && !hasNews(evaluation) && canStandStill(watch)) {
      watch.blind = true;
    } else {
      // What happened while nothing could be read is read again in fine steps, for onset and impact.
      if (watch.blind && failure === undefined) watch.unread = polledSignals(watch.service);
      watch.blind = failure !== undefined;
      await keeper.keep(watch, evaluation, at);
      keeper.mended(watch);
      if (evaluation.events.some(isOlderThanMemory)) this.#lookFurtherBack(watch, at, stop);
    }
    const before = watch.view;
    watch.view = viewOf(watch.service, evaluation, troublesOf(watch, at), watch.budgets.views(at), watch);
    watch.polls += 1;
    aim(watch, at, failure !== undefined);
    reportView(telemetry, before, watch.view);
  }

  /** The page has gone out with what is known; where the trouble really began is a question that may take a while. */
  #lookFurtherBack(watch: Watch, at: number, stop: AbortSignal): void {
    const { clock, keeper, errands, pollDeadlineMs, sourceClock } = this.#parts;
    errands.begin(watch, stop, async (cancelled) => {
      await keeper.apart(
        watch,
        () => sourceClock.now(),
        async () => {
          await within(clock, pollDeadlineMs, cancelled, async (bound) => {
            await this.#settleOnsets(watch, at, bound, cancelled);
          });
        },
      );
    });
  }

  async #settleOnsets(watch: Watch, at: number, bound: AbortSignal, cancelled: AbortSignal): Promise<void> {
    const { source, keeper, errands } = this.#parts;
    for (const [key, scope] of watch.state.scopes) {
      const { incident } = scope;
      if (incident?.onset.method !== 'history-limit' || incident.onsetSettled) continue;
      const found = await lookFurtherBack(source, watch.service, scope, incident, watch.timing, at, bound);
      if (found === undefined) continue;
      await errands.inTurn(async () => {
        if (cancelled.aborted) return;
        const scopes = new Map([...watch.state.scopes, [key, found.scope]]);
        await keeper.keep(watch, { state: { ...watch.state, scopes }, events: found.events });
      });
    }
  }
}

function hasNews({ events, shadows }: Evaluation): boolean {
  return events.length + shadows.length > 0;
}

function isOlderThanMemory(event: IncidentEvent): boolean {
  return event.type === 'opened' && event.onset.method === 'history-limit';
}

/** With no incident to keep an eye on and no rule that minds, a blind stretch is better judged afterwards, from history. */
function canStandStill(watch: Watch): boolean {
  if (watch.service.rules.some((rule) => rule.onUnknown.policy === 'open')) return false;
  return ![...watch.state.scopes.values()].some((scope) => scope.incident !== undefined);
}
