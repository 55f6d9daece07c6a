import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Condition, ReadingLookup, SignalUse, Truth } from '../../domain/condition.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { UnknownReading } from '../../domain/reading.ts';
import type { TextProblem } from '../problem.ts';
import { celErrorProblem } from './cel-error.ts';
import { inspectCondition } from './inspect-condition.ts';
import type { SignalKinds } from './signal-kinds.ts';

export type CompiledCondition =
  | { readonly condition: Condition; readonly problems: readonly TextProblem[] }
  | { readonly condition?: never; readonly problems: readonly TextProblem[] };

/** Compiles CEL conditions; remembers what it compiled, because the same text stands in many services. */
export type ConditionCompiler = (text: string, signals: SignalKinds) => CompiledCondition;

export function createConditionCompiler(): ConditionCompiler {
  const scopes = new Map<
    string,
    { readonly environment: Environment; readonly compiled: Map<string, CompiledCondition> }
  >();
  return (text, signals) => {
    const key = [...signals].map(([name, kind]) => `${name}:${kind === 'gauge' ? 'gauge' : 'share'}`).join(' ');
    let scope = scopes.get(key);
    if (scope === undefined) {
      scope = { environment: environmentFor(signals), compiled: new Map() };
      scopes.set(key, scope);
    }
    let result = scope.compiled.get(text);
    if (result === undefined) {
      result = compile(text, signals, scope.environment);
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
  readonly read: (fold: SignalUse['fold'], window?: string) => number;
  constructor(name: string, lookup: ReadingLookup) {
    this.read = (fold, window) => {
      const windowMs = window === undefined ? undefined : parseDuration(window);
      const reading = lookup({ signal: name, fold, ...(windowMs === undefined ? {} : { windowMs }) });
      if (reading.kind === 'unknown') throw new MissingReading(reading);
      return reading.value;
    };
  }
}

/** A type of its own, because CEL tells types apart by class. */
class GaugeHandle extends ShareHandle {}

const base = new Environment({ unlistedVariablesAreDyn: false, limits: { maxAstNodes: 1000, maxDepth: 64 } })
  .registerType('Share', { ctor: ShareHandle, fields: {} })
  .registerType('Gauge', { ctor: GaugeHandle, fields: {} })
  .registerFunction('Share.over(string): double', (signal: ShareHandle, window: string) => signal.read('over', window))
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

function compile(text: string, signals: SignalKinds, environment: Environment): CompiledCondition {
  let program: ParseResult;
  try {
    program = environment.parse(text);
  } catch (error) {
    return { problems: [celErrorProblem(text, error)] };
  }
  const { uses, problems } = inspectCondition(program.ast, signals);
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
  return { condition: toCondition(text, uses, signals, program), problems };
}

function toCondition(text: string, uses: readonly SignalUse[], signals: SignalKinds, program: ParseResult): Condition {
  const names = [...new Set(uses.map(({ signal }) => signal))];
  return {
    text,
    uses,
    evaluate(lookup): Truth {
      const variables: Record<string, ShareHandle> = {};
      for (const name of names) {
        variables[name] = signals.get(name) === 'gauge' ? new GaugeHandle(name, lookup) : new ShareHandle(name, lookup);
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
