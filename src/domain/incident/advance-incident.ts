import type { Truth } from '../service/condition.ts';
import type { IncidentEvent } from './event.ts';
import { worseSeverity } from './incident.ts';
import { incidentId } from './incident-id.ts';
import {
  assessBudgets,
  assessImpact,
  estimateOnset,
  estimateRecovery,
  stopFacts,
  type Scene,
} from './incident-life.ts';
import { isRuleOf } from './is-rule-of.ts';
import { shiftEstimate, type Onset } from '../estimate/onset.ts';
import { unknownTooLong, type Elapsed } from './rule-state.ts';
import type { StopRule } from '../service/service.ts';
import type { OpenIncident, RuleState } from './service-state.ts';
import { judgeAll, type EndStateVerdict } from '../reading/verdict.ts';

/** A rule with what it says now. */
export interface JudgedRule {
  readonly rule: StopRule;
  readonly state: RuleState;
  readonly truth: Truth;
}

export interface IncidentStep {
  readonly incident?: OpenIncident;
  readonly events: readonly IncidentEvent[];
}

/** Samples after detection with which the onset is settled. */
const settlingSamples = 3;

/** Opens an incident when a rule stops the line, and otherwise leaves the scope as it is. */
export function openWhenStopped(scene: Scene, rules: readonly JudgedRule[]): IncidentStep {
  const stopping = stoppingRules(rules, scene.now);
  const [first, ...others] = stopping;
  if (first === undefined) return { events: [] };
  const { service } = scene.readings;
  const onset = estimateOnset(
    scene,
    stopping.map((each) => each.rule),
    rules.map((each) => each.state),
    scene.now,
  );
  const id = incidentId(service.name, scene.group, scene.now);
  const base = { service: service.name, group: scene.group, incidentId: id, at: scene.now };
  const incident: OpenIncident = {
    id,
    detectedAt: scene.now,
    severity: stopping.map((each) => each.rule.severity).reduce(worseSeverity),
    rules: stopping.map((each) => each.rule.name),
    onset,
    onsetSettled: false,
    revision: service.revision,
    endState: service.endState.summary,
    relapses: 0,
    undecidedMs: 0,
    blinded: false,
  };
  return {
    incident,
    events: [
      {
        ...base,
        type: 'opened',
        stop: stopFacts(scene, first.rule, becauseOf(first), onset.at),
        onset,
        ...(service.owner === undefined ? {} : { owner: service.owner }),
        revision: service.revision,
        endState: service.endState.summary,
      },
      ...others.map((each) => ({
        ...base,
        type: 'rule-joined' as const,
        stop: stopFacts(scene, each.rule, becauseOf(each), onset.at),
      })),
    ],
  };
}

/** Rules that stop the line now, the most severe first. */
function stoppingRules(rules: readonly JudgedRule[], now: number): readonly JudgedRule[] {
  return rules
    .filter((each) => stopsLine(each, now))
    .sort((a, b) => Number(b.rule.severity === 'page') - Number(a.rule.severity === 'page'));
}

/** Whether a rule stops the line now; of one that only records: would. */
export function stopsLine({ rule, state }: JudgedRule, now: number): boolean {
  return state.firing || unknownTooLong(rule, state, now);
}

/** Why it does. */
export function becauseOf(judged: JudgedRule): 'condition-true' | 'unknown-too-long' {
  return judged.state.firing ? 'condition-true' : 'unknown-too-long';
}

/** Advances an incident by one evaluation: joins rules, settles the onset, proves recovery, watches for a relapse. */
export function advanceIncident(
  scene: Scene,
  before: OpenIncident,
  rules: readonly JudgedRule[],
  elapsed: Elapsed,
): IncidentStep {
  return before.resolvedAt === undefined
    ? advanceOpen(scene, before, rules, elapsed)
    : advanceWatched(scene, { ...before, resolvedAt: before.resolvedAt }, rules);
}

function advanceWatched(
  scene: Scene,
  before: OpenIncident & { readonly resolvedAt: number },
  rules: readonly JudgedRule[],
): IncidentStep {
  const [first, ...others] = stoppingRules(rules, scene.now);
  const base = eventBase(scene, before);
  if (first === undefined) {
    const over = scene.now - before.resolvedAt >= scene.readings.service.endState.watchMs;
    return over ? { events: [{ ...base, type: 'closed' }] } : { incident: before, events: [] };
  }
  const onset = estimateRelapse(scene, before, [first, ...others], rules);
  const { resolvedAt: _resolved, recoveredAt: _recovered, heldSince: _held, ...rest } = before;
  const incident: OpenIncident = {
    ...rest,
    // It is as bad as what stops it now; a worse rule that was true before joins anew when it is.
    severity: [first, ...others].map((each) => each.rule.severity).reduce(worseSeverity),
    rules: [...new Set([...before.rules, first.rule.name, ...others.map((each) => each.rule.name)])],
    relapses: before.relapses + 1,
    undecidedMs: 0,
  };
  return {
    incident,
    events: [
      {
        ...base,
        type: 'relapsed',
        stop: stopFacts(scene, first.rule, becauseOf(first), incident.onset.at),
        onset,
        ...(before.clockSetMs === undefined || before.clockSetMs === 0 ? {} : { clockSetMs: before.clockSetMs }),
      },
      ...others.map((each) => ({
        ...base,
        type: 'rule-joined' as const,
        stop: stopFacts(scene, each.rule, becauseOf(each), incident.onset.at),
      })),
    ],
  };
}

/** When a watched incident was off again: not before service was back. */
function estimateRelapse(
  scene: Scene,
  { recoveredAt, resolvedAt, clockSetMs = 0 }: OpenIncident & { readonly resolvedAt: number },
  stopping: readonly JudgedRule[],
  rules: readonly JudgedRule[],
): Onset {
  const backSince = recoveredAt === undefined ? resolvedAt : recoveredAt + clockSetMs;
  const notBefore = Math.min(scene.now, Math.max(scene.notBefore ?? -Infinity, backSince));
  return estimateOnset(
    { ...scene, notBefore },
    stopping.map((each) => each.rule),
    rules.map((each) => each.state),
    scene.now,
  );
}

function advanceOpen(scene: Scene, before: OpenIncident, rules: readonly JudgedRule[], elapsed: Elapsed): IncidentStep {
  const events: IncidentEvent[] = [];
  let incident = before;
  for (const joined of stoppingRules(rules, scene.now)) {
    const severity = worseSeverity(incident.severity, joined.rule.severity);
    if (isRuleOf(incident, joined.rule) && severity === incident.severity) continue;
    incident = { ...incident, rules: withRule(incident.rules, joined.rule.name), severity };
    events.push({
      ...eventBase(scene, incident),
      type: 'rule-joined',
      stop: stopFacts(scene, joined.rule, becauseOf(joined), incident.onset.at),
    });
  }
  const verdict = judgeScope(scene, incident, rules);
  const seen = watchSight(scene, incident, verdict, rules);
  incident = advanceHold(scene, seen.incident, verdict, elapsed);
  events.push(...seen.events);
  const held = incident.heldSince === undefined ? 0 : scene.now - incident.heldSince - incident.undecidedMs;
  const recovered =
    verdict === 'held' && incident.heldSince !== undefined && held >= scene.readings.service.endState.holdMs;
  // What cannot be seen cannot be settled: the samples that tell of the onset may be still to come.
  if (!incident.onsetSettled && (recovered || (verdict !== 'unknown' && hasSettled(scene, incident, rules)))) {
    const settled = settleOnset(scene, incident, rules);
    incident = settled.incident;
    events.push(...settled.events);
  }
  if (!recovered || incident.heldSince === undefined) return { incident, events };
  const { onset, heldSince, sightedAt = -Infinity, blindFrom } = incident;
  const own = scene.readings.service.rules.filter((rule) => isRuleOf(incident, rule));
  // Had the end state been seen to fail since, the blindness would tell nothing of its end.
  const wasBlind = blindFrom !== undefined && heldSince <= sightedAt + 2 * scene.timing.intervalMs;
  const recovery = estimateRecovery(scene, {
    rules: own,
    onsetAt: onset.at,
    heldSince,
    ...(wasBlind ? { blindFrom } : {}),
  });
  const impact = assessImpact(scene, own, onset, recovery);
  const budgetsSpent = assessBudgets(scene, onset, recovery);
  // A recovery is told on the clock that the onset was told on, so that what lies between them is a duration.
  const recorded = shiftEstimate(recovery, -(incident.clockSetMs ?? 0));
  events.push({
    ...eventBase(scene, incident),
    type: 'resolved',
    recoveredAt: recorded.at,
    recovery: recorded,
    ...(impact === undefined ? {} : { impact }),
    ...(budgetsSpent.length === 0 ? {} : { budgetsSpent }),
    verdicts: scene.verdicts,
  });
  return { incident: { ...incident, resolvedAt: scene.now, recoveredAt: recorded.at }, events };
}

function withRule(rules: readonly string[], rule: string): readonly string[] {
  return rules.includes(rule) ? rules : [...rules, rule];
}

/** Service is back when every target holds and no rule is true; a rule of this incident that cannot be decided leaves it open. */
function judgeScope(scene: Scene, incident: OpenIncident, rules: readonly JudgedRule[]): EndStateVerdict {
  if (rules.some((each) => each.truth.kind === 'true')) return 'missed';
  const verdict = judgeAll(scene.verdicts);
  if (verdict !== 'held') return verdict;
  return rules.some((each) => each.truth.kind === 'unknown' && isRuleOf(incident, each.rule)) ? 'unknown' : 'held';
}

function advanceHold(scene: Scene, incident: OpenIncident, verdict: EndStateVerdict, elapsed: Elapsed): OpenIncident {
  const { heldSince, ...rest } = incident;
  switch (verdict) {
    case 'missed':
      return { ...rest, undecidedMs: 0 };
    case 'held':
      return heldSince === undefined
        ? { ...rest, heldSince: scene.now, undecidedMs: 0 }
        : { ...incident, undecidedMs: incident.undecidedMs + elapsed.unwatchedMs };
    case 'unknown': {
      if (heldSince === undefined) return incident;
      const undecidedMs = incident.undecidedMs + elapsed.ms;
      // What was seen before a blindness as long as the proof itself proves nothing any more.
      return undecidedMs > scene.readings.service.endState.holdMs
        ? { ...rest, undecidedMs: 0 }
        : { ...incident, undecidedMs };
    }
  }
}

function watchSight(
  scene: Scene,
  incident: OpenIncident,
  verdict: EndStateVerdict,
  rules: readonly JudgedRule[],
): { incident: OpenIncident; events: readonly IncidentEvent[] } {
  const { blindSince, ...sighted } = incident;
  if (verdict !== 'unknown') {
    if (blindSince === undefined) return { incident, events: [] };
    const seen = { ...sighted, sightedAt: scene.now, blindFrom: blindSince };
    if (!incident.blinded) return { incident: seen, events: [] };
    return {
      incident: { ...seen, blinded: false },
      events: [{ ...eventBase(scene, incident), type: 'sighted', blindForMs: scene.now - blindSince }],
    };
  }
  const since = blindSince ?? scene.now;
  const told = incident.blinded || scene.now - since < 2 * scene.timing.intervalMs;
  return {
    incident: { ...incident, blindSince: since, blinded: incident.blinded || !told },
    events: told ? [] : [{ ...eventBase(scene, incident), type: 'blinded', ...blindness(scene, rules) }],
  };
}

function blindness(scene: Scene, rules: readonly JudgedRule[]): { reason: string; detail: string } {
  for (const { reading } of scene.verdicts)
    if (reading.kind === 'unknown') return { reason: reading.reason, detail: reading.detail };
  for (const { truth } of rules) if (truth.kind === 'unknown') return { reason: truth.reason, detail: truth.detail };
  return { reason: 'no-data', detail: 'no target can be read' };
}

/** Whether enough samples of what stopped the line landed. Time alone does not tell: a source may go on to answer with old ones. */
function hasSettled(scene: Scene, incident: OpenIncident, rules: readonly JudgedRule[]): boolean {
  const { now, timing, readings, group } = scene;
  const seenSince = Math.max(incident.detectedAt, incident.sightedAt ?? -Infinity);
  if (now - seenSince < settlingSamples * timing.intervalMs) return false;
  const newest = rules
    .filter(({ rule }) => isRuleOf(incident, rule))
    .flatMap(({ rule }) => rule.when.uses)
    .flatMap(({ signal }) => readings.ledger(signal, group)?.newestSampleAt ?? []);
  // What recording rules count has no samples of its own here.
  return newest.length === 0 || Math.max(...newest) - seenSince >= (settlingSamples - 1.5) * timing.intervalMs;
}

function settleOnset(
  scene: Scene,
  incident: OpenIncident,
  rules: readonly JudgedRule[],
): { incident: OpenIncident; events: readonly IncidentEvent[] } {
  const stopped = rules.filter((each) => isRuleOf(incident, each.rule));
  const estimate = estimateOnset(
    scene,
    stopped.map((each) => each.rule),
    [],
    incident.detectedAt,
  );
  // Later samples may only sharpen what detection saw: where they tell nothing, the first estimate stands.
  const onset = estimate.method === 'detection' ? incident.onset : estimate;
  return {
    incident: { ...incident, onset, onsetSettled: true },
    events: [{ ...eventBase(scene, incident), type: 'onset-settled', onset }],
  };
}

function eventBase(scene: Scene, incident: OpenIncident) {
  return { service: scene.readings.service.name, group: scene.group, incidentId: incident.id, at: scene.now };
}
