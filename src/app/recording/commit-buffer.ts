import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import { ledgerKeyText } from './ledger-key.ts';
import type { Commit, LedgerKey, OutboxEntry } from '../ports/store.ts';

/** What a commit that waits knows beyond itself. */
interface Waiting {
  readonly commit: Commit;
  /** Its events with the positions they will get. */
  readonly events: readonly StoredLogEvent[];
  /** Ids among its notifications that were in the outbox already. */
  readonly known: ReadonlySet<string>;
}

/**
 * Commits that could not be written yet, in order, and what the store would answer if they had been.
 *
 * A commit without events joins the one before it: the two then become true together, which is what the second one
 * would have made of it, and the buffer grows with what happened and not with the number of polls.
 */
export class CommitBuffer {
  readonly #maxCommits: number;
  #waiting: Waiting[] = [];

  /** Beyond `maxCommits`, superseded checkpoints are dropped; events, notifications and deliveries never are. */
  constructor(maxCommits: number) {
    this.#maxCommits = maxCommits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Events and notifications held. */
  get size(): number {
    return this.#waiting.reduce((sum, { commit }) => sum + lengthOf(commit.events) + lengthOf(commit.notifications), 0);
  }

  /** The commit to write first. */
  get first(): Commit | undefined {
    return this.#waiting[0]?.commit;
  }

  /** To be called once the first commit is written. */
  shift(): readonly StoredLogEvent[] {
    return this.#waiting.shift()?.events ?? [];
  }

  push(commit: Commit, events: readonly StoredLogEvent[], known: ReadonlySet<string>): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && events.length === 0) {
      this.#waiting[this.#waiting.length - 1] = {
        ...last,
        commit: join(last.commit, commit),
        known: new Set([...last.known, ...known]),
      };
      return;
    }
    this.#waiting.push({ commit, events, known });
    if (this.#waiting.length > this.#maxCommits) this.#dropSupersededCheckpoints();
  }

  events(afterSeq: number): readonly StoredLogEvent[] {
    return this.#waiting.flatMap(({ events }) => events).filter(({ seq }) => seq > afterSeq);
  }

  /** Lays the waiting checkpoints over those of the store. */
  checkpoints(stored: readonly Checkpoint[]): readonly Checkpoint[] {
    return newest(
      stored,
      this.#waiting.flatMap(({ commit }) => commit.checkpoints ?? []),
    );
  }

  /** Lays the waiting notifications and deliveries over entries of the store's outbox. */
  outbox(stored: readonly OutboxEntry[]): OutboxEntry[] {
    const entries = new Map(stored.map((entry) => [entry.notification.id, entry]));
    for (const { commit, known } of this.#waiting) {
      for (const notification of commit.notifications ?? []) {
        if (known.has(notification.id) || entries.has(notification.id)) continue;
        entries.set(notification.id, {
          notification,
          delivery: { state: 'pending', attempts: 0, nextAttemptAt: notification.createdAt },
        });
      }
      for (const { id, delivery } of commit.deliveries ?? []) {
        const entry = entries.get(id);
        if (entry !== undefined) entries.set(id, { notification: entry.notification, delivery });
      }
    }
    return [...entries.values()];
  }

  /** Whether a ledger of the store is to be deleted. */
  forgets(key: LedgerKey): boolean {
    const text = ledgerKeyText(key);
    return this.#waiting.some(({ commit }) => commit.forgottenLedgers?.some((each) => ledgerKeyText(each) === text));
  }

  /** Moves the newest checkpoint of each service to the last commit and forgets the older ones. */
  #dropSupersededCheckpoints(): void {
    const checkpoints = this.checkpoints([]);
    const last = this.#waiting.length - 1;
    this.#waiting = this.#waiting.map((waiting, index) => ({
      ...waiting,
      commit: { ...waiting.commit, checkpoints: index === last ? checkpoints : [] },
    }));
  }
}

/** `later` has no events. */
function join(earlier: Commit, later: Commit): Commit {
  const deliveries = [...(earlier.deliveries ?? []), ...(later.deliveries ?? [])];
  return {
    ...earlier,
    checkpoints: newest(earlier.checkpoints ?? [], later.checkpoints ?? []),
    notifications: [...(earlier.notifications ?? []), ...(later.notifications ?? [])],
    deliveries: [...new Map(deliveries.map((delivery) => [delivery.id, delivery])).values()],
    forgottenLedgers: distinct([...(earlier.forgottenLedgers ?? []), ...(later.forgottenLedgers ?? [])]),
  };
}

function distinct(keys: readonly LedgerKey[]): readonly LedgerKey[] {
  return [...new Map(keys.map((key) => [ledgerKeyText(key), key])).values()];
}

function newest(older: readonly Checkpoint[], newer: readonly Checkpoint[]): readonly Checkpoint[] {
  const byService = new Map([...older, ...newer].map((checkpoint) => [checkpoint.service, checkpoint]));
  return [...byService.values()];
}

function lengthOf(values: readonly unknown[] | undefined): number {
  return values?.length ?? 0;
}
