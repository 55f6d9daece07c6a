import type { BakeEvent } from '../../domain/change/bake-event.ts';
import { causalWindow, meets } from '../../domain/change/causal-window.ts';
import { changeKey, type Change } from '../../domain/change/change.ts';
import { compareTarget, judgeBake } from '../../domain/change/judge-bake.ts';
import { isSameRollout } from '../../domain/change/same-rollout.ts';
import { defaultChangePolicy } from '../../domain/service/change-policy.ts';
import { every } from '../tasks/every.ts';
import { within } from '../tasks/within.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { ChangeBook } from './change-book.ts';
import { readBake } from './read-bake.ts';
import type { ServiceSight } from './service-sight.ts';

export interface BakeWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<Store, 'commit'>;
  readonly changes: ChangeBook;
  readonly sight: (service: string) => ServiceSight | undefined;
}

/** How often it looks for what is due, ms. */
const lookEveryMs = 10_000;
/** Changes that are looked at in one go: the rest comes ten seconds later. */
const mostAtOnce = 4;
/** When a change is looked at before the end of its window, as parts of it. */
const earlyLooks = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4];
/** How long an onset inside the window may take to open its incident before the watch is over, ms. */
const graceMs = 900_000;
/** How long a source that does not answer is asked again at the end, ms. */
const patienceMs = 3_600_000;
/** After a last look that failed the next one waits, so that others have their turn, ms. */
const retryMs = 60_000;
/** Bound of one look with all its reads, ms. */
const readDeadlineMs = 60_000;
/** A window that ended longer ago than this is not looked at any more, ms: such a change was reported long after the fact. */
const tooOldMs = 2 * 86_400_000;

/** Watches services for as long as a change may still show, against the same hours before. */
export class BakeWatch {
  readonly #parts: BakeWatchParts;
  /** By change: until when it has been looked at, ms. */
  readonly #looked = new Map<string, number>();

  constructor(parts: BakeWatchParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const failed = (error: unknown): void => {
      log.error('what a bake watch found could not be recorded; trying again', { error });
    };
    await every(clock, lookEveryMs, signal, async () => await this.#turn(signal), failed);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { changes, clock } = this.#parts;
    const baking = changes.baking();
    const keys = new Set(baking.map(keyOf));
    for (const key of this.#looked.keys()) if (!keys.has(key)) this.#looked.delete(key);
    const now = clock.now();
    const due = baking
      .filter((change) => this.#isDue(change, now))
      .sort((a, b) => this.#lookedAt(a) - this.#lookedAt(b) || a.startedAt - b.startedAt);
    for (const change of due.slice(0, mostAtOnce)) {
      if (signal.aborted) return;
      await this.#look(change, signal);
    }
  }

  #isDue(change: Change, now: number): boolean {
    const { from, to } = this.#window(change);
    const looked = Math.max(from, this.#lookedAt(change));
    if (now >= to + graceMs) return looked < to + graceMs || now - looked >= retryMs;
    const dues = earlyLooks.map((part) => from + part * (to - from));
    return dues.some((due) => due > looked && due <= now);
  }

  #lookedAt(change: Change): number {
    return this.#looked.get(keyOf(change)) ?? -Infinity;
  }

  #window(change: Change) {
    const { bakeMs } = this.#parts.sight(change.service)?.service.changes ?? defaultChangePolicy;
    return causalWindow(change, bakeMs);
  }

  async #look(change: Change, signal: AbortSignal): Promise<void> {
    const { clock, sight: sightOf } = this.#parts;
    const now = clock.now();
    const { from, to } = this.#window(change);
    const isOver = now >= to + graceMs;
    this.#looked.set(keyOf(change), now);
    if (now > to + tooOldMs) return await this.#finish(change, to, [], 'too-old');
    const sight = sightOf(change.service);
    if (sight === undefined) return isOver ? await this.#finish(change, to, [], 'not-watched') : undefined;
    const until = Math.min(now, to);
    const skewMs = sight.sourceNow - now;
    const stretch = { from: from + skewMs, to: until + skewMs };
    const read = await within(clock, readDeadlineMs, signal, async (bound) => await readBake(sight, stretch, bound));
    if (signal.aborted) return;
    if (read.kind === 'failed') {
      if (now >= to + graceMs + patienceMs) await this.#finish(change, until, [], 'source-failed');
      return;
    }
    const comparisons = read.counts.map(compareTarget);
    if (isOver) return await this.#finish(change, until, comparisons);
    const { verdict } = judgeBake(comparisons, this.#isAlone(change, until));
    if (verdict !== 'worse' || change.bake?.worseAt !== undefined) return;
    await this.#record(change, { type: 'bake-worse', verdict, lookedUntil: until, comparisons });
  }

  async #finish(
    change: Change,
    lookedUntil: number,
    comparisons: BakeEvent['comparisons'],
    gap?: BakeEvent['gap'],
  ): Promise<void> {
    const judged =
      gap === undefined
        ? judgeBake(comparisons, this.#isAlone(change, lookedUntil))
        : { verdict: 'no-data' as const, gap };
    const { bake } = change;
    // What was clearly worse for a part of the window was not unharmed, though the whole of it may look so.
    const stands = bake?.worseAt !== undefined && judged.verdict !== 'worse' && judged.verdict !== 'confounded';
    const said = stands
      ? { verdict: bake.verdict, comparisons: bake.comparisons, lookedUntil: bake.lookedUntil }
      : { ...judged, comparisons, lookedUntil };
    await this.#record(change, { type: 'bake-finished', ...said });
  }

  /** Whether no other change of the service was in its window meanwhile. */
  #isAlone(change: Change, until: number): boolean {
    const stretch = { from: change.startedAt, to: until };
    return this.#parts.changes
      .of(change.service)
      .filter((other) => other.id !== change.id && other.told.announced !== true && !isSameRollout(other, change))
      .every((other) => !meets(this.#window(other), stretch));
  }

  async #record(change: Change, found: Omit<BakeEvent, 'service' | 'change' | 'at'>): Promise<void> {
    const { store, changes, clock, log } = this.#parts;
    const at = clock.now();
    const { service, id } = change;
    const event: BakeEvent = { ...found, service, change: id, at };
    changes.apply(await store.commit({ events: [event], recordedAt: at }));
    const fields = { service, change: id, verdict: found.verdict };
    if (found.type === 'bake-worse') log.warn('a service does worse since a change than before', fields);
    else log.info('the watch over a change is over', fields);
  }
}

function keyOf({ service, id }: Change): string {
  return changeKey({ service, change: id });
}
