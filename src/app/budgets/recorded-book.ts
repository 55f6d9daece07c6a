import { budgetEvidence } from '../../domain/budget/budget-evidence.ts';
import { noBudgets, readBudgetUse, type BudgetReadings } from '../../domain/budget/budget-readings.ts';
import { budgetSpent, spentUnknown } from '../../domain/budget/budget-spent.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { RecordedCounts, RecordedGroup } from '../../domain/budget/recorded-counts.ts';
import { recordedRows } from '../../domain/budget/recorded-rows.ts';
import { describeFailure } from '../../domain/reading/describe-failure.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { groupKey, type Group } from '../../domain/service/group.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import type { Service } from '../../domain/service/service.ts';
import type { RecordedOutcome } from '../ports/source.ts';
import type { ServiceProblem } from '../views/service-view.ts';
import { viewBudget, type BudgetView } from './budget-view.ts';
import { RecordedCadence } from './recorded-cadence.ts';
import { admitGroups, type KnownGroup } from './recorded-groups.ts';
import { budgetSignal } from './recorded-read.ts';
import { windowSums } from './window-sums.ts';

/** Three evaluations of rules that are evaluated once a minute, the slowest that is advised: older counts tell nothing of now, ms. */
const staleAfterMs = 180_000;

/** However often rules count: a source of many parts may for a moment have lost sight of one, ms. */
const soonestStaleMs = 10_000;

const makeRules = 'make them with `andon generate prometheus-rules` and give them to the ruler';

/**
 * The error budgets of a service as recording rules of its source count them: what was read last, for each budget and
 * group. Nothing is kept for longer than until the next read, so nothing is filled or stored.
 */
export class RecordedBook {
  #service: Service;
  #known: ReadonlyMap<string, readonly KnownGroup[]> = new Map();
  #dropped: ReadonlyMap<string, number> = new Map();
  #isRead = false;
  #failure: SourceFailure | undefined;
  readonly #cadence = new RecordedCadence();
  /** Budgets whose series the source says it has no more, with how often their rules counted, ms. */
  readonly #absent = new Map<string, number>();

  constructor(service: Service) {
    this.#service = service;
  }

  /** Whether a live poll at `at` is to read anew, and not just to judge what was read; asked once at each. ms on the source's clock. */
  isDue(at: number): boolean {
    return this.#cadence.isDue(
      at,
      this.#service.budgets.map(({ name }) => name),
    );
  }

  /** Takes what a read at `at` brought. What could not be read leaves what was known, until that is stale. */
  take(outcome: RecordedOutcome, at: number): void {
    this.#failure = outcome.kind === 'failed' ? outcome.failure : undefined;
    if (outcome.kind === 'failed') return this.#cadence.forget();
    this.#isRead = true;
    const byBudget = Map.groupBy(outcome.groups, ({ budget }) => budget);
    const known = new Map<string, readonly KnownGroup[]>();
    const dropped = new Map<string, number>();
    for (const { name, signal } of this.#service.budgets) {
      this.#noteAbsence(name, byBudget.has(name));
      const most = budgetSignal(this.#service, { signal })?.maxGroups ?? 0;
      const admitted = admitGroups(this.#known.get(name) ?? [], byBudget.get(name) ?? [], most, at);
      known.set(name, admitted.groups);
      dropped.set(name, admitted.dropped);
    }
    this.#known = known;
    this.#dropped = dropped;
    this.#cadence.took(outcome.groups, at);
  }

  readings(): BudgetReadings {
    return {
      read: (use, group, now) => {
        const declared = this.#declared(use.budget);
        if (declared === undefined) return noBudgets.read(use, group, now);
        return readBudgetUse(declared, this.#counts(declared, groupKey(group), now), use, now);
      },
      evidence: (uses, group, since, now, bounds) => {
        const [first] = uses;
        const declared = first && this.#declared(first.budget);
        if (declared === undefined) return undefined;
        return budgetEvidence(declared, this.#counts(declared, groupKey(group), now), uses, { since, now, bounds });
      },
      spent: (budget, group, spell, now) => {
        const declared = this.#declared(budget);
        return declared && budgetSpent(declared, this.#counts(declared, groupKey(group), now), spell, now);
      },
      spentUnknown: (budget, group, spell, now) => {
        const declared = this.#declared(budget);
        return declared && spentUnknown(declared, this.#counts(declared, groupKey(group), now), spell, now);
      },
      recorded: (budget, group, now) => {
        const declared = this.#declared(budget);
        return declared && recordedRows(this.#counts(declared, groupKey(group), now));
      },
      groups: (signal) => (this.#isPolled(signal) ? [] : this.#groupsOf(signal)),
    };
  }

  /** As BudgetBook's views. A budget of the whole service stands here without any series too, with the reason. */
  views(now: number): readonly BudgetView[] {
    return [...this.#service.budgets]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((declared) => {
        const groups = (this.#known.get(declared.name) ?? []).map(({ recorded }) => recorded.group);
        const isSplit = (budgetSignal(this.#service, declared)?.by.length ?? 0) > 0;
        const shown: readonly Group[] = groups.length > 0 || isSplit || !this.#isRead ? groups : [{}];
        return shown.map((group) => {
          const counts = this.#counts(declared, groupKey(group), now);
          const known = counts.windows.length > 0 ? 1 : 0;
          return viewBudget(this.#service, declared, { counts, group, known }, now);
        });
      });
  }

  /** Groups beyond the limits of signals that nothing but budgets reads; of the others, polls tell. */
  get droppedGroups(): number {
    const bySignal = new Map<string, number>();
    for (const { name, signal } of this.#service.budgets) {
      if (this.#isPolled(signal)) continue;
      bySignal.set(signal, Math.max(bySignal.get(signal) ?? 0, this.#dropped.get(name) ?? 0));
    }
    return [...bySignal.values()].reduce((sum, dropped) => sum + dropped, 0);
  }

  /** What is in the way of knowing the budgets at `now`. */
  problems(now: number): readonly ServiceProblem[] {
    if (this.#service.budgetsFrom !== 'recording-rules') return [];
    const failure = this.#failure;
    if (failure !== undefined)
      return [
        {
          reason: `budget-records-${failure.reason}`,
          detail: `what rules recorded of its error budgets cannot be read. ${describeFailure(failure)}`,
        },
      ];
    if (!this.#isRead) return [];
    return this.#service.budgets.flatMap(({ name, signal }): ServiceProblem[] => {
      const groups = this.#known.get(name) ?? [];
      const dropped = this.#dropped.get(name) ?? 0;
      const problems: ServiceProblem[] = [];
      const counted = Math.max(...groups.map(({ recorded }) => recorded.countedAt));
      if (groups.length === 0) problems.push({ reason: 'budget-records-missing', detail: `${name}: ${missing()}` });
      else if (now - counted > this.#staleAfterMs(name))
        problems.push({ reason: 'budget-records-stale', detail: `${name}: ${stale(now - counted)}` });
      if (dropped > 0 && !this.#isPolled(signal)) {
        const detail = `${name}: ${dropped} groups beyond maxGroups of ${signal} are not evaluated`;
        problems.push({ reason: 'too-many-groups', detail });
      }
      return problems;
    });
  }

  /** Goes on under another declaration, of which nothing is read yet. */
  redeclare(service: Service): void {
    this.#service = service;
    this.forget();
  }

  /** Forgets what was read, as after the source's clock was set. */
  forget(): void {
    this.#known = new Map();
    this.#dropped = new Map();
    this.#isRead = false;
    this.#failure = undefined;
    this.#cadence.forget();
    this.#absent.clear();
  }

  #declared(budget: string): ErrorBudget | undefined {
    return this.#service.budgets.find(({ name }) => name === budget);
  }

  #isPolled(signal: string): boolean {
    return polledSignals(this.#service).some(({ name }) => name === signal);
  }

  #groupsOf(signal: string): readonly Group[] {
    return this.#service.budgets
      .filter((budget) => budget.signal === signal)
      .flatMap(({ name }) => (this.#known.get(name) ?? []).map(({ recorded }) => recorded.group));
  }

  #counts(declared: ErrorBudget, key: string, now: number): RecordedCounts {
    const found = (this.#known.get(declared.name) ?? []).find((each) => each.key === key);
    if (found === undefined) return unreadable('no-data', this.#whyMissing());
    const { recorded } = found;
    if (recorded.countedAt > now) return unreadable('no-data', 'what its rules recorded by then is not read');
    const counts = this.#countsOf(declared, recorded);
    if (now - recorded.countedAt <= this.#staleAfterMs(declared.name)) return counts;
    const failure = this.#failure === undefined ? '' : `. ${describeFailure(this.#failure)}`;
    return { ...counts, unreadable: { reason: 'stale', detail: `${stale(now - recorded.countedAt)}${failure}` } };
  }

  #countsOf(declared: ErrorBudget, { countedAt, windows }: RecordedGroup): RecordedCounts {
    const numerator = budgetSignal(this.#service, declared)?.numerator ?? 'good';
    const counts: RecordedCounts = { at: countedAt, windows: windowSums(windows, numerator) };
    const neverGood =
      numerator === 'good' &&
      windows.every(({ good, bad }) => good === undefined && bad === undefined) &&
      windows.some(({ total = 0 }) => total > 0);
    if (!neverGood) return counts;
    // As with ledgers: without any good events ever, the selector may as well be a typo.
    const detail = 'its rules have recorded no good events in the whole period; check what counts as good';
    return { ...counts, unreadable: { reason: 'no-data', detail } };
  }

  #noteAbsence(budget: string, isPresent: boolean): void {
    if (isPresent) this.#absent.delete(budget);
    else if (!this.#absent.has(budget)) this.#absent.set(budget, this.#cadence.intervalMs(budget) ?? Infinity);
  }

  /** Counts of rules that are gone tell nothing any more after as many evaluations as those of rules that are late. */
  #staleAfterMs(budget: string): number {
    const intervalMs = this.#absent.get(budget) ?? Infinity;
    return Math.min(staleAfterMs, Math.max(soonestStaleMs, 3 * intervalMs));
  }

  #whyMissing(): string {
    if (this.#isRead) return missing();
    return this.#failure === undefined
      ? 'what its rules recorded is not read yet'
      : `what its rules recorded cannot be read. ${describeFailure(this.#failure)}`;
  }
}

function unreadable(reason: 'no-data', detail: string): RecordedCounts {
  return { at: -Infinity, windows: [], unreadable: { reason, detail } };
}

function missing(): string {
  return `the source has no series of its recording rules: ${makeRules}`;
}

function stale(ageMs: number): string {
  return `its recording rules counted for the last time ${formatDuration(Math.round(ageMs / 1000) * 1000)} ago: see whether the ruler runs, and evaluates them at least once a minute`;
}
