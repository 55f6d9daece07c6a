import { describeExclusions, describePeriod, describeTiers } from './budget-words.ts';
import type { ErrorBudget } from '../budget/objective.ts';
import { formatRatio } from '../text/ratio.ts';
import { formatDuration } from '../text/duration.ts';
import { describeTarget } from '../reading/verdict-text.ts';
import type { CounterTerm, Service, Signal, StopRule, Target } from '../service/service.ts';

/** What a declaration is made of; the words are those of the timeline, of the API and of tests. */
export type DeclaredKind = 'signal' | 'target' | 'end-state' | 'error-budget' | 'rule';

/** One thing that is declared, field by field in words, so that a later declaration can be held against it. */
export interface DeclaredPart {
  readonly what: DeclaredKind;
  /** Absent for what there is one of. */
  readonly name?: string;
  /** Names that it had before. */
  readonly formerly?: readonly string[];
  /** By name of the field; those that were not declared are left out. */
  readonly fields: Readonly<Record<string, string>>;
}

/** All that a service's revision stands for, in words. The rules that budgets are made into are told by their budgets. */
export function declarationWords({ signals, endState, budgets, budgetsFrom, rules }: Service): readonly DeclaredPart[] {
  const { summary, holdMs, watchMs, targets } = endState;
  const source = budgetsFrom === undefined ? {} : { 'counted by': 'recording rules' };
  const whole = { summary, hold: formatDuration(holdMs), watch: formatDuration(watchMs) };
  return [
    ...targets.map(targetPart),
    ...rules.filter(({ when }) => when.tiers === undefined).map(rulePart),
    ...budgets.map((budget) => budgetPart(budget, source)),
    { what: 'end-state', fields: whole },
    ...signals.map(signalPart),
  ];
}

function targetPart(target: Target): DeclaredPart {
  const over = target.overMs === undefined ? '' : ` over ${formatDuration(target.overMs)}`;
  const unread = { target, verdict: 'unknown', reading: { kind: 'unknown', reason: 'no-data', detail: '' } } as const;
  return { what: 'target', name: target.signal, fields: { bound: `${describeTarget(unread)}${over}` } };
}

function rulePart({ name, formerly, when, forMs, severity, onUnknown, shadow }: StopRule): DeclaredPart {
  const unknown = onUnknown.policy === 'ignore' ? {} : { 'opens when unknown for': formatDuration(onUnknown.afterMs) };
  const lasting = forMs === 0 ? {} : { for: formatDuration(forMs) };
  const only = shadow === true ? { shadow: 'only records' } : {};
  const condition = when.text.replaceAll(/\s+/g, ' ').trim();
  return { what: 'rule', name, formerly, fields: { condition, ...lasting, severity, ...unknown, ...only } };
}

function budgetPart(budget: ErrorBudget, source: Readonly<Record<string, string>>): DeclaredPart {
  const { name, signal, objective, method, minimumBad, tiers, exclusions } = budget;
  return {
    what: 'error-budget',
    name,
    fields: {
      ...(name === signal ? {} : { signal }),
      objective: formatRatio(objective),
      period: describePeriod(budget.period),
      ...(method.kind === 'occurrences' ? {} : { method: methodWords(method) }),
      ...(minimumBad > 1 ? { 'least bad events': String(minimumBad) } : {}),
      ...(tiers.length === 0 ? {} : { 'burn rates': describeTiers(tiers) }),
      ...(exclusions.length === 0 ? {} : { excluded: describeExclusions(exclusions) }),
      ...source,
    },
  };
}

function methodWords(method: Exclude<ErrorBudget['method'], { readonly kind: 'occurrences' }>): string {
  const target = method.kind === 'timeslices' ? ` at least ${formatRatio(method.target)} good` : '';
  return `${method.kind} of ${formatDuration(method.sliceMs)}${target}`;
}

function signalPart(signal: Signal): DeclaredPart {
  const { name, by } = signal;
  return { what: 'signal', name, fields: { ...measured(signal), ...(by.length === 0 ? {} : { by: by.join(', ') }) } };
}

function measured(signal: Signal): Readonly<Record<string, string>> {
  switch (signal.kind) {
    case 'ratio':
      return { [signal.numerator]: termsWords(signal.numeratorTerms), total: termsWords(signal.totalTerms) };
    case 'latency':
      return {
        histogram: `${signal.histogram}${signal.native ? ' (native)' : ''}`,
        threshold: thresholdWords(signal.thresholdSeconds),
      };
    case 'gauge':
      return { query: signal.query, ...(signal.unit === undefined ? {} : { unit: signal.unit }) };
  }
}

function termsWords(terms: readonly CounterTerm[]): string {
  const words = terms.map(({ sign, at }, index) => `${sign === -1 ? '- ' : index === 0 ? '' : '+ '}${at.join('')}`);
  return words.join(' ');
}

function thresholdWords(seconds: number): string {
  const ms = Number((seconds * 1000).toPrecision(12));
  return Number.isInteger(ms) ? formatDuration(ms) : `${seconds}s`;
}
