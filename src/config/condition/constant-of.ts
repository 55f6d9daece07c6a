import type { ASTNode } from '@marcbachmann/cel-js';

/** The number a literal expression stands for; undefined when it depends on a signal or is no number. */
export function constantOf(node: ASTNode): number | undefined {
  if (node.op === 'value') {
    return typeof node.args === 'number' || typeof node.args === 'bigint' ? Number(node.args) : undefined;
  }
  if (node.op === '-_') {
    const inner = constantOf(node.args);
    return inner === undefined ? undefined : -inner;
  }
  if (node.op !== '+' && node.op !== '-' && node.op !== '*' && node.op !== '/') return undefined;
  const left = constantOf(node.args[0]);
  const right = constantOf(node.args[1]);
  return left === undefined || right === undefined ? undefined : calculate(node.op, left, right);
}

function calculate(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}
