import { noBudgets, type BudgetReadings } from '../budget/budget-readings.ts';
import type { BudgetSpent, IncidentSpell } from '../budget/budget-spent.ts';
import type { BudgetUnknownReason } from '../budget/budget-unknown.ts';
import type { RecordedRows } from '../budget/recorded-rows.ts';
import { isBudgetUse, type BudgetUse, type PlainUse, type ReadingLookup } from '../service/condition.ts';
import { countWindow, lastRow } from './count-rows.ts';
import { groupKey, type Group } from '../service/group.ts';
import { readSignal } from './read-signal.ts';
import type { Reading } from './reading.ts';
import type { Service, Signal, StopRule, Target } from '../service/service.ts';
import type { GroupLedger } from './group-ledger.ts';
import type { SignalLedger } from './signal-ledger.ts';
import type { Timing } from './timing.ts';
import { boundsIn } from '../text/round-apart.ts';
import { judge, type TargetVerdict } from './verdict.ts';

export const wholeService: Group = {};

/** One signal read one way from its own ledger. */
export interface ReadingRow extends PlainUse {
  readonly group: Group;
  readonly reading: Reading;
}

/** An error budget of which it is not known what an incident has cost it, and why. */
export interface SpentUnknown {
  readonly budget: string;
  readonly reason: BudgetUnknownReason;
  /** For people: what exactly is missing. */
  readonly detail: string;
}

/** All readings of one service at one instant, each computed once. */
export class ServiceReadings {
  readonly service: Service;
  readonly now: number;
  readonly #ledgers: ReadonlyMap<string, SignalLedger>;
  readonly #timing: Timing;
  readonly #signals: ReadonlyMap<string, Signal>;
  readonly #budgets: BudgetReadings;
  readonly #memo = new Map<string, ReadingRow>();
  readonly #budgetMemo = new Map<string, Reading>();
  #split: readonly Signal[] | undefined;

  constructor(
    service: Service,
    ledgers: ReadonlyMap<string, SignalLedger>,
    now: number,
    timing: Timing,
    budgets: BudgetReadings = noBudgets,
  ) {
    this.service = service;
    this.now = now;
    this.#ledgers = ledgers;
    this.#timing = timing;
    this.#budgets = budgets;
    this.#signals = new Map(service.signals.map((signal) => [signal.name, signal]));
  }

  /** Every signal looked up so far; what budgets read is not among them. */
  rows(): readonly ReadingRow[] {
    return [...this.#memo.values()];
  }

  /** Reads for a group: a signal that is not grouped reads the same for every group. */
  lookup(group: Group): ReadingLookup {
    return (use) => {
      const scope = this.isGrouped(use.signal) ? group : wholeService;
      return isBudgetUse(use) ? this.#readBudget(use, scope) : this.#read(use, scope);
    };
  }

  /** What a rule saw of error budgets when it stopped the line, a sentence for each; `since`: the onset, ms. */
  budgetEvidence(rule: StopRule, group: Group, since: number): readonly string[] {
    const uses = Map.groupBy(rule.when.uses.filter(isBudgetUse), ({ budget }) => budget);
    return [...uses.values()].flatMap((each) => {
      const scope = each.some(({ signal }) => this.isGrouped(signal)) ? group : wholeService;
      return this.#budgets.evidence?.(each, scope, since, this.now, boundsIn(rule.when.text)) ?? [];
    });
  }

  /** What an incident of a group cost the error budgets that are counted for it: those it cost nothing are left out. */
  budgetsSpent(group: Group, spell: IncidentSpell): readonly BudgetSpent[] {
    return this.service.budgets.flatMap(({ name, signal }) => {
      const scope = this.isGrouped(signal) ? group : wholeService;
      return this.#budgets.spent?.(name, scope, spell, this.now) ?? [];
    });
  }

  /** Of which error budgets it is not known what an incident of a group has cost them, and why. */
  budgetsSpentUnknown(group: Group, spell: IncidentSpell): readonly SpentUnknown[] {
    return this.service.budgets.flatMap(({ name, signal }) => {
      const isSplit = this.isGrouped(signal);
      // Of the whole service nobody keeps a budget that is split.
      if (isSplit && Object.keys(group).length === 0) return [];
      const why = this.#budgets.spentUnknown?.(name, isSplit ? group : wholeService, spell, this.now);
      return why === undefined ? [] : [{ budget: name, reason: why.reason, detail: why.detail }];
    });
  }

  #readBudget(use: BudgetUse, group: Group): Reading {
    const id = `${use.budget}|${use.fold}|${use.windowMs ?? ''}|${groupKey(group)}`;
    const known = this.#budgetMemo.get(id);
    if (known !== undefined) return known;
    const reading = this.#budgets.read(use, group, this.now);
    this.#budgetMemo.set(id, reading);
    return reading;
  }

  #read(use: PlainUse, group: Group): Reading {
    const key = groupKey(group);
    const id = `${use.signal}|${use.fold}|${use.windowMs ?? ''}|${key}`;
    const known = this.#memo.get(id);
    if (known !== undefined) return known.reading;
    const signal = this.#signals.get(use.signal);
    if (signal === undefined)
      throw new Error(`condition uses ${use.signal}, which ${this.service.name} does not declare`);
    const reading = readSignal(signal, this.#ledgers.get(use.signal), key, use, this.now, this.#timing);
    this.#memo.set(id, { ...use, group, reading });
    return reading;
  }

  isGrouped(signal: string): boolean {
    return (this.#signals.get(signal)?.by.length ?? 0) > 0;
  }

  ledger(signal: string, group: Group): GroupLedger | undefined {
    return this.#ledgers.get(signal)?.groups.get(this.isGrouped(signal) ? groupKey(group) : '');
  }

  /** What rules of the source recorded of a signal that Andon does not read itself; undefined of any other, and where nothing is. */
  recorded(signal: string, group: Group): RecordedRows | undefined {
    if (this.#ledgers.has(signal)) return undefined;
    const scope = this.isGrouped(signal) ? group : wholeService;
    const budget = this.service.budgets.find((each) => each.signal === signal);
    return budget && this.#budgets.recorded?.(budget.name, scope, this.now);
  }

  signal(name: string): Signal | undefined {
    return this.#signals.get(name);
  }

  /** Whether the service is judged group by group: a grouped signal that no target and no rule asks for splits nothing. */
  isSplit(): boolean {
    return this.#splitting().length > 0;
  }

  #splitting(): readonly Signal[] {
    this.#split ??= this.service.signals.filter(({ name, by }) => by.length > 0 && isUsed(this.service, name));
    return this.#split;
  }

  /** Groups that any grouped signal in use knows, in a stable order. */
  groups(): readonly Group[] {
    const found = new Map<string, Group>();
    for (const signal of this.#splitting()) {
      for (const [key, ledger] of this.#ledgers.get(signal.name)?.groups ?? []) found.set(key, ledger.group);
      for (const group of this.#budgets.groups?.(signal.name) ?? []) found.set(groupKey(group), group);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  /** Targets as they stand for a scope. The whole service asks a grouped target of every group. */
  verdicts(group: Group): readonly TargetVerdict[] {
    const whole = groupKey(group) === '';
    return this.service.endState.targets.flatMap((target) => {
      if (!whole || !this.isGrouped(target.signal))
        return [judge(target, this.#read(useOf(target), this.#groupFor(target, group)))];
      const groups = this.groups();
      // A grouped target without any group is not held: nobody knows.
      if (groups.length === 0) return [judge(target, this.#read(useOf(target), wholeService))];
      return groups.map((each) => ({ ...judge(target, this.#read(useOf(target), each)), group: each }));
    });
  }

  #groupFor(target: Target, group: Group): Group {
    return this.isGrouped(target.signal) ? group : wholeService;
  }

  /** Change of a target's signal per minute over the last minute; absent when it cannot be told. */
  perMinute(target: Target, group: Group): number | undefined {
    const ledger = this.ledger(target.signal, group);
    if (ledger === undefined) return undefined;
    const end = lastRow(ledger.rows)?.to;
    if (end === undefined) return gaugeSlope(ledger);
    const half = Math.min(30_000, (target.overMs ?? 60_000) / 2);
    const late = countWindow(ledger.rows, end - half, end);
    const early = countWindow(ledger.rows, end - 2 * half, end - half);
    if (late.total <= 0 || early.total <= 0 || early.coverage < 0.9) return undefined;
    return (late.good / late.total - early.good / early.total) / (half / 60_000);
  }
}

function gaugeSlope(ledger: GroupLedger): number | undefined {
  const newest = ledger.values.at(-1);
  if (newest === undefined) return undefined;
  const known = ledger.values.filter(({ value }) => Number.isFinite(value));
  const since = known.findLast(({ at }) => at <= newest.at - 60_000) ?? known[0];
  if (since === undefined || since.at === newest.at) return undefined;
  return (newest.value - since.value) / ((newest.at - since.at) / 60_000);
}

export function useOf(target: Target): PlainUse {
  return target.overMs === undefined
    ? { signal: target.signal, fold: 'latest' }
    : { signal: target.signal, fold: 'over', windowMs: target.overMs };
}

/** Whether a target or a rule of the service asks for a signal. */
function isUsed({ endState, rules }: Pick<Service, 'endState' | 'rules'>, name: string): boolean {
  return (
    endState.targets.some(({ signal }) => signal === name) ||
    rules.some(({ when }) => when.uses.some(({ signal }) => signal === name))
  );
}

/** Whether a rule is judged for each group, or once for the whole service. */
export function isGroupedRule(readings: ServiceReadings, rule: StopRule): boolean {
  return rule.when.uses.some((use) => readings.isGrouped(use.signal));
}
