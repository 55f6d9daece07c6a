import { noImpact, impactOf } from './assess-impact.ts';
import type { BudgetSpent } from '../budget/budget-spent.ts';
import { noRows, rowAt, rowCount, rowsAfter } from '../reading/count-rows.ts';
import { onsetOfCounts, onsetOfGauge } from '../estimate/estimate-onset.ts';
import { recoveryOfCounts, recoveryOfGauge } from '../estimate/estimate-recovery.ts';
import type { StopFacts } from './event.ts';
import type { Group } from '../service/group.ts';
import type { Impact } from './impact.ts';
import { budgetBounds, targetsBySignal } from '../estimate/onset-bounds.ts';
import type { Onset, TimeEstimate } from '../estimate/onset.ts';
import type { ServiceReadings } from '../reading/scope-readings.ts';
import type { StopRule, Target } from '../service/service.ts';
import type { RuleState } from './service-state.ts';
import type { Timing } from '../reading/timing.ts';
import type { TargetVerdict } from '../reading/verdict.ts';

/** Everything one evaluation of one scope looks at. */
export interface Scene {
  readonly readings: ServiceReadings;
  readonly group: Group;
  readonly now: number;
  readonly timing: Timing;
  readonly verdicts: readonly TargetVerdict[];
  /** Onsets lie after this: an incident was closed by hand then, ms. */
  readonly notBefore?: number;
}

/** Freezes what a rule saw when it stopped the line. */
export function stopFacts(scene: Scene, rule: StopRule, because: StopFacts['because'], onsetAt: number): StopFacts {
  const { service } = scene.readings;
  const runbook = rule.runbook ?? service.runbook;
  const budgets = scene.readings.budgetEvidence(rule, scene.group, onsetAt);
  return {
    rule: rule.name,
    condition: rule.when.text,
    severity: rule.severity,
    ...(rule.summary === undefined ? {} : { summary: rule.summary }),
    ...(runbook === undefined ? {} : { runbook }),
    labels: { ...service.labels, ...rule.labels },
    because,
    verdicts: scene.verdicts.map((verdict) => withTrend(scene, verdict)),
    ...(budgets.length === 0 ? {} : { budgets }),
  };
}

function withTrend(scene: Scene, verdict: TargetVerdict): TargetVerdict {
  if (verdict.verdict !== 'missed') return verdict;
  const perMinute = scene.readings.perMinute(verdict.target, verdict.group ?? scene.group);
  return perMinute === undefined ? verdict : { ...verdict, perMinute };
}

/**
 * The earliest onset among the signals that rules look at: of those whose targets are missed, otherwise of those whose error
 * budgets the rules look at, otherwise of any with a target; without a trace of one, the rules' own first true moment.
 */
export function estimateOnset(
  scene: Scene,
  rules: readonly StopRule[],
  states: readonly RuleState[],
  detectedAt: number,
): Onset {
  const used = new Set(rules.flatMap((rule) => rule.when.uses.map((use) => use.signal)));
  const { service } = scene.readings;
  const targets = targetsBySignal(service).filter((target) => used.has(target.signal));
  // A signal that is still inside its bound may have been beyond it by chance, long before.
  const missed = targets.filter((target) => isMissed(scene, target));
  const first =
    firstOnset(scene, missed, detectedAt) ??
    firstOnset(scene, budgetBounds(service, rules), detectedAt) ??
    firstOnset(scene, targets, detectedAt);
  if (first !== undefined) return first;
  const trueSince = Math.min(
    detectedAt,
    ...states
      .filter((state) => rules.some((rule) => rule.name === state.rule))
      .map((state) => state.trueSince ?? state.unknownSince ?? detectedAt),
  );
  const longest = Math.max(0, ...rules.flatMap((rule) => rule.when.uses.map((use) => use.windowMs ?? 0)));
  return {
    at: trueSince,
    earliest: trueSince - longest - scene.timing.intervalMs,
    latest: trueSince,
    method: 'detection',
  };
}

function firstOnset(scene: Scene, bounds: readonly Target[], detectedAt: number): Onset | undefined {
  const found = bounds.flatMap((bound) => onsetOf(scene, bound, detectedAt) ?? []);
  return found.sort((a, b) => a.at - b.at)[0];
}

function isMissed(scene: Scene, target: Target): boolean {
  return scene.verdicts.some((each) => each.verdict === 'missed' && each.target.signal === target.signal);
}

function onsetOf(scene: Scene, target: Target, detectedAt: number): Onset | undefined {
  const signal = scene.readings.signal(target.signal);
  const ledger = scene.readings.ledger(target.signal, scene.group);
  if (signal === undefined || ledger === undefined) return undefined;
  const { notBefore = -Infinity } = scene;
  const onset =
    signal.kind === 'gauge'
      ? onsetOfGauge(
          ledger.values.filter(({ at }) => at > notBefore),
          target,
          detectedAt,
          signal.smearMs ?? 0,
        )
      : onsetOfCounts(rowsAfter(ledger.rows, notBefore), target, detectedAt, scene.timing.intervalMs);
  return onset === undefined ? undefined : after(onset, notBefore);
}

/** A breach that was there already at the bound is not a matter of too little history. */
function after(onset: Onset, notBefore: number): Onset {
  if (onset.earliest > notBefore && !(onset.method === 'history-limit' && Number.isFinite(notBefore))) return onset;
  const [at, earliest, latest] = [onset.at, onset.earliest, onset.latest].map((time) => Math.max(time, notBefore));
  if (at === undefined || earliest === undefined || latest === undefined) return onset;
  const method = onset.method === 'history-limit' ? 'contiguous-breach' : onset.method;
  return { ...onset, at, earliest, latest, method };
}

/** The latest recovery among the targets' signals; without a trace of one, the moment from which the end state held. */
export function estimateRecovery(scene: Scene, onsetAt: number, heldSince: number): TimeEstimate {
  const found = targetsBySignal(scene.readings.service).flatMap((target) => {
    const signal = scene.readings.signal(target.signal);
    const ledger = scene.readings.ledger(target.signal, scene.group);
    if (signal === undefined || ledger === undefined) return [];
    const recovery =
      signal.kind === 'gauge'
        ? recoveryOfGauge(
            ledger.values.filter((value) => value.at >= onsetAt),
            target,
            heldSince,
            signal.smearMs ?? 0,
          )
        : recoveryOfCounts(ledger.rows, target, onsetAt, heldSince, scene.timing.intervalMs);
    return recovery ?? [];
  });
  const [last] = found.sort((a, b) => b.at - a.at);
  if (last !== undefined)
    return {
      at: Math.max(onsetAt, last.at),
      earliest: Math.max(onsetAt, last.earliest),
      latest: Math.max(onsetAt, last.latest),
    };
  const longest = Math.max(0, ...scene.readings.service.endState.targets.map((target) => target.overMs ?? 0));
  return {
    at: heldSince,
    earliest: Math.max(onsetAt, heldSince - longest - longestStepAt(scene, heldSince)),
    latest: heldSince,
  };
}

/** How long nothing was seen before an instant: a scrape interval, or the gap that ended there, ms. */
function longestStepAt(scene: Scene, at: number): number {
  let longest = scene.timing.intervalMs;
  for (const target of targetsBySignal(scene.readings.service)) {
    const rows = scene.readings.ledger(target.signal, scene.group)?.rows ?? noRows;
    for (let index = rowCount(rows) - 1; index >= 0; index -= 1) {
      const { from, to } = rowAt(rows, index);
      if (to < at) break;
      if (from < at) longest = Math.max(longest, at - from);
    }
  }
  return longest;
}

/** Impact of the counting signal that lost most. What has no target is held against the budgets that `rules` look at. */
export function assessImpact(
  scene: Scene,
  rules: readonly StopRule[],
  onset: TimeEstimate,
  recovery: TimeEstimate,
): Impact {
  const { service } = scene.readings;
  const targets = targetsBySignal(service);
  const promised = budgetBounds(service, rules).filter((bound) =>
    targets.every((target) => target.signal !== bound.signal),
  );
  let worst = noImpact;
  for (const target of [...targets, ...promised]) {
    const ledger = scene.readings.ledger(target.signal, scene.group);
    if (ledger === undefined || scene.readings.signal(target.signal)?.kind === 'gauge') continue;
    const impact = impactOf(ledger.rows, target, onset, recovery);
    if (impact.badEvents > worst.badEvents) worst = impact;
  }
  return worst;
}

/** What an incident spent of its scope's error budgets. */
export function assessBudgets(
  scene: Pick<Scene, 'readings' | 'group' | 'timing'>,
  onset: TimeEstimate,
  recovery: TimeEstimate,
): readonly BudgetSpent[] {
  const { intervalMs } = scene.timing;
  return scene.readings.budgetsSpent(scene.group, {
    // The step that an end lies in may hold a good part of a short incident; outside it there is next to nothing in it.
    from: Math.max(onset.earliest, onset.at - intervalMs),
    to: Math.min(recovery.latest, recovery.at + intervalMs),
    recoveredAt: recovery.at,
  });
}
