import { neverSeconds } from '../../domain/budget/budget-readings.ts';
import {
  isBudgetUse,
  type BudgetUse,
  type Condition,
  type PlainUse,
  type SignalUse,
} from '../../domain/service/condition.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { StopRule, Target } from '../../domain/service/service.ts';
import type { SignalKinds } from '../condition/signal-kinds.ts';
import type { Report, TextProblem } from '../problem.ts';
import { comparisonIn, turnedRound } from './comparison.ts';
import { allowedBy, gaugeSamples, readingsOf, sampleCount, type Allowed } from './healthy-readings.ts';
import type { Part } from './read-parts.ts';

/** Says of each rule when it stops the line of a service that is as good as it was promised to be. */
export function checkRules(
  rules: readonly Part<StopRule>[],
  targets: readonly Target[],
  signals: SignalKinds,
  report: Report,
): void {
  const promised: Promised = {
    signals,
    targets,
    bySignal: allowedBy(targets, ({ signal }) => signal),
    byUse: allowedBy(targets, targetUse),
  };
  const key = targets.map((target) => `${targetUse(target)} ${target.bound} ${target.value}`).join();
  for (const { value, path } of rules) {
    const problem = recall(value.when, key, () => stopsWhenGood(value, promised) ?? stopsInsideTarget(value, promised));
    if (problem !== undefined) report({ ...problem, path: [...path, 'when'] });
  }
}

/** The services of a fleet share conditions and targets; each pair is tried once. */
const known = new WeakMap<Condition, Map<string, TextProblem | undefined>>();

function recall(when: Condition, key: string, judge: () => TextProblem | undefined): TextProblem | undefined {
  let byTargets = known.get(when);
  if (byTargets === undefined) known.set(when, (byTargets = new Map()));
  if (!byTargets.has(key)) byTargets.set(key, judge());
  return byTargets.get(key);
}

/** What a service is promised to be. */
interface Promised {
  readonly signals: SignalKinds;
  readonly targets: readonly Target[];
  readonly bySignal: ReadonlyMap<string, Allowed>;
  /** By the signal and the way in which targets read it. */
  readonly byUse: ReadonlyMap<string, Allowed>;
}

function stopsWhenGood({ when }: StopRule, promised: Promised): TextProblem | undefined {
  const { signals, bySignal } = promised;
  const isSure = isTrueWhenGood(when, promised, (share) => bySignal.has(share));
  const free = namesIn(when).filter((name) => isShare(signals, name) && !bySignal.has(name));
  if (!isSure && (free.length === 0 || !isTrueWhenGood(when, promised, () => true))) return undefined;
  const guilty = comparisonIn(when.text);
  return {
    within: guilty?.within ?? { from: 0, to: when.text.trimEnd().length },
    // Of a share without a target nobody said that more of it is better.
    severity: isSure ? 'error' : 'warning',
    code: 'condition-true-when-good',
    message: isSure
      ? `this stops the line of a good service: it is true ${when.uses.every(isBudgetUse) ? 'while no error budget is spent' : 'with every target held well'}`
      : `this stops the line while all is well: it is true with ${free.map((name) => `\`${name}\``).join(', ')} at 100%`,
    hint:
      guilty === undefined
        ? 'a rule is true when something is wrong: turn the comparison round'
        : turnedRound(guilty, isShare(signals, guilty.signal) && guilty.read.includes('.over(')),
  };
}

/** Whether a condition is true with known shares at 1 and each gauge inside its targets; what is unknown stays undecided. */
function isTrueWhenGood(
  when: Condition,
  { signals, bySignal }: Promised,
  isKnown: (share: string) => boolean,
): boolean {
  const gauges = new Map<string, readonly number[]>();
  for (const name of namesIn(when)) {
    const allowed = bySignal.get(name);
    if (allowed !== undefined && !isShare(signals, name)) gauges.set(name, gaugeSamples(allowed));
  }
  // A rule may look for a value among the good ones, such as an empty queue: only one that is true at all of them is odd.
  for (let index = 0; index < (gauges.size > 0 ? sampleCount : 1); index += 1) {
    const valueOf = (use: SignalUse): number | undefined => {
      if (isBudgetUse(use)) return untouched(use);
      const { signal } = use;
      return isShare(signals, signal) ? (isKnown(signal) ? 1 : undefined) : gauges.get(signal)?.[index];
    };
    if (when.evaluate(readingsOf(valueOf)).kind !== 'true') return false;
  }
  return true;
}

/** The same reading holds a target and stops the line. */
function stopsInsideTarget({ when }: StopRule, { signals, targets, byUse }: Promised): TextProblem | undefined {
  const read = when.uses
    .filter(isPlainUse)
    .map(useKey)
    .filter((key) => byUse.has(key));
  if (read.length === 0) return undefined;
  const isTrueAt = (first: Target['bound'], second: Target['bound']): boolean =>
    when.evaluate(
      readingsOf((use) => {
        if (!isPlainUse(use)) return undefined;
        const allowed = byUse.get(useKey(use));
        return isShare(signals, use.signal) ? allowed?.atLeast : (allowed?.[first] ?? allowed?.[second]);
      }),
    ).kind === 'true';
  const hasTwoBounds = read.some((key) => Object.keys(byUse.get(key) ?? {}).length > 1);
  const bound = isTrueAt('atLeast', 'atMost')
    ? 'atLeast'
    : hasTwoBounds && isTrueAt('atMost', 'atLeast')
      ? 'atMost'
      : undefined;
  if (bound === undefined) return undefined;
  const related = targets.filter((target) => read.includes(targetUse(target)));
  const shown = related.find((target) => target.bound === bound) ?? related[0];
  if (shown === undefined) return undefined;
  return {
    within: { from: 0, to: when.text.trimEnd().length },
    severity: 'warning',
    code: 'condition-inside-target',
    message: `this stops the line while the end state holds: it is true with \`${shown.signal}\` at its target, ${boundText(shown)}`,
    hint: 'stop the line further out than the target, or tighten the target',
  };
}

/** What an error budget reads of which nothing was ever spent. */
function untouched({ fold }: BudgetUse): number {
  switch (fold) {
    case 'burn-rate':
      return 0;
    case 'budget-remaining':
      return 1;
    case 'budget-exhausted-in':
      return neverSeconds;
  }
}

function isPlainUse(use: SignalUse): use is PlainUse {
  return !isBudgetUse(use);
}

/** Signals that a condition reads themselves, rather than their budgets. */
function namesIn({ uses }: Condition): readonly string[] {
  return [...new Set(uses.filter(isPlainUse).map(({ signal }) => signal))];
}

function useKey({ signal, fold, windowMs }: PlainUse): string {
  return `${signal} ${fold} ${windowMs}`;
}

function targetUse({ signal, overMs }: Target): string {
  return useKey(overMs === undefined ? { signal, fold: 'latest' } : { signal, fold: 'over', windowMs: overMs });
}

function isShare(signals: SignalKinds, name: string): boolean {
  return signals.get(name) !== 'gauge';
}

function boundText({ bound: operator, value, unit }: Target): string {
  return `${operator}: ${unit === 'ratio' ? formatRatio(value) : value}`;
}
