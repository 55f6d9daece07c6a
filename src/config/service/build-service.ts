import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { ChangePolicy } from '../../domain/service/change-policy.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Service, Signal } from '../../domain/service/service.ts';
import { budgetName, buildBudget } from '../budget/build-budget.ts';
import { nominalPeriodMs } from '../budget/build-tiers.ts';
import { budgetRules } from '../budget/budget-rule.ts';
import { checkBudgetNames } from '../budget/check-budget-names.ts';
import { checkRecordable } from '../budget/check-recordable.ts';
import type { ErrorBudgetFile } from '../budget-file.ts';
import type { ChangesFile } from '../changes/changes-file.ts';
import { isReservedName, type ConditionCompiler } from '../condition/compile-condition.ts';
import type { BudgetFacts, BudgetsByName, SignalKinds } from '../condition/signal-kinds.ts';
import { suggest } from '../did-you-mean.ts';
import { buildMaintenance } from '../maintenance/build-maintenance.ts';
import { buildGate } from '../gate/build-gate.ts';
import type { Report } from '../problem.ts';
import { shortMs } from '../windows.ts';
import { buildRule } from './build-rule.ts';
import { buildSignal } from './build-signal.ts';
import { buildTarget } from './build-target.ts';
import { checkRepeatedRules, checkRuleNames } from './check-repeats.ts';
import { checkRules } from './check-rules.ts';
import { checkTargets } from './check-targets.ts';
import { checkUsage } from './check-usage.ts';
import type { Part, ServiceParts } from './read-parts.ts';
import { revisionOf } from './revision.ts';

/** What exists outside the rule files; absent where it is not known. */
export interface RuleContext {
  readonly sources?: readonly string[];
  readonly channels?: readonly string[];
  /** The time at which rules are looked at, ms: it tells what is over. */
  readonly now?: number;
}

/** Turns the parts of a rule file into a service. Every problem in them is reported; the service is only built when all parts are. */
export function buildService(
  parts: ServiceParts,
  compile: ConditionCompiler,
  context: RuleContext,
  report: Report,
): Service | undefined {
  let isSound = parts.problems.length === 0;
  const tell: Report = (problem) => {
    isSound &&= problem.severity === 'warning';
    report(problem);
  };
  const service = build(parts, compile, context, tell);
  // What is used by nothing is known only when everything that might use it can be read.
  if (service !== undefined && isSound) {
    const { signals, endState, budgets, rules } = service;
    checkUsage({ signals, targets: endState.targets, budgets, rules }, report);
  }
  return service;
}

function build(
  parts: ServiceParts,
  compile: ConditionCompiler,
  context: RuleContext,
  report: Report,
): Service | undefined {
  const signals = buildSignals(parts, report);
  const kinds = kindsOf(parts);
  const targetParts = builtFrom(parts.targets, (part) => buildTarget(part, parts, report));
  const targets = targetParts.map(({ value }) => value);
  checkTargets(targetParts, parts.whole?.spec.endState.hold, report);
  // Conditions are not blamed for a signal that nobody can tell the kind of.
  const guessing = [...parts.brokenSignals.values()].includes(undefined);
  const budgetParts = builtFrom(parts.budgets, (part) => buildBudget(part, parts, report, context.now));
  const budgets = budgetParts.map(({ value }) => value);
  checkBudgetNames(parts.budgets, budgetParts, parts.rules, report);
  const facts = parts.hasBrokenBudgets ? 'unknown' : factsOf(parts.budgets, budgets);
  const ruleParts = guessing ? [] : builtFrom(parts.rules, (part) => buildRule(part, kinds, facts, compile, report));
  checkRules(ruleParts, targets, kinds, report);
  checkRuleNames(parts.rules, report);
  checkRepeatedRules(ruleParts, report);
  checkGrouping(parts, report);
  const { whole } = parts;
  if (whole === undefined) return undefined;
  const { metadata, spec } = whole;
  const { errorBudgetsFrom: budgetsFrom } = spec;
  if (budgetsFrom === 'recording-rules') checkRecordable(budgetParts, parts.budgets.length, report);
  checkReferences(whole.spec, context, report);
  if (spec.endState.hold < shortMs) {
    const message = `a hold of ${formatDuration(spec.endState.hold)} may end between two scrapes`;
    const hint = `take at least ${formatDuration(shortMs)}, or a few scrape intervals`;
    report({ path: ['spec', 'endState', 'hold'], severity: 'warning', code: 'short-hold', message, hint });
  }
  const declared = {
    signals,
    endState: {
      summary: spec.endState.summary,
      holdMs: spec.endState.hold,
      watchMs: spec.endState.watch,
      targets,
    },
    budgets,
    ...(budgetsFrom === 'counters' ? {} : { budgetsFrom }),
    rules: [...ruleParts.map(({ value }) => value), ...budgetRules(budgets)],
  };
  return {
    name: metadata.name,
    ...(metadata.owner === undefined ? {} : { owner: metadata.owner }),
    ...(metadata.runbook === undefined ? {} : { runbook: metadata.runbook }),
    labels: metadata.labels,
    source: spec.source,
    notify: spec.notify,
    ...declared,
    gate: buildGate(spec.gate, metadata.name, budgets.length > 0, ['spec', 'gate'], report),
    ...(spec.changes === undefined ? {} : { changes: buildChanges(spec.changes) }),
    ...(spec.maintenance.length === 0
      ? {}
      : { maintenance: buildMaintenance(spec.maintenance, ['spec', 'maintenance'], report, context.now) }),
    revision: revisionOf(declared),
  };
}

function buildChanges({ bake, seenIn }: ChangesFile): ChangePolicy {
  return { bakeMs: bake, ...(seenIn === undefined ? {} : { seenIn }) };
}

function builtFrom<T, U>(parts: readonly Part<T>[], buildOne: (part: Part<T>) => U | undefined): readonly Part<U>[] {
  return parts.flatMap((part) => {
    const value = buildOne(part);
    return value === undefined ? [] : [{ value, path: part.path }];
  });
}

function buildSignals(parts: ServiceParts, report: Report): readonly Signal[] {
  return [...parts.signals].flatMap(([name, file]) => {
    if (isReservedName(name)) {
      const message = `\`${name}\` means something in CEL already`;
      report({ path: ['spec', 'signals', name], at: 'key', code: 'invalid-name', message, hint: `try ${name}_signal` });
    }
    return buildSignal(name, file, report) ?? [];
  });
}

/** What conditions may refer to. A signal whose PromQL is wrong still has a kind, so conditions on it can be checked. */
function kindsOf(parts: ServiceParts): SignalKinds {
  const kinds = new Map<string, Signal['kind']>();
  for (const [name, kind] of parts.brokenSignals) if (kind !== undefined) kinds.set(name, kind);
  for (const [name, file] of parts.signals) {
    kinds.set(name, file.gauge !== undefined ? 'gauge' : file.latency !== undefined ? 'latency' : 'ratio');
  }
  return kinds;
}

/** What conditions may say of budgets. One that is declared wrongly still has a name. */
function factsOf(declared: readonly Part<ErrorBudgetFile>[], built: readonly ErrorBudget[]): BudgetsByName {
  const facts = new Map<string, BudgetFacts>();
  for (const { value } of declared) {
    const budget = built.find(({ name }) => name === budgetName(value));
    facts.set(budgetName(value), {
      signal: value.signal,
      ...(budget === undefined ? {} : { objective: budget.objective, periodMs: nominalPeriodMs(budget.period) }),
    });
  }
  return facts;
}

/** A group of one signal must be a group of every other that is split, or no condition could look at both. */
function checkGrouping(parts: ServiceParts, report: Report): void {
  const split = [...parts.signals].filter(([, { by }]) => by.length > 0);
  const [first] = split;
  if (first === undefined) return;
  for (const [name, { by }] of split) {
    if ([...by].sort().join() === [...first[1].by].sort().join()) continue;
    const message = `\`${name}\` is split by other labels than \`${first[0]}\` is`;
    const hint = `split all signals of a service by [${first[1].by.join(', ')}], or not at all; or declare two services`;
    report({ path: ['spec', 'signals', name, 'by'], code: 'mixed-grouping', message, hint });
  }
}

function checkReferences(
  spec: { readonly source: string; readonly notify: readonly string[] },
  context: RuleContext,
  report: Report,
): void {
  const check = (
    kind: 'source' | 'channel',
    name: string,
    known: readonly string[] | undefined,
    path: (string | number)[],
  ): void => {
    if (known === undefined || known.includes(name)) return;
    const hint = suggest(name, known) ?? 'name it in the settings';
    report({ path, code: `unknown-${kind}`, message: `there is no ${kind} \`${name}\` in the settings`, hint });
  };
  check('source', spec.source, context.sources, ['spec', 'source']);
  spec.notify.forEach((name, index) => {
    const path = ['spec', 'notify', index];
    check('channel', name, context.channels, path);
    if (!spec.notify.slice(0, index).includes(name)) return;
    report({ path, severity: 'warning', code: 'duplicate-channel', message: `\`${name}\` stands here twice` });
  });
}
