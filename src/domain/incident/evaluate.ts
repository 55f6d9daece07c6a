import { advanceIncident, openWhenStopped, type JudgedRule } from './advance-incident.ts';
import { noBudgets, type BudgetReadings } from '../budget/budget-readings.ts';
import { isBudgetUse } from '../service/condition.ts';
import type { IncidentEvent } from './event.ts';
import { groupKey, type Group } from '../service/group.ts';
import type { Scene } from './incident-life.ts';
import type { Observation } from '../reading/observation.ts';
import { polledSignals } from '../service/polled-signals.ts';
import { clearShadows, judgeShadows } from './judge-shadows.ts';
import { advanceRule, newRuleState, stateOf, type Elapsed } from './rule-state.ts';
import { isGroupedRule, ServiceReadings, useOf, wholeService, type ReadingRow } from '../reading/scope-readings.ts';
import type { ShadowEvent } from '../shadow/shadow-event.ts';
import type { Service, StopRule } from '../service/service.ts';
import type { OpenIncident, ScopeState } from './service-state.ts';
import { emptyLedger, record, type Retention, type SignalLedger } from '../reading/signal-ledger.ts';
import type { Timing } from '../reading/timing.ts';
import { judgeAll, type TargetVerdict } from '../reading/verdict.ts';

/** Everything known of a service between two evaluations. */
export interface ServiceState {
  /** The instant last evaluated, ms on the source's clock. */
  readonly evaluatedAt?: number;
  /** What each signal did lately, by signal name. */
  readonly ledgers: ReadonlyMap<string, SignalLedger>;
  readonly scopes: ReadonlyMap<string, ScopeState>;
}

export const newServiceState: ServiceState = { ledgers: new Map(), scopes: new Map() };

/** One scope as an evaluation left it. */
export interface ScopeOutcome {
  readonly state: ScopeState;
  readonly verdicts: readonly TargetVerdict[];
  readonly rules: readonly JudgedRule[];
}

export interface Evaluation {
  readonly state: ServiceState;
  readonly events: readonly IncidentEvent[];
  /** What rules that only record would have stopped. */
  readonly shadows: readonly ShadowEvent[];
  readonly scopes: readonly ScopeOutcome[];
  readonly readings: readonly ReadingRow[];
}

/** How far back steps are kept beyond the longest window, so that an onset can be seen: ms. */
const lookBehindMs = 30 * 60_000;
/** Steps of a running incident are kept for its impact, but no longer than this: ms. */
const longestMemoryMs = 24 * 3_600_000;

/**
 * The one evaluator: the daemon feeds it live polls, catch-up and backtests feed it history.
 * Pure: the same state, observations and instant always give the same events.
 * `now` is on the source's clock; an instant that is not after the last one changes nothing.
 * `budgets` knows these observations already: its ledgers are fed before the service is judged.
 */
export function evaluate(
  service: Service,
  before: ServiceState,
  observations: readonly Observation[],
  now: number,
  timing: Timing,
  budgets: BudgetReadings = noBudgets,
): Evaluation {
  if (before.evaluatedAt !== undefined && now <= before.evaluatedAt)
    return { state: before, events: [], shadows: [], scopes: [], readings: [] };
  const ledgers = recordAll(service, before, observations, now, now, timing.intervalMs);
  const readings = new ServiceReadings(service, ledgers, now, timing, budgets);
  const elapsed = elapsedSince(before.evaluatedAt, now, timing);
  const events: IncidentEvent[] = [];
  const shadows: ShadowEvent[] = [];
  const outcomes: ScopeOutcome[] = [];
  for (const { group, rules } of scopesOf(service, before, readings)) {
    const scope = before.scopes.get(groupKey(group)) ?? { group, rules: [] };
    const { notBefore } = scope;
    const begins = notBefore === undefined ? {} : { notBefore };
    const scene: Scene = { readings, group, now, timing, verdicts: readings.verdicts(group), ...begins };
    const lookup = readings.lookup(group);
    // What is caught up with of the time before a closing by hand belongs to what was closed.
    const isOver = scope.incident === undefined && notBefore !== undefined && now <= notBefore;
    const advanced = rules.map((rule): JudgedRule => {
      const truth = rule.when.evaluate(lookup);
      if (isOver && rule.shadow !== true) return { rule, truth, state: newRuleState(rule.name) };
      return {
        rule,
        truth,
        state: advanceRule(rule, stateOf(scope.rules, rule) ?? newRuleState(rule.name), truth, now, elapsed),
      };
    });
    const { rules: judged, events: recorded } = judgeShadows(
      { ...scene, service: service.name },
      scope.rules,
      advanced,
    );
    shadows.push(...recorded);
    const live = judged.filter(({ rule }) => rule.shadow !== true);
    const step =
      scope.incident === undefined
        ? openWhenStopped(scene, live)
        : advanceIncident(scene, scope.incident, live, elapsed);
    events.push(...step.events);
    const state: ScopeState = {
      group,
      rules: judged.map((each) => each.state),
      ...(step.incident === undefined ? {} : { incident: step.incident }),
      ...begins,
      ...(step.incident === undefined && scope.incident !== undefined ? endOf(scope.incident) : {}),
      ...heldSince(scene, scope, step.incident, elapsed),
    };
    outcomes.push({ state, verdicts: scene.verdicts, rules: judged });
  }
  const scopes = new Map(outcomes.map((outcome) => [groupKey(outcome.state.group), outcome.state]));
  for (const [key, { group, rules }] of before.scopes)
    if (!scopes.has(key)) shadows.push(...clearShadows({ service: service.name, group, now }, rules));
  return { state: { evaluatedAt: now, ledgers, scopes }, events, shadows, scopes: outcomes, readings: readings.rows() };
}

/** Takes a past observation into memory without judging it; `now` decides what is too old to keep. */
export function recall(
  service: Service,
  before: ServiceState,
  observations: readonly Observation[],
  at: number,
  now: number,
): ServiceState {
  return { ...before, ledgers: recordAll(service, before, observations, at, now) };
}

function recordAll(
  service: Service,
  before: ServiceState,
  observations: readonly Observation[],
  at: number,
  now: number,
  intervalMs?: number,
): ReadonlyMap<string, SignalLedger> {
  const keepAfter = now - memoryMs(service, before, now);
  const retention: Retention = {
    forgetBefore: now - longestWindowMs(service) - lookBehindMs,
    held: new Set([...before.scopes].flatMap(([key, scope]) => (scope.incident === undefined ? [] : [key]))),
    ...(intervalMs === undefined ? {} : { intervalMs }),
  };
  const seen = new Map(observations.map((observation) => [observation.signal, observation]));
  const ledgers = new Map<string, SignalLedger>();
  for (const signal of polledSignals(service)) {
    const ledger = before.ledgers.get(signal.name) ?? emptyLedger;
    const observation = seen.get(signal.name);
    ledgers.set(
      signal.name,
      observation === undefined ? ledger : record(ledger, signal, observation, at, keepAfter, retention),
    );
  }
  return ledgers;
}

/** How long a service's steps are kept, ms: its longest window, time to see an onset before it, and all of a running incident. */
export function memoryMs(service: Service, state: ServiceState, now: number): number {
  const base = longestWindowMs(service) + lookBehindMs;
  const onsets = [...state.scopes.values()].flatMap((scope) =>
    scope.incident === undefined ? [] : [scope.incident.onset.earliest],
  );
  const incident = onsets.length === 0 ? 0 : now - Math.min(...onsets) + lookBehindMs;
  return Math.max(base, Math.min(incident, longestMemoryMs));
}

/** The longest window that signals are read over, ms; windows of budgets are read from ledgers of their own. */
export function longestWindowMs(service: Service): number {
  const uses = [...service.endState.targets.map(useOf), ...service.rules.flatMap((rule) => rule.when.uses)];
  return Math.max(0, ...uses.map((use) => (isBudgetUse(use) ? 0 : (use.windowMs ?? 0))));
}

function elapsedSince(evaluatedAt: number | undefined, now: number, timing: Timing): Elapsed {
  if (evaluatedAt === undefined) return { ms: 0, unwatchedMs: 0 };
  const ms = now - evaluatedAt;
  return { ms, unwatchedMs: Math.max(0, ms - timing.maxGapMs) };
}

interface ScopePlan {
  readonly group: Group;
  readonly rules: readonly StopRule[];
}

/** Each group with the rules that look at grouped signals, and the whole service with the others. */
function scopesOf(service: Service, before: ServiceState, readings: ServiceReadings): readonly ScopePlan[] {
  const groupedRules = service.rules.filter((rule) => isGroupedRule(readings, rule));
  const wholeRules = service.rules.filter((rule) => !isGroupedRule(readings, rule));
  const plans: ScopePlan[] = readings.groups().map((group) => ({ group, rules: groupedRules }));
  if (!readings.isSplit() || wholeRules.length > 0) plans.push({ group: wholeService, rules: wholeRules });
  // A scope with an incident stays in sight even when its group has no series any more.
  for (const [key, scope] of before.scopes) {
    if (scope.incident === undefined || plans.some((plan) => groupKey(plan.group) === key)) continue;
    plans.push({ group: scope.group, rules: key === '' ? wholeRules : groupedRules });
  }
  return plans;
}

/** A gap that nobody can look into ends what was seen to hold: whether it did there is not known. */
function heldSince(
  { verdicts, now }: Scene,
  before: ScopeState,
  incident: OpenIncident | undefined,
  { unwatchedMs }: Elapsed,
): Pick<ScopeState, 'heldSince'> {
  const isOpen = incident !== undefined && incident.resolvedAt === undefined;
  if (isOpen || judgeAll(verdicts) !== 'held') return {};
  return { heldSince: unwatchedMs > 0 ? now : (before.heldSince ?? now) };
}

/** What an incident that is closed leaves behind: what was off until service was back belongs to it. */
function endOf({ recoveredAt, clockSetMs = 0 }: OpenIncident): Pick<ScopeState, 'notBefore'> {
  return recoveredAt === undefined ? {} : { notBefore: recoveredAt + clockSetMs };
}
