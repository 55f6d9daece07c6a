import { formatDuration } from '../../domain/text/duration.ts';
import type { StopRule } from '../../domain/service/service.ts';
import type { ConditionCompiler } from '../condition/compile-condition.ts';
import type { BudgetsByName, SignalKinds } from '../condition/signal-kinds.ts';
import type { Report } from '../problem.ts';
import type { StopRuleFile } from '../rule-file.ts';
import { maxForMs, maxForWindows, shortMs } from '../windows.ts';
import { reportIn } from './build-signal.ts';
import { shortWindow } from './build-target.ts';
import type { Part } from './read-parts.ts';

/** Turns a declared rule into one with a compiled condition; undefined when something in it is wrong, which is reported. */
export function buildRule(
  { value: file, path }: Part<StopRuleFile>,
  signals: SignalKinds,
  budgets: BudgetsByName | 'unknown',
  compile: ConditionCompiler,
  report: Report,
): StopRule | undefined {
  const { condition, problems } = compile(file.when, signals, budgets);
  reportIn([...path, 'when'], problems, report);
  if (condition === undefined) return undefined;

  const windows = condition.uses.flatMap(({ windowMs }) => (windowMs === undefined ? [] : [windowMs]));
  const shortest = Math.min(...windows);
  if (shortest < shortMs) report(shortWindow([...path, 'when'], shortest));

  // A long `for` over a short window starts anew at every flicker, so a lasting fault may never reach its end.
  const longest = Math.max(0, ...windows);
  const limit = longest === 0 ? maxForMs : Math.min(maxForMs, longest * maxForWindows);
  if (file.for > limit) {
    report({
      path: [...path, 'for'],
      code: 'for-too-long',
      message:
        `\`for: ${formatDuration(file.for)}\` is longer than its window allows: the longest window here is ` +
        `${formatDuration(longest)}, and \`for\` may be at most ${maxForWindows} times as long (${formatDuration(limit)})`,
      hint: 'read the signal over a longer window instead; every short dip below the bound restarts `for`',
    });
    return undefined;
  }
  return {
    name: file.name,
    formerly: file.formerly,
    when: condition,
    forMs: file.for,
    severity: file.severity,
    labels: file.labels,
    ...(file.summary === undefined ? {} : { summary: file.summary }),
    ...(file.runbook === undefined ? {} : { runbook: file.runbook }),
    onUnknown:
      file.onUnknown === 'ignore' ? { policy: 'ignore' } : { policy: 'open', afterMs: file.onUnknown.openAfter },
    ...(file.shadow ? { shadow: true } : {}),
  };
}
