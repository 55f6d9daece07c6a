import type { Freeze, Override } from './freeze.ts';
import type { GateAction, GateAnswer, GateFinding, GateReading, GateState, Passage } from './gate-answer.ts';
import { everyService } from './gate-event.ts';
import { judgeAll, type TargetVerdict } from '../reading/verdict.ts';
import { describeVerdict } from '../reading/verdict-text.ts';
import type { Dependency, GatePolicy } from '../service/gate-policy.ts';
import { groupText, type Group } from '../service/group.ts';
import type { Severity } from '../service/service.ts';
import { formatDuration } from '../text/duration.ts';
import { clockTime } from '../text/utc.ts';
import { shortenMiddle, visibleText } from '../text/visible-text.ts';
import { describeBudgetBound } from './budget-bound.ts';

/** One service, or one group of it, as it was last judged. */
export interface GateScope {
  readonly group: Group;
  readonly verdicts: readonly TargetVerdict[];
  /** Rules whose conditions cannot be decided, those that only record left out; absent when there are none. */
  readonly undecided?: readonly { readonly rule: string; readonly severity: Severity }[];
  /** The incident it is in. Its times: ms since the epoch. */
  readonly incident?: {
    readonly id: string;
    readonly severity: Severity;
    readonly rules: readonly string[];
    /** When it was off, or off again, for the last time. */
    readonly onsetAt: number;
    /** True when that was a relapse. */
    readonly again?: boolean;
    /** Set while service is back and the watch window runs. */
    readonly watchedUntil?: number;
  };
}

/** What is left of one error budget of one group: a share, or undefined when it cannot be told. */
export interface GateBudget {
  readonly budget: string;
  readonly group: Group;
  readonly remaining: number | undefined;
  /** Why it cannot, and when it may, in words. */
  readonly because?: string;
}

/** All that a gate looks at. Times: ms since the epoch on Andon's clock, unless named otherwise. */
export interface GateFacts {
  readonly service: string;
  /** Set where it is declared and not watched, since its rules have problems. */
  readonly isLeftOut?: boolean;
  /** Where it is not watched, the name of a service that may have been meant. */
  readonly meant?: string;
  /** Absent when the service is not watched. */
  readonly watched?: {
    readonly policy: GatePolicy;
    /** Age of the last evaluation, ms; absent before the first. */
    readonly dataAgeMs?: number;
    /** How far the source's clock, by which samples bear their times, is ahead of Andon's, ms; 0 unless told otherwise. */
    readonly skewMs?: number;
    /** Data older than this is stale, ms. */
    readonly staleAfterMs: number;
    readonly scopes: readonly GateScope[];
    readonly budgets: readonly GateBudget[];
  };
  /** Changes that are still in their window, and since which the service does worse than before. */
  readonly worseSince?: readonly { readonly change: string; readonly words: string }[];
  readonly freezes: readonly Freeze[];
  readonly override?: Override;
  /** What the gates of the services that it depends on say for themselves. */
  readonly dependencies: readonly GateAnswer[];
  /** The change that asks, where it says that it remedies an incident. */
  readonly remedy?: {
    readonly change: string;
    readonly incident: string;
    readonly by: string;
    readonly reason: string;
  };
}

/**
 * What a gate says: the worst of what it sees. Missing data is `unknown`, and the policy says what an asker makes of it;
 * it never passes. A change that remedies an incident which is seen here passes whatever else is seen, since a gate that
 * holds back the fix makes the incident longer.
 */
export function decideGate(facts: GateFacts, now: number): GateAnswer {
  const findings = worstFirst(findingsOf(facts, now));
  const passage = passageOf(facts, findings);
  const [first] = findings;
  const decisive: GateFinding = first ?? {
    state: 'pass',
    reason: 'end-state-holds',
    words: `${facts.service} is in its end state, and nothing holds it back${unknownBudgets(facts)}`,
  };
  const said = passage === undefined || decisive.state === 'pass' ? decisive : passing(passage, decisive);
  const expiries = [...facts.freezes.map(({ until }) => until), passage?.until].filter((at) => at !== undefined);
  return {
    service: facts.service,
    state: said.state,
    action: actionOf(said.state, facts.watched?.policy.onUnknown ?? 'hold'),
    reason: said.reason,
    words: said.words,
    findings: said === decisive ? (first === undefined ? [decisive] : findings) : [said, ...findings],
    readings: readingsOf(facts, now),
    freezes: facts.freezes,
    decidedAt: now,
    ...(facts.watched?.dataAgeMs === undefined ? {} : { dataAgeMs: facts.watched.dataAgeMs }),
    ...(passage === undefined || said === decisive ? {} : { passage }),
    ...(expiries.length === 0 ? {} : { until: Math.min(...expiries) }),
  };
}

/** What whoever asks should do; `onUnknown` is the service's policy. */
export function actionOf(state: GateState, onUnknown: GatePolicy['onUnknown']): GateAction {
  switch (state) {
    case 'pass':
    case 'warn':
      return 'go';
    case 'hold':
      return 'wait';
    case 'stop':
      return 'abort';
    case 'unknown':
      return onUnknown === 'warn' ? 'go' : onUnknown === 'hold' ? 'wait' : 'abort';
  }
}

/** An unknown is worse than a warning, since more may be wrong, and better than what is known to be wrong. */
const rank: Readonly<Record<GateState, number>> = { pass: 0, warn: 1, unknown: 2, hold: 3, stop: 4 };

function worstFirst(findings: readonly GateFinding[]): readonly GateFinding[] {
  return [...findings].sort((a, b) => rank[b.state] - rank[a.state]);
}

function findingsOf(facts: GateFacts, now: number): readonly GateFinding[] {
  const { service, watched } = facts;
  const frozen = facts.freezes.map((freeze) => frozenBy(freeze, now));
  if (watched === undefined) {
    const name = shortenMiddle(visibleText(service), 100);
    if (facts.isLeftOut === true) {
      const words = `${name} is not watched, since its rules have problems: \`andon status\` names them`;
      return [...frozen, { state: 'unknown', reason: 'rules-refused', words }];
    }
    const check = facts.meant === undefined ? 'check the name' : `did you mean ${facts.meant}? Check the name`;
    const words = `no service named ${name} is watched: ${check}, or declare it in a rule file`;
    return [...frozen, { state: 'unknown', reason: 'unknown-service', words }];
  }
  return [
    ...frozen,
    ...watched.scopes.flatMap((scope) => incidentIn(service, scope, now)),
    ...dataFindings(service, watched),
    ...watched.scopes.flatMap((scope) => [...targetsIn(service, scope), ...undecidedIn(service, scope)]),
    ...watched.budgets.flatMap((budget) => budgetFinding(service, budget, watched.policy)),
    ...(facts.worseSince ?? []).map(({ change, words }): GateFinding => {
      return { state: 'warn', reason: 'bake-worse', words: `${service}: ${words}`, change };
    }),
    ...facts.dependencies.flatMap((answer) => dependencyFinding(answer, watched.policy.dependsOn)),
  ];
}

function frozenBy({ id, service, by, reason, until, liftsWhen }: Freeze, now: number): GateFinding {
  const what = service === everyService ? 'every line' : `the line of ${service}`;
  const ends = [
    ...(until === undefined ? [] : [`until ${clockTime(until, now)}`]),
    ...(liftsWhen === 'end-state-held' ? ['until the end state has held'] : []),
  ];
  const words = `${by} stopped ${what}${ends.length === 0 ? '' : ` ${ends.join(' or ')}`}: ${reason}`;
  return { state: 'stop', reason: 'frozen', words, freeze: id };
}

function incidentIn(service: string, { group, incident }: GateScope, now: number): readonly GateFinding[] {
  if (incident === undefined) return [];
  const { id, rules, onsetAt, again = false, watchedUntil } = incident;
  const place = placeOf(service, group);
  if (watchedUntil === undefined) {
    const words = `${place} is off${again ? ' again' : ''} since ${clockTime(onsetAt, now)} (${rules.join(', ')}): incident ${id} is open`;
    return [{ state: 'stop', reason: 'incident-open', words, incident: id }];
  }
  const words = `${place} is back, and incident ${id} is watched for a relapse until ${clockTime(watchedUntil, now)}`;
  return [{ state: 'warn', reason: 'watching', words, incident: id }];
}

function dataFindings(service: string, watched: NonNullable<GateFacts['watched']>): readonly GateFinding[] {
  const { dataAgeMs, staleAfterMs, scopes } = watched;
  if (dataAgeMs === undefined)
    return [{ state: 'unknown', reason: 'not-evaluated', words: `${service} has not been evaluated yet` }];
  // A service that is judged by groups has none once all their series are gone: nothing is missed then, and nothing is known.
  if (scopes.length === 0)
    return [
      { state: 'unknown', reason: 'data-missing', words: `${service} has no series, so that no target can be told` },
    ];
  if (dataAgeMs <= staleAfterMs) return [];
  // Rounded up: an age just beyond the bound must not read like the bound.
  const words = `${service} was last evaluated ${formatDuration(Math.ceil(dataAgeMs / 1000) * 1000)} ago, which is too long: after ${formatDuration(staleAfterMs)} it says nothing of now`;
  return [{ state: 'unknown', reason: 'data-stale', words }];
}

/** A target that is off while an incident is open says nothing new. */
function targetsIn(service: string, { group, verdicts, incident }: GateScope): readonly GateFinding[] {
  if (incident !== undefined && incident.watchedUntil === undefined) return [];
  if (verdicts.length === 0)
    return [{ state: 'unknown', reason: 'data-missing', words: `${placeOf(service, group)} was not judged` }];
  const verdict = judgeAll(verdicts);
  if (verdict === 'held') return [];
  const off = verdicts.filter((each) => each.verdict === verdict);
  const words = `${placeOf(service, group)}: ${off.map(describeVerdict).join('; ')}`;
  return verdict === 'missed'
    ? [{ state: 'warn', reason: 'target-missed', words }]
    : [{ state: 'unknown', reason: 'data-missing', words }];
}

/**
 * What cannot be told to be fine does not pass. A ticket calls nobody, and its windows take hours to fill: for want of one
 * nothing is held back.
 */
function undecidedIn(service: string, { group, undecided = [], incident }: GateScope): readonly GateFinding[] {
  if (incident !== undefined && incident.watchedUntil === undefined) return [];
  return (['page', 'ticket'] as const).flatMap((severity): readonly GateFinding[] => {
    const names = undecided.filter((each) => each.severity === severity).map(({ rule }) => rule);
    if (names.length === 0) return [];
    const words = `${placeOf(service, group)}: whether the line should stop is not known (${names.join(', ')})`;
    return [{ state: severity === 'page' ? 'unknown' : 'warn', reason: 'rule-unknown', words }];
  });
}

/** What a gate that passes does not know, since its policy holds back for no budget. */
function unknownBudgets({ watched }: GateFacts): string {
  const names = new Set(
    watched?.budgets.filter(({ remaining }) => remaining === undefined).map(({ budget }) => budget),
  );
  if (names.size === 0) return '';
  const what = names.size === 1 ? 'its error budget' : 'its error budgets';
  return `; how much is left of ${what} (${[...names].join(', ')}) is not known yet`;
}

function budgetFinding(service: string, budget: GateBudget, { budgets }: GatePolicy): readonly GateFinding[] {
  const place = placeOf(service, budget.group);
  const { remaining } = budget;
  if (remaining === undefined) {
    // Who lets a gate hold for a budget is told when it cannot; a mere warning needs no warning that it is missing.
    if (budgets.holdBelow === undefined && budgets.stopBelow === undefined) return [];
    const because = budget.because === undefined ? '' : `: ${budget.because}`;
    const words = `what is left of the error budget ${budget.budget} of ${place} is not known${because}`;
    return [{ state: 'unknown', reason: 'budget-unknown', words, budget: budget.budget }];
  }
  const bounds = [
    { state: 'stop', bound: budgets.stopBelow },
    { state: 'hold', bound: budgets.holdBelow },
    { state: 'warn', bound: budgets.warnBelow },
  ] as const;
  const crossed = bounds.find(({ bound }) => bound !== undefined && remaining <= bound);
  if (crossed?.bound === undefined) return [];
  const words = `${place}: ${describeBudgetBound(budget.budget, remaining, crossed.bound)}`;
  return [{ state: crossed.state, reason: 'budget-low', words, budget: budget.budget }];
}

/** Only what stops the line of the other counts: that its data is missing is its own affair. */
function dependencyFinding(answer: GateAnswer, dependsOn: readonly Dependency[]): readonly GateFinding[] {
  const dependency = dependsOn.find(({ service }) => service === answer.service);
  const cause = answer.findings.find(({ state }) => state === 'stop');
  if (dependency === undefined || cause === undefined) return [];
  return [
    {
      state: dependency.whenStopped,
      reason: 'dependency',
      words: `it depends on ${answer.service}, whose line is stopped: ${cause.words}`,
      dependency: answer.service,
      ...(cause.incident === undefined ? {} : { incident: cause.incident }),
    },
  ];
}

function passageOf({ remedy, override }: GateFacts, findings: readonly GateFinding[]): Passage | undefined {
  if (remedy !== undefined && findings.some(({ incident }) => incident === remedy.incident)) {
    const { by, reason, incident } = remedy;
    return { kind: 'remedy', by, reason, incident };
  }
  if (override === undefined) return undefined;
  const { by, reason, until } = override;
  return { kind: 'overridden', by, reason, until };
}

function passing({ kind, by, reason, incident }: Passage, held: GateFinding): GateFinding {
  const what = kind === 'remedy' ? `it remedies incident ${incident ?? ''}` : 'the gate is overridden';
  return {
    state: 'pass',
    reason: kind,
    words: `${what}, says ${by}: ${reason} (otherwise ${held.state}: ${held.words})`,
    ...(incident === undefined ? {} : { incident }),
  };
}

function readingsOf({ watched }: GateFacts, now: number): readonly GateReading[] {
  if (watched === undefined) return [];
  const sourceNow = now + (watched.skewMs ?? 0);
  return watched.scopes.flatMap(({ group, verdicts }) =>
    verdicts.map((verdict) => {
      const { sampleAt } = verdict.reading;
      return { group, verdict, ...(sampleAt === undefined ? {} : { ageMs: Math.max(0, sourceNow - sampleAt) }) };
    }),
  );
}

function placeOf(service: string, group: Group): string {
  const text = groupText(group);
  return text === '' ? service : `${service} (${text})`;
}
