import type { BudgetReadings } from '../budget/budget-readings.ts';
import type { BudgetSpent } from '../budget/budget-spent.ts';
import { judgeTier } from '../budget/judge-tier.ts';
import type { Reading } from '../reading/reading.ts';
import { ServiceReadings, type SpentUnknown } from '../reading/scope-readings.ts';
import type { Timing } from '../reading/timing.ts';
import { isBudgetUse, type SignalUse, type Truth } from '../service/condition.ts';
import type { Service, StopRule } from '../service/service.ts';
import type { TimeEstimate } from '../estimate/onset.ts';
import type { Severity } from '../service/severity.ts';
import type { JudgedRule } from './advance-incident.ts';
import type { Evaluation, ScopeOutcome } from './evaluate.ts';
import { assessBudgets, spellOf } from './incident-life.ts';
import { isRuleOf } from './is-rule-of.ts';
import type { OpenIncident } from './service-state.ts';

/** What keeps an incident open that is not resolved, beside its targets; and what it has cost so far. */
export interface KeptOpen {
  /** Rules that are true, and those of the incident that cannot be decided. */
  readonly rules: readonly KeepingRule[];
  readonly holdMs: number;
  /** Since when the end state has held, ms on the source's clock; absent while it does not. */
  readonly heldSince?: number;
  /** How much of `holdMs` is proved, ms: time that nobody looked at does not count. */
  readonly heldMs: number;
  /** What it has spent of error budgets so far; those in neither this nor the next it has cost nothing. */
  readonly budgetsSpent: readonly BudgetSpent[];
  /** Of which error budgets it is not known what it has spent, and why. */
  readonly budgetsSpentUnknown: readonly SpentUnknown[];
}

/** A rule that is true, or cannot be decided, with what it looks at. */
export interface KeepingRule {
  readonly rule: string;
  readonly severity: Severity;
  readonly condition: string;
  readonly truth: Exclude<Truth, { readonly kind: 'false' }>;
  readonly reads: readonly RuleRead[];
  /** The tiers that fire, where the rule is made of tiers of a budget. */
  readonly tiers?: readonly FiringTier[];
}

/** One of the things that a condition looks at. */
export interface RuleRead {
  readonly use: SignalUse;
  readonly reading: Reading;
  /** `ratio` for shares of events, the unit of a gauge where it has one; absent for budgets. */
  readonly unit?: string;
}

/** A pair of windows whose burn rates are both above the factor. */
export interface FiringTier {
  readonly budget: string;
  readonly longMs: number;
  readonly long: number;
  readonly shortMs: number;
  readonly short: number;
  readonly factor: number;
}

/** Reads anew what an evaluation judged by, for a scope whose incident is open; undefined for any other. */
export function keptOpen(
  service: Service,
  evaluation: Pick<Evaluation, 'state'>,
  outcome: Pick<ScopeOutcome, 'state' | 'rules'>,
  timing: Timing,
  budgets: BudgetReadings,
): KeptOpen | undefined {
  const { incident, group } = outcome.state;
  const { evaluatedAt: now, ledgers } = evaluation.state;
  if (incident === undefined || incident.resolvedAt !== undefined || now === undefined) return undefined;
  const readings = new ServiceReadings(service, ledgers, now, timing, budgets);
  const lookup = readings.lookup(group);
  const { heldSince } = incident;
  const scene = { readings, group, timing };
  const upToNow = { at: now, earliest: now, latest: now };
  return {
    rules: outcome.rules.flatMap(({ rule, truth }) => {
      if (rule.shadow === true || truth.kind === 'false' || !keeps(incident, { rule, truth })) return [];
      const reads = rule.when.uses.map((use) => ({ use, reading: lookup(use), ...unitOf(readings, use) }));
      return [{ ...namesOf(rule), truth, reads, ...firingTiers(service, rule, reads) }];
    }),
    holdMs: service.endState.holdMs,
    ...(heldSince === undefined ? {} : { heldSince }),
    heldMs: heldSince === undefined ? 0 : Math.max(0, now - heldSince - incident.undecidedMs),
    budgetsSpent: spentSoFar(service, scene, incident, upToNow),
    budgetsSpentUnknown: readings.budgetsSpentUnknown(group, spellOf(scene, incident.onset, upToNow)),
  };
}

function namesOf({ name, severity, when }: StopRule): Pick<KeepingRule, 'rule' | 'severity' | 'condition'> {
  return { rule: name, severity, condition: when.text };
}

/** Any rule that is true keeps the end state from holding; of those that cannot be decided, the incident's own. */
function keeps(incident: OpenIncident, { rule, truth }: Pick<JudgedRule, 'rule' | 'truth'>): boolean {
  return truth.kind === 'true' || isRuleOf(incident, rule);
}

function unitOf(readings: ServiceReadings, use: SignalUse): Pick<RuleRead, 'unit'> {
  if (isBudgetUse(use)) return {};
  const signal = readings.signal(use.signal);
  if (signal?.kind !== 'gauge') return { unit: 'ratio' };
  return signal.unit === undefined ? {} : { unit: signal.unit };
}

function firingTiers(
  { budgets }: Service,
  { when }: StopRule,
  reads: readonly RuleRead[],
): { readonly tiers?: readonly FiringTier[] } {
  if (when.tiers === undefined) return {};
  const burns = new Map(reads.map(({ use, reading }) => [use.windowMs, reading]));
  const [name] = when.uses.flatMap(({ budget = [] }) => budget);
  const budget = budgets.find((each) => each.name === name);
  const tiers = when.tiers.flatMap((tier): readonly FiringTier[] => {
    const [long, short] = [burns.get(tier.longMs), burns.get(tier.shortMs)];
    if (budget === undefined || long === undefined || short === undefined) return [];
    const judged = judgeTier(tier, burnOf(long), burnOf(short), budget.minimumBad);
    if (judged.kind !== 'fires') return [];
    const { longMs, shortMs, factor } = tier;
    return [{ budget: budget.name, longMs, long: judged.long, shortMs, short: judged.short, factor }];
  });
  return { tiers };
}

function burnOf(reading: Reading) {
  if (reading.kind === 'unknown') return reading;
  const { value, good, total } = reading;
  return { kind: 'value' as const, value, bad: good === undefined || total === undefined ? 0 : total - good };
}

/** As it is assessed when service is back, up to now. What is counted lags behind now by a step, which is no news of an open incident. */
function spentSoFar(
  { budgetsFrom }: Service,
  scene: Parameters<typeof assessBudgets>[0],
  { onset }: OpenIncident,
  upToNow: TimeEstimate,
): readonly BudgetSpent[] {
  const spent = assessBudgets(scene, onset, upToNow);
  if (budgetsFrom === 'recording-rules') return spent;
  return spent.map(({ about: _lag, ...counted }) => counted);
}
