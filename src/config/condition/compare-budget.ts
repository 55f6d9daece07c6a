import type { ASTNode } from '@marcbachmann/cel-js';
import { allowedShare } from '../../domain/budget/burn-rate.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { TextProblem } from '../problem.ts';
import { constantOf } from './constant-of.ts';
import { budgetMethods } from './inspect-budget-use.ts';
import { budgetsOf, type BudgetsByName } from './signal-kinds.ts';

/** What an error budget reads compared with a number that it never comes to. */
export function compareBudgetProblem(
  operator: string,
  [left, right]: readonly [ASTNode, ASTNode],
  budgets: BudgetsByName | undefined,
): TextProblem | undefined {
  const [read, literal] = budgetRead(left) === undefined ? [budgetRead(right), left] : [budgetRead(left), right];
  const constant = constantOf(literal);
  if (read === undefined || constant === undefined) return undefined;
  const within = { from: literal.range.start, to: literal.range.end };
  const { fold, signal } = read;
  switch (fold) {
    case 'budget-remaining':
      if (constant <= 1) return undefined;
      return {
        code: 'ratio-out-of-range',
        within,
        message: `what remains of a budget is at most 1, which is all of it, and never ${constant}`,
        ...(constant <= 100 ? { hint: `did you mean ${Number(`${constant}e-2`)}?` } : {}),
      };
    case 'burn-rate': {
      const asksForMore = literal === right ? operator.startsWith('>') : operator.startsWith('<');
      const objective = objectiveOf(read, budgets);
      if (!asksForMore || objective === undefined || constant * allowedShare(objective) < 1) return undefined;
      return {
        code: 'condition-never-true',
        severity: 'warning',
        within,
        message: `with an objective of ${formatRatio(objective)} the burn rate of \`${signal}\` is ${round(1 / allowedShare(objective))} when everything fails, never above ${constant}`,
        hint: 'take a smaller factor, or a stricter objective',
      };
    }
    case 'budget-exhausted-in':
      if (constant >= 0) return undefined;
      return {
        code: 'condition-never-true',
        severity: 'warning',
        within,
        message: 'a budget that is gone is exhausted in 0 seconds, never in less',
        hint: 'write the seconds that are too few, as in < 86400.0 for a day',
      };
  }
}

interface BudgetRead {
  readonly fold: 'burn-rate' | 'budget-remaining' | 'budget-exhausted-in';
  readonly signal: string;
  readonly budget: string | undefined;
}

function budgetRead(node: ASTNode): BudgetRead | undefined {
  if (node.op !== 'rcall') return undefined;
  const [method, receiver, args] = node.args;
  const fold = budgetMethods.get(method);
  if (fold === undefined || receiver.op !== 'id') return undefined;
  const name = args[fold === 'budget-remaining' ? 0 : 1];
  const budget = name?.op === 'value' && typeof name.args === 'string' ? name.args : undefined;
  return { fold, signal: receiver.args, budget };
}

function objectiveOf({ signal, budget }: BudgetRead, budgets: BudgetsByName | undefined): number | undefined {
  const name = budget ?? (budgets === undefined ? undefined : budgetsOf(budgets, signal)[0]);
  return name === undefined ? undefined : budgets?.get(name)?.objective;
}

function round(number: number): number {
  return Number(number.toPrecision(3));
}
