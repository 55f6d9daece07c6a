import type { ASTNode } from '@marcbachmann/cel-js';
import type { BudgetFold, BudgetUse } from '../../domain/service/condition.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { suggest } from '../did-you-mean.ts';
import { budgetsOf, type BudgetsByName } from './signal-kinds.ts';

/** The methods that read an error budget, and what each is to conditions. */
export const budgetMethods: ReadonlyMap<string, BudgetFold> = new Map([
  ['burnRate', 'burn-rate'],
  ['budgetRemaining', 'budget-remaining'],
  ['budgetExhaustedIn', 'budget-exhausted-in'],
]);

type Refuse = (node: ASTNode, code: string, message: string, hint?: string) => void;

interface BudgetCall {
  readonly node: ASTNode;
  readonly method: string;
  readonly fold: BudgetFold;
  readonly signal: string;
  readonly args: readonly ASTNode[];
}

/**
 * Checks `success_rate.burnRate("1h")` and its like, where the budget's name may follow. `budgets` is undefined when
 * nobody knows which budgets there are, because one of them is declared wrongly.
 */
export function inspectBudgetUse(
  { node, method, fold, signal, args }: BudgetCall,
  budgets: BudgetsByName | undefined,
  checkWindow: (args: readonly ASTNode[]) => number | undefined,
  refuse: Refuse,
): BudgetUse | undefined {
  const takesWindow = fold !== 'budget-remaining';
  const windowArgs = takesWindow ? args.slice(0, 1) : [];
  const nameArgs = args.slice(windowArgs.length);
  const example = `${method}(${takesWindow ? '"1h"' : ''})`;
  const windowMs = takesWindow ? checkWindow(windowArgs) : undefined;
  if (takesWindow && windowMs === undefined) return undefined;
  const [nameNode] = nameArgs;
  if (nameArgs.length > 1) {
    refuse(
      node,
      'cel-window',
      `\`${method}\` takes ${takesWindow ? 'one window and ' : ''}the name of one budget`,
      `write ${example}`,
    );
    return undefined;
  }
  const written = nameNode?.op === 'value' && typeof nameNode.args === 'string' ? nameNode.args : undefined;
  if (nameNode !== undefined && written === undefined) {
    refuse(
      nameNode,
      'unknown-budget',
      'the name of a budget is a text in quotes',
      `write ${example} where there is only one`,
    );
    return undefined;
  }
  const budget =
    budgets === undefined ? (written ?? signal) : chosen({ node, nameNode, signal, written, example }, budgets, refuse);
  if (budget === undefined) return undefined;
  const periodMs = budgets?.get(budget)?.periodMs;
  if (windowMs !== undefined && periodMs !== undefined && windowMs > periodMs) {
    refuse(
      windowArgs[0] ?? node,
      'window-longer-than-period',
      `this window is longer than the period of the budget, ${formatDuration(periodMs)}`,
      'read the budget over a shorter window',
    );
  }
  return { signal, fold, ...(windowMs === undefined ? {} : { windowMs }), budget };
}

interface Choice {
  readonly node: ASTNode;
  readonly nameNode: ASTNode | undefined;
  readonly signal: string;
  readonly written: string | undefined;
  readonly example: string;
}

function chosen(
  { node, nameNode, signal, written, example }: Choice,
  budgets: BudgetsByName,
  refuse: Refuse,
): string | undefined {
  const names = budgetsOf(budgets, signal);
  const [only] = names;
  if (only === undefined) {
    refuse(
      node,
      'no-budget',
      `\`${signal}\` has no error budget`,
      `declare one: errorBudgets: [{ signal: ${signal}, objective: 99.9%, period: 30d }]`,
    );
    return undefined;
  }
  if (written === undefined) {
    if (names.length === 1) return only;
    const open = example.endsWith('()') ? example.slice(0, -1) : `${example.slice(0, -1)}, `;
    refuse(
      node,
      'unknown-budget',
      `\`${signal}\` has ${names.length} error budgets: ${names.join(', ')}`,
      `say which one: ${open}"${only}")`,
    );
    return undefined;
  }
  if (names.includes(written)) return written;
  refuse(nameNode ?? node, 'unknown-budget', `\`${signal}\` has no error budget "${written}"`, suggest(written, names));
  return undefined;
}
