import { impactOf, recordedImpact } from './assess-impact.ts';
import { enoughCoverage } from '../budget/read-window.ts';
import { recordedAfter } from '../estimate/recorded-after.ts';
import type { BudgetSpent, IncidentSpell } from '../budget/budget-spent.ts';
import { noRows, rowAt, rowCount, rowsAfter } from '../reading/count-rows.ts';
import { onsetOfCounts, onsetOfGauge } from '../estimate/estimate-onset.ts';
import { recoveryOfCounts, recoveryOfGauge } from '../estimate/estimate-recovery.ts';
import type { StopFacts } from './event.ts';
import type { Group } from '../service/group.ts';
import type { Impact } from './impact.ts';
import { budgetBounds, targetsBySignal } from '../estimate/onset-bounds.ts';
import { notEarlier, type Onset, type TimeEstimate } from '../estimate/onset.ts';
import { useOf, type ServiceReadings } from '../reading/scope-readings.ts';
import { polledSignals } from '../service/polled-signals.ts';
import type { Service, StopRule, Target } from '../service/service.ts';
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
  /** Onsets lie after this: what was before belongs to an incident that is closed, ms. */
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
  const earliest = trueSince - longest - scene.timing.intervalMs;
  return notEarlier({ at: trueSince, earliest, latest: trueSince, method: 'detection' }, scene.notBefore ?? -Infinity);
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
  const { notBefore = -Infinity } = scene;
  const { intervalMs } = scene.timing;
  const recorded = scene.readings.recorded(target.signal, scene.group);
  if (recorded !== undefined) {
    const rows = recordedAfter(recorded.rows, notBefore, target);
    const found = onsetOfCounts(rows, target, detectedAt, intervalMs);
    if (found === undefined) return undefined;
    // It may have begun anywhere in what was left out with the earlier incident.
    const isOpen = found.method === 'history-limit' && Number.isFinite(notBefore);
    return after(isOpen ? { ...found, earliest: Math.min(found.earliest, notBefore) } : found, notBefore, intervalMs);
  }
  const ledger = scene.readings.ledger(target.signal, scene.group);
  if (signal === undefined || ledger === undefined) return undefined;
  const onset =
    signal.kind === 'gauge'
      ? onsetOfGauge(
          ledger.values.filter(({ at }) => at > notBefore),
          target,
          detectedAt,
          signal.smearMs ?? 0,
        )
      : onsetOfCounts(rowsAfter(ledger.rows, notBefore), target, detectedAt, intervalMs);
  return onset === undefined ? undefined : after(onset, notBefore, intervalMs);
}

/** A breach that was there already at the bound, or at the first sample after it, is not a matter of too little history. */
function after(onset: Onset, notBefore: number, intervalMs: number): Onset {
  const begins = onset.method === 'history-limit' ? onset.earliest - 2 * intervalMs : onset.earliest;
  if (begins > notBefore) return onset;
  const method = onset.method === 'history-limit' ? 'contiguous-breach' : onset.method;
  return notEarlier({ ...onset, method }, notBefore);
}

/** What the estimate of a recovery looks at beside the readings. */
export interface RecoveryScene {
  /** Rules that stopped the line. */
  readonly rules: readonly StopRule[];
  readonly onsetAt: number;
  /** From when the end state held, ms. */
  readonly heldSince: number;
  /** Since when nothing could be seen before it could again, ms. */
  readonly blindFrom?: number;
}

/**
 * The latest recovery among the signals that have targets, or that only the rules' error budgets look at; otherwise of what the
 * budgets promise of the others. Without a trace of one, the moment from which the end state held.
 */
export function estimateRecovery(scene: Scene, from: RecoveryScene): TimeEstimate {
  const { service } = scene.readings;
  const { rules, onsetAt, heldSince } = from;
  const last =
    lastRecovery(scene, [...targetsBySignal(service), ...promisedBounds(service, rules)], from) ??
    lastRecovery(scene, budgetBounds(service, rules), from);
  if (last !== undefined) return notEarlier(last, onsetAt);
  const windows = [...service.endState.targets.map(useOf), ...rules.flatMap(({ when }) => when.uses)];
  const longest = Math.max(0, ...windows.map(({ windowMs = 0 }) => windowMs));
  // What nobody saw may have been the end of it.
  const seenUntil = Math.min(heldSince, from.blindFrom ?? heldSince);
  return {
    at: heldSince,
    earliest: Math.max(onsetAt, seenUntil - longest - longestStepAt(scene, heldSince)),
    latest: heldSince,
  };
}

function lastRecovery(
  scene: Scene,
  bounds: readonly Target[],
  { onsetAt, heldSince }: RecoveryScene,
): TimeEstimate | undefined {
  const { readings, group, timing } = scene;
  const found = bounds.flatMap((bound) => {
    const signal = readings.signal(bound.signal);
    const ledger = readings.ledger(bound.signal, group);
    if (signal?.kind === 'gauge') {
      const values = ledger?.values.filter((value) => value.at >= onsetAt) ?? [];
      return recoveryOfGauge(values, bound, heldSince, signal.smearMs ?? 0) ?? [];
    }
    // Recorded windows may end after the end state began to hold: their edges are not the polls'.
    const recorded = readings.recorded(bound.signal, group);
    if (recorded !== undefined)
      return recoveryOfCounts(recorded.rows, bound, onsetAt, scene.now, timing.intervalMs) ?? [];
    return (ledger && recoveryOfCounts(ledger.rows, bound, onsetAt, heldSince, timing.intervalMs)) ?? [];
  });
  return found.sort((a, b) => b.at - a.at)[0];
}

/** Of signals without a target, what the budgets that rules look at promise. */
function promisedBounds(service: Service, rules: readonly StopRule[]): readonly Target[] {
  const targets = targetsBySignal(service);
  return budgetBounds(service, rules).filter((bound) => targets.every(({ signal }) => signal !== bound.signal));
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

/**
 * Impact of the counting signal that lost most. What has no target is held against the budgets that `rules` look at.
 * Undefined where no loss is known of any, and one of them was not counted; and where there is none, since gauges count no events.
 */
export function assessImpact(
  scene: Scene,
  rules: readonly StopRule[],
  onset: TimeEstimate,
  recovery: TimeEstimate,
): Impact | undefined {
  const { readings, group } = scene;
  const { service } = readings;
  let worst: Impact | undefined;
  let isKnown = true;
  for (const target of [...targetsBySignal(service), ...promisedBounds(service, rules)]) {
    if (readings.signal(target.signal)?.kind === 'gauge') continue;
    const recorded = readings.recorded(target.signal, group);
    const ledger = readings.ledger(target.signal, group);
    if (recorded === undefined && ledger === undefined) isKnown &&= isPolled(service, target.signal);
    else if (recorded !== undefined && !(recorded.coverage(onset.at, recovery.at) >= enoughCoverage)) isKnown = false;
    const impact =
      recorded === undefined
        ? impactOf(ledger?.rows ?? noRows, target, onset, recovery)
        : recordedImpact(recorded.rows, target, onset, recovery, scene.notBefore);
    if (worst === undefined || impact.badEvents > worst.badEvents) worst = impact;
  }
  if (worst === undefined || worst.badEvents > 0) return worst;
  const { signal: _none, ...nothingLost } = worst;
  return isKnown ? nothingLost : undefined;
}

function isPolled(service: Service, signal: string): boolean {
  return polledSignals(service).some(({ name }) => name === signal);
}

/** What an incident spent of its scope's error budgets. */
export function assessBudgets(
  scene: Pick<Scene, 'readings' | 'group' | 'timing'>,
  onset: TimeEstimate,
  recovery: TimeEstimate,
): readonly BudgetSpent[] {
  return scene.readings.budgetsSpent(scene.group, spellOf(scene, onset, recovery));
}

/** When the bad events of an incident happened. */
export function spellOf({ timing }: Pick<Scene, 'timing'>, onset: TimeEstimate, recovery: TimeEstimate): IncidentSpell {
  const { intervalMs } = timing;
  return {
    // The step that an end lies in may hold a good part of a short incident; outside it there is next to nothing in it.
    from: Math.max(onset.earliest, onset.at - intervalMs),
    to: Math.min(recovery.latest, recovery.at + intervalMs),
    recoveredAt: recovery.at,
  };
}
