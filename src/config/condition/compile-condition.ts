import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type {
  BudgetFold,
  Condition,
  ReadingLookup,
  SignalFold,
  SignalUse,
  Truth,
} from '../../domain/service/condition.ts';
import { parseDuration } from '../../domain/text/duration.ts';
import type { UnknownReading } from '../../domain/reading/reading.ts';
import type { TextProblem } from '../problem.ts';
import { celErrorProblem } from './cel-error.ts';
import { inspectCondition } from './inspect-condition.ts';
import { budgetsOf, noBudgetsByName, type BudgetsByName, type SignalKinds } from './signal-kinds.ts';

export type CompiledCondition =
  | { readonly condition: Condition; readonly problems: readonly TextProblem[] }
  | { readonly condition?: never; readonly problems: readonly TextProblem[] };

/**
 * Compiles CEL conditions; remembers what it compiled, because the same text stands in many services. `budgets` is
 * `unknown` when one is declared so wrongly that nobody can tell which there are: conditions are not blamed for that.
 */
export type ConditionCompiler = (
  text: string,
  signals: SignalKinds,
  budgets?: BudgetsByName | 'unknown',
) => CompiledCondition;

export function createConditionCompiler(): ConditionCompiler {
  const environments = new Map<string, Environment>();
  const scopes = new Map<
    string,
    { readonly environment: Environment; readonly compiled: Map<string, CompiledCondition> }
  >();
  return (text, signals, declaredBudgets = noBudgetsByName) => {
    // Most conditions ask for no budget, and are the same to services with any.
    const budgets = /\bb(?:urnRate|udget[A-Z])/.test(text) ? declaredBudgets : noBudgetsByName;
    const names = [...signals].map(([name, kind]) => `${name}:${kind === 'gauge' ? 'gauge' : 'share'}`).join(' ');
    const key = `${names} ${budgets === 'unknown' ? budgets : JSON.stringify([...budgets])}`;
    let scope = scopes.get(key);
    if (scope === undefined) {
      const environment = environments.get(names) ?? environmentFor(signals);
      environments.set(names, environment);
      scope = { environment, compiled: new Map() };
      scopes.set(key, scope);
    }
    let result = scope.compiled.get(text);
    if (result === undefined) {
      result = compile(text, signals, budgets === 'unknown' ? undefined : budgets, scope.environment);
      scope.compiled.set(text, result);
    }
    return result;
  };
}

/** Names that CEL keeps for itself. */
export function isReservedName(name: string): boolean {
  return celWords.has(name) || base.hasVariable(name);
}

const celWords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while has'.split(
    ' ',
  ),
);

/** Carries a missing reading through CEL, whose `&&` and `||` absorb errors just as three-valued logic wants it. */
class MissingReading extends Error {
  readonly reading: UnknownReading;
  constructor(reading: UnknownReading) {
    super(reading.detail);
    this.reading = reading;
  }
}

class ShareHandle {
  readonly read: (fold: SignalFold, window?: string) => number;
  readonly readBudget: (fold: BudgetFold, window: string | undefined, budget?: string) => number;
  constructor(name: string, lookup: ReadingLookup, budgets: BudgetsByName | undefined) {
    const valueOf = (use: SignalUse): number => {
      const reading = lookup(use);
      if (reading.kind === 'unknown') throw new MissingReading(reading);
      return reading.value;
    };
    this.read = (fold, window) => valueOf({ signal: name, fold, ...windowOf(window) });
    const onlyBudget = (budgets === undefined ? undefined : budgetsOf(budgets, name)[0]) ?? name;
    this.readBudget = (fold, window, budget = onlyBudget) =>
      valueOf({ signal: name, fold, ...windowOf(window), budget });
  }
}

function windowOf(window: string | undefined): { windowMs?: number } {
  const windowMs = window === undefined ? undefined : parseDuration(window);
  return windowMs === undefined ? {} : { windowMs };
}

/** A type of its own, because CEL tells types apart by class. */
class GaugeHandle extends ShareHandle {}

const base = new Environment({ unlistedVariablesAreDyn: false, limits: { maxAstNodes: 1000, maxDepth: 64 } })
  .registerType('Share', { ctor: ShareHandle, fields: {} })
  .registerType('Gauge', { ctor: GaugeHandle, fields: {} })
  .registerFunction('Share.over(string): double', (signal: ShareHandle, window: string) => signal.read('over', window))
  .registerFunction('Share.burnRate(string): double', (signal: ShareHandle, window: string) =>
    signal.readBudget('burn-rate', window),
  )
  .registerFunction('Share.burnRate(string, string): double', (signal: ShareHandle, window: string, budget: string) =>
    signal.readBudget('burn-rate', window, budget),
  )
  .registerFunction('Share.budgetRemaining(): double', (signal: ShareHandle) =>
    signal.readBudget('budget-remaining', undefined),
  )
  .registerFunction('Share.budgetRemaining(string): double', (signal: ShareHandle, budget: string) =>
    signal.readBudget('budget-remaining', undefined, budget),
  )
  .registerFunction('Share.budgetExhaustedIn(string): double', (signal: ShareHandle, window: string) =>
    signal.readBudget('budget-exhausted-in', window),
  )
  .registerFunction(
    'Share.budgetExhaustedIn(string, string): double',
    (signal: ShareHandle, window: string, budget: string) => signal.readBudget('budget-exhausted-in', window, budget),
  )
  .registerFunction('Gauge.over(string): double', (signal: GaugeHandle, window: string) => signal.read('over', window))
  .registerFunction('Gauge.max(string): double', (signal: GaugeHandle, window: string) => signal.read('max', window))
  .registerFunction('Gauge.min(string): double', (signal: GaugeHandle, window: string) => signal.read('min', window))
  .registerFunction('Gauge.latest(): double', (signal: GaugeHandle) => signal.read('latest'));

function environmentFor(signals: SignalKinds): Environment {
  const environment = base.clone();
  for (const [name, kind] of signals) {
    if (!isReservedName(name)) environment.registerVariable(name, kind === 'gauge' ? 'Gauge' : 'Share');
  }
  return environment;
}

function compile(
  text: string,
  signals: SignalKinds,
  budgets: BudgetsByName | undefined,
  environment: Environment,
): CompiledCondition {
  let program: ParseResult;
  try {
    program = environment.parse(text);
  } catch (error) {
    return { problems: [celErrorProblem(text, error)] };
  }
  const { uses, problems } = inspectCondition(program.ast, signals, budgets);
  if (problems.some(({ severity }) => severity !== 'warning')) return { problems };
  const checked = program.check();
  if (!checked.valid) return { problems: [...problems, celErrorProblem(text, checked.error)] };
  const within = { from: 0, to: text.length };
  if (checked.type !== 'bool') {
    const message = `this is a number (${checked.type}), not a condition`;
    return { problems: [{ code: 'cel-type', within, message, hint: 'compare it: < 0.97' }] };
  }
  if (uses.length === 0) {
    return { problems: [{ code: 'cel-no-signal', within, message: 'this condition looks at no signal' }] };
  }
  return { condition: toCondition(text, uses, signals, budgets, program), problems };
}

function toCondition(
  text: string,
  uses: readonly SignalUse[],
  signals: SignalKinds,
  budgets: BudgetsByName | undefined,
  program: ParseResult,
): Condition {
  const names = [...new Set(uses.map(({ signal }) => signal))];
  return {
    text,
    uses,
    evaluate(lookup): Truth {
      const variables: Record<string, ShareHandle> = {};
      for (const name of names) {
        variables[name] =
          signals.get(name) === 'gauge'
            ? new GaugeHandle(name, lookup, budgets)
            : new ShareHandle(name, lookup, budgets);
      }
      try {
        return { kind: program(variables) === true ? 'true' : 'false' };
      } catch (error) {
        if (!(error instanceof MissingReading)) throw error;
        return { kind: 'unknown', reason: error.reading.reason, detail: error.reading.detail };
      }
    },
  };
}
