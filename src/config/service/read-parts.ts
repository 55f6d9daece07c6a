import type * as z from 'zod';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Signal } from '../../domain/service/service.ts';
import { dnsLabel } from '../fields.ts';
import { ErrorBudgetFile } from '../budget-file.ts';
import { ServiceFile, SignalFile, StopRuleFile, TargetFile } from '../rule-file.ts';
import type { Problem } from '../problem.ts';
import { schemaProblems } from '../schema-problems.ts';
import { valueAt } from '../value-at.ts';

/** A rule file's parts, each with where it stands. Parts that do not fit the schema are missing, and named where others may refer to them. */
export interface ServiceParts {
  /** Present when every part fits. */
  readonly whole?: ServiceFile;
  readonly name?: string;
  readonly signals: ReadonlyMap<string, SignalFile>;
  /** Signals that are declared, but wrongly, with what kind they seem to be. */
  readonly brokenSignals: ReadonlyMap<string, Signal['kind'] | undefined>;
  readonly targets: readonly Part<TargetFile>[];
  readonly rules: readonly Part<StopRuleFile>[];
  readonly budgets: readonly Part<ErrorBudgetFile>[];
  /** Whether an error budget is declared, but wrongly: nobody knows then which budgets conditions may ask for. */
  readonly hasBrokenBudgets: boolean;
  readonly problems: readonly Problem[];
}

export interface Part<T> {
  readonly value: T;
  readonly path: DeclarationPath;
}

const budgetsPath: DeclarationPath = ['spec', 'errorBudgets'];

/** Holds a document against the schema. When it does not fit as a whole, the parts that do are still worth checking. */
export function readParts(document: unknown): ServiceParts {
  const result = ServiceFile.safeParse(document);
  if (result.success) {
    const { spec, metadata } = result.data;
    return {
      whole: result.data,
      name: metadata.name,
      signals: new Map(Object.entries(spec.signals)),
      brokenSignals: new Map(),
      targets: partsOf(spec.endState.targets, ['spec', 'endState', 'targets']),
      rules: partsOf(spec.stopTheLine, ['spec', 'stopTheLine']),
      budgets: partsOf(spec.errorBudgets, budgetsPath),
      hasBrokenBudgets: false,
      problems: [],
    };
  }
  const signals = new Map<string, SignalFile>();
  const brokenSignals = new Map<string, Signal['kind'] | undefined>();
  for (const [name, declared] of Object.entries(mappingAt(document, ['spec', 'signals']) ?? {})) {
    const signal = SignalFile.safeParse(declared);
    if (signal.success) signals.set(name, signal.data);
    else brokenSignals.set(name, kindOf(declared));
  }
  const name = valueAt(document, ['metadata', 'name']);
  const budgets = fitting(ErrorBudgetFile, document, budgetsPath);
  const declaredBudgets = valueAt(document, budgetsPath) ?? [];
  return {
    ...(dnsLabel().safeParse(name).success ? { name: String(name) } : {}),
    signals,
    brokenSignals,
    targets: fitting(TargetFile, document, ['spec', 'endState', 'targets']),
    rules: fitting(StopRuleFile, document, ['spec', 'stopTheLine']),
    budgets,
    hasBrokenBudgets: !Array.isArray(declaredBudgets) || declaredBudgets.length !== budgets.length,
    problems: schemaProblems(ServiceFile, document, result.error.issues),
  };
}

function partsOf<T>(values: readonly T[], path: DeclarationPath): readonly Part<T>[] {
  return values.map((value, index) => ({ value, path: [...path, index] }));
}

function fitting<T>(schema: z.ZodType<T>, document: unknown, path: DeclarationPath): readonly Part<T>[] {
  const list = valueAt(document, path);
  if (!Array.isArray(list)) return [];
  return list.flatMap((declared, index) => {
    const result = schema.safeParse(declared);
    return result.success ? [{ value: result.data, path: [...path, index] }] : [];
  });
}

function kindOf(declared: unknown): Signal['kind'] | undefined {
  return (['ratio', 'latency', 'gauge'] as const).find((kind) => valueAt(declared, [kind]) !== undefined);
}

function mappingAt(document: unknown, path: DeclarationPath): Record<string, unknown> | undefined {
  const value = valueAt(document, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
