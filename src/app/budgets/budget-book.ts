import { noBudgets, readBudgetUse, type BudgetReadings } from '../../domain/budget/budget-readings.ts';
import { budgetEvidence } from '../../domain/budget/budget-evidence.ts';
import { budgetSpent, spentUnknown } from '../../domain/budget/budget-spent.ts';
import { forgetStretch } from '../../domain/budget/forget-stretch.ts';
import { setExclusions } from '../../domain/budget/cuts.ts';
import { createLedger, newestEnd } from '../../domain/budget/ledger.ts';
import { putBack, restoreLedger, takeChanges } from '../../domain/budget/ledger-rows.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { longestPeriodMs } from '../../domain/budget/period.ts';
import type { ServiceState } from '../../domain/incident/evaluate.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { CountedGroup, Observation, SourceFailure } from '../../domain/reading/observation.ts';
import type { CountingSignal, Service } from '../../domain/service/service.ts';
import type { LedgerKey, LedgerWrite, StoredLedger } from '../ports/store.ts';
import { markAllChanged, newEntry, restoredEntry, settledShare, type BudgetEntry } from './budget-entry.ts';
import { viewBudget, type BudgetView } from './budget-view.ts';
import { RecordedBook } from './recorded-book.ts';
import { budgetSignal } from './recorded-read.ts';
import { ledgerShape } from './ledger-shape.ts';
import { addSteps, dropUnread, liveSteps } from './live-steps.ts';

/** What has to be written so that the store holds the ledgers as they are. */
export interface BudgetChanges {
  readonly ledgers: readonly LedgerWrite[];
  readonly forgotten: readonly LedgerKey[];
}

/** A group that has been gone for so long gives its place to a new one when the signal's limit is reached, ms. */
const placeKeptMs = 300_000;

/** The ledgers of a service's error budgets: one for each budget and group. Changed in place by whoever polls the service. */
export class BudgetBook {
  /** Its budgets where they come from recording rules; then there are no ledgers. */
  readonly recorded: RecordedBook;
  #service: Service;
  readonly #entries = new Map<string, BudgetEntry>();
  #forgotten: LedgerKey[] = [];
  readonly #unread = new Map<string, SourceFailure>();

  constructor(service: Service) {
    this.#service = service;
    this.recorded = new RecordedBook(service);
  }

  get service(): Service {
    return this.#service;
  }

  entries(): readonly BudgetEntry[] {
    return [...this.#entries.values()];
  }

  /** Whether an entry is still this book's, and not that of a declaration before. */
  holds(entry: BudgetEntry): boolean {
    return this.#entries.get(idOf(entry.budget, entry.key)) === entry;
  }

  /** The declaration of an entry's budget. */
  declared({ budget }: Pick<BudgetEntry, 'budget'>): ErrorBudget | undefined {
    return this.#service.budgets.find(({ name }) => name === budget);
  }

  /** Takes over a ledger of the store; returns how many of its rows cannot be right. `now`: the source's time, ms. */
  restore({ budget, group: key, shape, rows }: StoredLedger, now: number): { readonly refused: number } {
    const declared = this.declared({ budget });
    const signal = declared && this.#signalOf(declared);
    if (declared === undefined || signal === undefined || shape !== this.#shapeOf(declared, signal)) {
      this.#forget(budget, key);
      return { refused: 0 };
    }
    const { entry, refused } = restoredEntry({ budget, signal: signal.name, key, shape, declared }, rows, now);
    // What was counted before Andon was away counts as seen then: groups that never return are forgotten.
    entry.seenAt = newestEnd(entry.ledger);
    this.#entries.set(idOf(budget, key), entry);
    return { refused };
  }

  /**
   * Takes the steps that a read at `now` counted, before the service is judged by it. `state`: the one that the read
   * was asked for with. Steps that were read before take the place of what they counted then.
   */
  feed(observations: readonly Observation[], state: ServiceState, now: number, intervalMs?: number): void {
    for (const observation of observations) {
      if (observation.kind !== 'counted') continue;
      for (const declared of this.#service.budgets) {
        if (declared.signal !== observation.signal) continue;
        const signal = this.#signalOf(declared);
        if (signal === undefined) continue;
        const before = state.ledgers.get(signal.name);
        const end = before?.boundaries.at(-1);
        this.#dropUnread(declared, observation.groups, end);
        for (const [key, seen] of this.#admitted(declared, signal, observation.groups, now)) {
          const entry = this.#entries.get(idOf(declared.name, key));
          if (entry === undefined) continue;
          const group = before?.groups.get(key);
          entry.goodSeen ||= signal.numerator === 'bad' || seen.numeratorSeen || (group?.numeratorEverSeen ?? false);
          // The step of a first read is never read again, so late samples would be lost: it is left to be filled.
          if (end === undefined) {
            entry.fedTo = Math.max(entry.fedTo, seen.steps.at(-1)?.to ?? -Infinity);
            continue;
          }
          // Without any good events ever, the selector may as well be a typo: nothing is counted yet.
          const steps = liveSteps(group, seen, now, intervalMs).filter(({ total }) => entry.goodSeen || !(total > 0));
          addSteps(entry.ledger, steps);
          entry.fedTo = Math.max(entry.fedTo, steps.at(-1)?.to ?? -Infinity);
        }
      }
    }
  }

  readings(): BudgetReadings {
    if (this.#isRecorded) return this.recorded.readings();
    return {
      read: (use, group, now) => {
        const declared = this.declared(use);
        const entry = this.#entries.get(idOf(use.budget, groupKey(group)));
        if (declared === undefined || entry === undefined) return noBudgets.read(use, group, now);
        return readBudgetUse(declared, entry.ledger, use, now);
      },
      evidence: (uses, group, since, now, bounds) => {
        const [first] = uses;
        const declared = first && this.declared(first);
        const entry = first && this.#entries.get(idOf(first.budget, groupKey(group)));
        return declared === undefined || entry === undefined
          ? undefined
          : budgetEvidence(declared, entry.ledger, uses, { since, now, bounds });
      },
      spent: (budget, group, spell, now) => {
        const declared = this.declared({ budget });
        const entry = this.#entries.get(idOf(budget, groupKey(group)));
        return declared === undefined || entry === undefined
          ? undefined
          : budgetSpent(declared, entry.ledger, spell, now);
      },
      spentUnknown: (budget, group, spell, now) => {
        const declared = this.declared({ budget });
        if (declared === undefined) return undefined;
        const entry = this.#entries.get(idOf(budget, groupKey(group)));
        // Without an entry nothing was ever counted, which is as an empty ledger.
        return spentUnknown(declared, entry?.ledger ?? createLedger(declared), spell, now);
      },
    };
  }

  /** How the budgets stand at `now`, ms on the source's clock, by name and group; those whose series have shown. */
  views(now: number): readonly BudgetView[] {
    if (this.#isRecorded) return this.recorded.views(now);
    return this.entries()
      .flatMap((entry) => {
        const declared = this.declared(entry);
        const { group, ledger } = entry;
        if (declared === undefined || group === undefined) return [];
        const counted = { counts: ledger, group, known: settledShare(entry, declared, now) };
        return [{ id: idOf(entry.budget, entry.key), view: viewBudget(this.#service, declared, counted, now) }];
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ view }) => view);
  }

  /** Signals whose past could not be read the last time it was asked for. */
  get unread(): ReadonlyMap<string, SourceFailure> {
    return this.#unread;
  }

  /** Remembers whether the past of a signal could be read. */
  pastRead(signal: string, failure?: SourceFailure): void {
    if (failure === undefined) this.#unread.delete(signal);
    else this.#unread.set(signal, failure);
  }

  /** Goes on under another declaration: what is still counted the same way is kept. `now`: the source's time, ms. */
  redeclare(service: Service, now: number): void {
    const before = this.#service;
    this.#service = service;
    this.recorded.redeclare(service);
    for (const entry of this.entries()) {
      const declared = this.declared(entry);
      const signal = declared && this.#signalOf(declared);
      if (declared === undefined || signal === undefined || entry.shape !== this.#shapeOf(declared, signal)) {
        this.#forget(entry.budget, entry.key);
        continue;
      }
      const old = before.budgets.find(({ name }) => name === entry.budget);
      const isLonger = old === undefined || longestPeriodMs(old.period) !== longestPeriodMs(declared.period);
      const kept: BudgetEntry = { ...entry, signal: signal.name };
      setExclusions(entry.ledger, declared.exclusions);
      if (isLonger) {
        markAllChanged(entry.ledger);
        kept.ledger = restoreLedger(declared, takeChanges(entry.ledger).rows, now).ledger;
        kept.isNew = true;
        markAllChanged(kept.ledger);
        delete kept.toldKnown;
      }
      this.#entries.set(idOf(entry.budget, entry.key), kept);
    }
  }

  /** After the source's clock was set and shows `at`: what was counted for a time that is still to come is forgotten. */
  followClock(at: number): void {
    this.recorded.forget();
    for (const [id, entry] of this.#entries) {
      const declared = this.declared(entry);
      entry.fedTo = Math.min(entry.fedTo, at);
      if (declared === undefined || newestEnd(entry.ledger) <= at) continue;
      // Far ahead, the slots have moved on with it, and nothing is left of the true past.
      if (newestEnd(entry.ledger) - at > placeKeptMs) {
        const ledger = createLedger(declared);
        this.#entries.set(id, { ...entry, ledger, isNew: true });
      } else forgetStretch(entry.ledger, at, newestEnd(entry.ledger) + 1);
    }
  }

  /** What a signal counted after an instant is forgotten, ms on the source's clock, to be filled again from the past. */
  forgetSince(signal: string, since: number): void {
    for (const { signal: own, ledger } of this.#entries.values()) {
      const end = Math.max(newestEnd(ledger), ledger.unsettled.at(-1)?.to ?? -Infinity);
      if (own === signal && end > since) forgetStretch(ledger, since, end + 1);
    }
  }

  /** Everything that changed since it was last taken. To be put back when it cannot be written. */
  takeChanges(): BudgetChanges {
    const ledgers = this.entries().flatMap((entry): LedgerWrite[] => {
      const { budget, key, shape, isNew } = entry;
      const changes = takeChanges(entry.ledger);
      if (changes.rows.length === 0 && changes.floors.length === 0) return [];
      entry.isNew = false;
      return [
        { service: this.#service.name, budget, group: key, shape, changes, ...(isNew ? { replaces: true } : {}) },
      ];
    });
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    return { ledgers, forgotten };
  }

  putBack({ ledgers, forgotten }: BudgetChanges): void {
    for (const { budget, group, changes, replaces } of ledgers) {
      const entry = this.#entries.get(idOf(budget, group));
      if (entry === undefined) continue;
      putBack(entry.ledger, changes);
      if (replaces === true) entry.isNew = true;
    }
    this.#forgotten.unshift(...forgotten);
  }

  /** Lets go of groups that left no count in their budget's whole period. */
  forgetGone(now: number): void {
    for (const entry of this.entries()) {
      const declared = this.declared(entry);
      if (declared !== undefined && now - entry.seenAt > longestPeriodMs(declared.period) && entry.seenAt > -Infinity)
        this.#forget(entry.budget, entry.key);
    }
  }

  /**
   * A first read (`end` is absent) begins another row of reads, and after a long silence the newest step begins later than
   * the one before it ended. Whatever is not settled then is not read again: late samples would be lost.
   */
  #dropUnread({ name }: ErrorBudget, groups: readonly CountedGroup[], end: number | undefined): void {
    const from = end ?? -Infinity;
    const to = end === undefined ? Infinity : (groups[0]?.steps.at(-1)?.from ?? end);
    if (to > from) for (const { budget, ledger } of this.entries()) if (budget === name) dropUnread(ledger, from, to);
  }

  #forget(budget: string, key: string): void {
    this.#entries.delete(idOf(budget, key));
    this.#forgotten.push({ service: this.#service.name, budget, group: key });
  }

  /** The groups that have a ledger, or get one: as many as the signal may have, those that were there before first. */
  #admitted(
    declared: ErrorBudget,
    signal: CountingSignal,
    groups: readonly CountedGroup[],
    now: number,
  ): ReadonlyMap<string, CountedGroup> {
    const seen = new Map(groups.map((group) => [groupKey(group.group), group]));
    const own = this.entries().filter(({ budget }) => budget === declared.name);
    for (const entry of own) {
      const group = seen.get(entry.key)?.group;
      if (group === undefined) continue;
      entry.seenAt = now;
      entry.group = group;
    }
    const gone = own
      .filter(({ seenAt }) => now - seenAt >= placeKeptMs)
      .sort((a, b) => a.seenAt - b.seenAt)
      .map(({ key }) => key);
    let taken = own.length;
    const shape = this.#shapeOf(declared, signal);
    for (const [key, { group }] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (this.#entries.has(idOf(declared.name, key))) continue;
      if (taken >= signal.maxGroups) {
        const replaced = gone.shift();
        if (replaced === undefined) break;
        this.#forget(declared.name, replaced);
        taken -= 1;
      }
      taken += 1;
      const entry = newEntry({ budget: declared.name, signal: signal.name, key, shape, declared });
      this.#entries.set(idOf(declared.name, key), { ...entry, group, seenAt: now });
    }
    return seen;
  }

  #shapeOf(declared: ErrorBudget, signal: CountingSignal): string {
    return ledgerShape(declared, signal, this.#service.source);
  }

  /** The signal that ledgers of a budget are counted from; none where they come from recording rules. */
  #signalOf(declared: ErrorBudget): CountingSignal | undefined {
    return this.#isRecorded ? undefined : budgetSignal(this.#service, declared);
  }

  get #isRecorded(): boolean {
    return this.#service.budgetsFrom === 'recording-rules';
  }
}

function idOf(budget: string, key: string): string {
  return `${budget}|${key}`;
}
