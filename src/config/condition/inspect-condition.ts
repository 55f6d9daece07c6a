import type { ASTNode } from '@marcbachmann/cel-js';
import type { SignalUse } from '../../domain/service/condition.ts';
import { formatDuration, parseDuration } from '../../domain/text/duration.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { suggest } from '../did-you-mean.ts';
import type { TextProblem } from '../problem.ts';
import { maxWindowMs, minWindowMs } from '../windows.ts';
import { compareBudgetProblem } from './compare-budget.ts';
import { compareProblem } from './compare-problem.ts';
import { compareTextProblem } from './compare-text.ts';
import { constantOf } from './constant-of.ts';
import { budgetMethods, inspectBudgetUse } from './inspect-budget-use.ts';
import type { BudgetsByName, SignalKinds } from './signal-kinds.ts';

interface Inspection {
  readonly uses: readonly SignalUse[];
  readonly problems: readonly TextProblem[];
}

/**
 * Walks a condition before its types are checked. Only the part of CEL that a condition on signals needs is let through:
 * signals and their methods, numbers, arithmetic, comparisons and logic. So every window is known beforehand, and nothing
 * in a condition can fail but a missing reading.
 */
export function inspectCondition(ast: ASTNode, signals: SignalKinds, budgets: BudgetsByName | undefined): Inspection {
  const uses = new Map<string, SignalUse>();
  const problems: TextProblem[] = [];
  const names = [...signals.keys()];
  const refuse = (node: ASTNode, code: string, message: string, hint?: string): void => {
    problems.push({ code, within: spanOf(node), message, ...(hint === undefined ? {} : { hint }) });
  };

  const visit = (node: ASTNode): void => {
    switch (node.op) {
      case 'value':
        if (!['number', 'bigint', 'boolean', 'string'].includes(typeof node.args)) unsupported(node);
        return;
      case 'id':
        if (!signals.has(node.args))
          refuse(node, 'unknown-signal', `there is no signal \`${node.args}\``, suggest(node.args, names));
        return;
      case 'rcall':
        return visitMethod(node);
      case '!_':
      case '-_':
        return visit(node.args);
      case '?:':
      case '&&':
      case '||':
        for (const operand of node.args) visit(operand);
        return;
      case '+':
      case '-':
      case '*':
        for (const operand of node.args) visit(operand);
        if (Math.abs(constantOf(node) ?? 0) > Number.MAX_SAFE_INTEGER) {
          refuse(node, 'cel-number', 'this number is too large');
        }
        return;
      case '/':
        return visitFraction(node);
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '==':
      case '!=': {
        for (const operand of node.args) visit(operand);
        const problem =
          compareTextProblem(node.op, node.args) ??
          compareProblem(node.op, node.args, signals) ??
          compareBudgetProblem(node.op, node.args, budgets);
        if (problem !== undefined) problems.push(problem);
        return;
      }
      case '%':
      case '.':
      case '.?':
      case '[]':
      case '[?]':
      case 'call':
      case 'in':
      case 'list':
      case 'map':
        unsupported(node);
        return;
      default:
        // What macros turn into has names of its own.
        unsupported(node satisfies never);
    }
  };

  const unsupported = (node: ASTNode): void => {
    const called = node.op === 'call' ? node.args[0] : undefined;
    const first = node.op === 'call' ? node.args[1][0] : undefined;
    const signal = first?.op === 'id' && signals.has(first.args) ? first.args : undefined;
    refuse(
      node,
      'cel-unsupported',
      called === undefined
        ? 'this part of CEL has no place in a condition on signals'
        : `there is no function \`${called}\` here`,
      signal === undefined
        ? 'use signals, numbers, + - * /, comparisons, && || ! and ?:'
        : `write ${signal}.${called}("5m")`,
    );
  };

  const visitFraction = (node: ASTNode & { op: '/' }): void => {
    const [left, right] = node.args;
    visit(left);
    visit(right);
    const divisor = constantOf(right);
    if (divisor === undefined || divisor === 0) {
      // A gauge of 0 would make the quotient infinite or no number at all, which no condition can be decided on.
      refuse(right, 'cel-division', 'only a constant other than 0 may divide', 'divide in the PromQL of the signal');
    } else if (isWhole(left) && isWhole(right)) {
      const exact = (constantOf(left) ?? 0) / divisor;
      refuse(node, 'cel-division', 'CEL divides whole numbers without remainder', `write ${exact}`);
    }
  };

  const visitMethod = (node: ASTNode & { op: 'rcall' }): void => {
    const [method, receiver, args] = node.args;
    if (receiver.op !== 'id') return unsupported(node);
    const signal = receiver.args;
    const kind = signals.get(signal);
    if (kind === undefined) return visit(receiver);
    const budgetFold = kind === 'gauge' ? undefined : budgetMethods.get(method);
    if (budgetFold !== undefined) {
      const use = inspectBudgetUse(
        { node, method, fold: budgetFold, signal, args },
        budgets,
        (window) => checkWindow(node, method, window),
        refuse,
      );
      if (use !== undefined) uses.set(JSON.stringify(use), use);
      return;
    }
    const fold = (kind === 'gauge' ? gaugeFolds : shareFolds).find((candidate) => candidate === method);
    if (fold === undefined) {
      const message = `\`${signal}\` is ${kind === 'gauge' ? 'a gauge' : 'a share'}, which has no \`${method}\``;
      return refuse(
        node,
        'unknown-method',
        message,
        kind === 'gauge'
          ? budgetMethods.has(method)
            ? 'error budgets are those of signals that count events'
            : 'a gauge has over, max and min (of a window) and latest()'
          : (suggestMethod(method) ?? 'a share is read over a window: over("5m")'),
      );
    }
    const windowMs = fold === 'latest' ? checkNoArguments(node, args) : checkWindow(node, fold, args);
    const use: SignalUse = { signal, fold, ...(windowMs === undefined ? {} : { windowMs }) };
    uses.set(`${signal} ${fold} ${windowMs}`, use);
  };

  const checkNoArguments = (node: ASTNode, args: readonly ASTNode[]): undefined => {
    if (args.length > 0) refuse(args[0] ?? node, 'cel-window', '`latest` takes no window', 'write latest()');
  };

  const checkWindow = (node: ASTNode, fold: string, args: readonly ASTNode[]): number | undefined => {
    const [argument] = args;
    if (args.length !== 1 || argument === undefined) {
      refuse(node, 'cel-window', `\`${fold}\` takes one window`, `write ${fold}("5m")`);
      return undefined;
    }
    if (argument.op !== 'value' || typeof argument.args !== 'string') {
      refuse(argument, 'cel-window', 'a window is written out, as a text in quotes', `write ${fold}("5m")`);
      return undefined;
    }
    const windowMs = parseDuration(argument.args);
    if (windowMs === undefined) {
      refuse(argument, 'cel-window', `"${argument.args}" is no duration`, 'write one such as "30s", "5m" or "1h30m"');
    } else if (windowMs > maxWindowMs || windowMs < minWindowMs) {
      refuse(
        argument,
        'window-out-of-range',
        `a window is ${formatDuration(minWindowMs)} to ${formatDuration(maxWindowMs)} long`,
      );
    }
    return windowMs;
  };

  visit(ast);
  return { uses: [...uses.values()], problems };
}

/** For a slip of the keyboard in a method's name that only budgets have. */
function suggestMethod(method: string): string | undefined {
  const near = nearest(method, budgetMethods.keys());
  return near === undefined ? undefined : `did you mean ${near}?`;
}

function isWhole(node: ASTNode): boolean {
  return node.op === 'value' && typeof node.args === 'bigint';
}

const shareFolds = ['over'] as const;
const gaugeFolds = ['over', 'max', 'min', 'latest'] as const;

export function spanOf(node: ASTNode): { from: number; to: number } {
  return { from: node.range.start, to: node.range.end };
}
