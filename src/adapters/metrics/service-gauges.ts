import {
  lineStates,
  ruleConditions,
  type LineState,
  type ReadingRow,
  type RuleView,
} from '../../app/views/service-view.ts';
import type { BudgetView } from '../../app/budgets/budget-view.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { groupKey, type Group } from '../../domain/service/group.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import { resetBudgets, writeBudget } from './budget-gauges.ts';
import type { Instruments } from './instruments.ts';

interface ScopeFacts {
  targets: readonly TargetVerdict[];
  rules: readonly RuleView[];
  line?: LineState;
}

interface ServiceFacts {
  source?: string;
  readings: readonly ReadingRow[];
  budgets: readonly BudgetView[];
  dropped?: number;
  readonly scopes: Map<string, ScopeFacts>;
}

/**
 * What is known of the services now. The gauges are written anew at each scrape, so that what was forgotten
 * leaves no series behind and a reading's age is right at the instant of the scrape.
 */
export class ServiceGauges {
  readonly #metrics: Instruments;
  readonly #services = new Map<string, ServiceFacts>();

  constructor(metrics: Instruments) {
    this.#metrics = metrics;
  }

  readings(service: string, source: string, rows: readonly ReadingRow[]): void {
    const facts = this.#factsOf(service);
    facts.source = source;
    facts.readings = rows;
  }

  targets(service: string, group: Group, verdicts: readonly TargetVerdict[]): void {
    this.#scopeOf(service, group).targets = verdicts;
  }

  rules(service: string, group: Group, rules: readonly RuleView[]): void {
    // Whoever is paged by this metric is not to be paged by a rule that pages nobody.
    this.#scopeOf(service, group).rules = rules.filter(({ shadow }) => shadow !== true);
  }

  line(service: string, group: Group, line: LineState): void {
    this.#scopeOf(service, group).line = line;
  }

  budgets(service: string, budgets: readonly BudgetView[]): void {
    this.#factsOf(service).budgets = budgets;
  }

  groupsDropped(service: string, count: number): void {
    this.#factsOf(service).dropped = count;
  }

  forgetGroup(service: string, group: Group): void {
    const facts = this.#services.get(service);
    if (facts === undefined) return;
    const key = groupKey(group);
    facts.scopes.delete(key);
    facts.readings = facts.readings.filter((row) => groupKey(row.group) !== key);
    facts.budgets = facts.budgets.filter((view) => groupKey(view.group) !== key);
  }

  forgetService(service: string): void {
    this.#services.delete(service);
  }

  /** Writes the gauges. `sourceNow` is the time on a source's clock, ms since the epoch. */
  collect(sourceNow: (source: string | undefined) => number): void {
    this.#reset();
    for (const [service, facts] of this.#services) {
      if (facts.dropped !== undefined) this.#metrics.groupsDropped.set({ service }, facts.dropped);
      const now = sourceNow(facts.source);
      for (const view of facts.budgets) writeBudget(this.#metrics, service, view);
      for (const row of facts.readings) this.#writeReading(service, row, now);
      for (const [group, scope] of facts.scopes) this.#writeScope(service, group, scope);
    }
  }

  #reset(): void {
    const { readingValue, readingUpperBound, readingAge, readingUnknown, targetHeld, targetUnknown, targetBound } =
      this.#metrics;
    const { lineState, ruleState, groupsDropped } = this.#metrics;
    for (const gauge of [
      readingValue,
      readingUpperBound,
      readingAge,
      readingUnknown,
      targetHeld,
      targetUnknown,
      targetBound,
    ])
      gauge.reset();
    resetBudgets(this.#metrics);
    for (const gauge of [lineState, ruleState, groupsDropped]) gauge.reset();
  }

  #writeReading(service: string, row: ReadingRow, now: number): void {
    const { signal, fold, reading } = row;
    const labels = { service, group: groupKey(row.group), signal, fold, window: windowLabel(row.windowMs) };
    if (reading.kind === 'value') {
      this.#metrics.readingValue.set(labels, reading.value);
      if (reading.interval !== undefined) this.#metrics.readingUpperBound.set(labels, reading.interval.atMost);
    } else this.#metrics.readingUnknown.set({ ...labels, reason: reading.reason }, 1);
    if (reading.sampleAt !== undefined) {
      this.#metrics.readingAge.set(labels, Math.max(0, now - reading.sampleAt) / 1000);
    }
  }

  #writeScope(service: string, group: string, scope: ScopeFacts): void {
    for (const { target, verdict, reading, group: own } of scope.targets) {
      const { signal, bound } = target;
      const labels = {
        service,
        group: own === undefined ? group : groupKey(own),
        signal,
        bound,
        window: windowLabel(target.overMs),
      };
      this.#metrics.targetBound.set(labels, target.value);
      if (verdict !== 'unknown') this.#metrics.targetHeld.set(labels, verdict === 'held' ? 1 : 0);
      else if (reading.kind === 'unknown') this.#metrics.targetUnknown.set({ ...labels, reason: reading.reason }, 1);
    }
    for (const { rule, state: current } of scope.rules) {
      for (const state of ruleConditions) {
        this.#metrics.ruleState.set({ service, group, rule, state }, state === current ? 1 : 0);
      }
    }
    if (scope.line === undefined) return;
    for (const state of lineStates) {
      this.#metrics.lineState.set({ service, group, state }, state === scope.line ? 1 : 0);
    }
  }

  #factsOf(service: string): ServiceFacts {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const facts: ServiceFacts = { readings: [], budgets: [], scopes: new Map() };
    this.#services.set(service, facts);
    return facts;
  }

  #scopeOf(service: string, group: Group): ScopeFacts {
    const { scopes } = this.#factsOf(service);
    const key = groupKey(group);
    const known = scopes.get(key);
    if (known !== undefined) return known;
    const scope: ScopeFacts = { targets: [], rules: [] };
    scopes.set(key, scope);
    return scope;
  }
}

function windowLabel(windowMs: number | undefined): string {
  return windowMs === undefined ? 'latest' : formatDuration(windowMs);
}
