import { changeKey, type Change } from '../../domain/change/change.ts';
import type { Instruments } from './instruments.ts';

/** How long a change is told of after its last moment, ms: longer than anybody leaves between two scrapes. */
const keptForMs = 3_600_000;
/** Of each service; a tool that reports without end must not fill a Prometheus. */
const shownPerService = 50;

/** When changes began and ended, for graphs. */
export class ChangeMoments {
  readonly #metrics: Instruments;
  readonly #now: () => number;
  /** By service, in the order in which they were first told of. */
  readonly #changes = new Map<string, Map<string, Change>>();
  readonly #started = new Set<string>();

  /** `now`: wall clock, ms since the epoch. */
  constructor(metrics: Instruments, now: () => number) {
    this.#metrics = metrics;
    this.#now = now;
  }

  update(change: Change): void {
    const { service, id } = change;
    // A histogram that first appears with its first observation hides that from `rate()`.
    if (!this.#started.has(service)) this.#metrics.failedDeploymentRecovery.zero({ service });
    this.#started.add(service);
    if (this.#isPast(change)) return;
    const known = this.#changes.get(service) ?? new Map<string, Change>();
    this.#changes.set(service, known);
    known.set(changeKey({ service, change: id }), change);
    const [oldest] = known.keys();
    if (known.size > shownPerService && oldest !== undefined) known.delete(oldest);
  }

  collect(): void {
    this.#metrics.changeTimestamp.reset();
    for (const [service, changes] of this.#changes) {
      for (const [key, change] of changes) {
        if (this.#isPast(change)) changes.delete(key);
        else this.#write(change);
      }
      if (changes.size === 0) this.#changes.delete(service);
    }
  }

  #isPast({ startedAt, finishedAt = startedAt }: Change): boolean {
    return Math.max(startedAt, finishedAt) < this.#now() - keptForMs;
  }

  #write({ service, id, kind, version = '', startedAt, finishedAt = Infinity }: Change): void {
    const labels = { service, change: id, kind, version };
    for (const [moment, at] of Object.entries({ started: startedAt, finished: finishedAt }))
      this.#metrics.changeTimestamp.set({ ...labels, moment }, at / 1000);
  }
}
