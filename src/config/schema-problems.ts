import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import * as z from 'zod';
import type { DeclarationPath } from '../domain/text/diagnostic.ts';
import { suggest } from './did-you-mean.ts';
import { foreignKeyHint } from './foreign-keys.ts';
import { show } from './fields.ts';
import type { Problem } from './problem.ts';
import { knownKeys, schemaAt } from './schema-walk.ts';
import { valueAt } from './value-at.ts';

/** What a schema has to say against a value, in words for its author. `base` is where the value stands in the document. */
export function schemaProblems(
  schema: $ZodType,
  value: unknown,
  issues: readonly $ZodIssue[],
  base: DeclarationPath = [],
): readonly Problem[] {
  return issues.flatMap((issue) =>
    issueProblems(schema, value, issue).map((problem) => ({ ...problem, path: [...base, ...problem.path] })),
  );
}

function issueProblems(schema: $ZodType, root: unknown, issue: $ZodIssue): readonly Problem[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemaAt(schema, path));
    return issue.keys.map((key) => unknownKey(path, key, known));
  }
  if (value === undefined && path.length > 0 && issue.code !== 'custom') return [missingKey(schema, path)];
  const [message = '', hint] = issue.message.split('\n');
  const problem = (code: string, said = message, remedy = hint): Problem => ({
    path,
    code,
    message: said,
    ...(remedy === undefined ? {} : { hint: remedy }),
  });
  switch (issue.code) {
    case 'invalid_type':
      return [
        problem(
          'wrong-type',
          message.startsWith('expected') ? message : `expected ${typeWord(issue.expected)}, got ${show(value)}`,
        ),
      ];
    case 'invalid_value': {
      const values = issue.values.map(String);
      return [
        problem('invalid-value', `expected ${values.join(' or ')}, got ${show(value)}`, suggestOnly(value, values)),
      ];
    }
    case 'invalid_key':
      return [{ ...problem('invalid-name', ...splitMessage(issue.issues[0]?.message)), at: 'key' }];
    case 'invalid_union':
      return unionProblems(schema, root, issue, path, value);
    case 'custom':
      return [problem(typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'invalid-value')];
    case 'invalid_format':
    case 'too_small':
    case 'too_big':
    case 'not_multiple_of':
    case 'invalid_element':
      return [problem('invalid-value')];
  }
}

function splitMessage(text = ''): [string, string | undefined] {
  const [message = '', hint] = text.split('\n');
  return [message, hint];
}

function unknownKey(path: DeclarationPath, key: string, known: readonly string[]): Problem {
  const hint =
    key === '<<'
      ? 'merge keys are not supported; write the keys out'
      : (foreignKeyHint(key, known) ?? suggest(key, known));
  return {
    path: [...path, key],
    at: 'key',
    code: 'unknown-key',
    message: `\`${key}\` is no key that is known here`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function missingKey(schema: $ZodType, path: DeclarationPath): Problem {
  const field = schemaAt(schema, path);
  const description = field && z.globalRegistry.get(field as z.ZodType)?.description;
  const hint = description?.split(/(?<=\.) /)[0];
  return {
    path,
    code: 'missing-key',
    message: `\`${path.at(-1)}\` is missing`,
    ...(hint === undefined ? {} : { hint: `${path.at(-1)}: ${hint}` }),
  };
}

/** Speaks about the one alternative that the author seems to have meant. */
function unionProblems(
  schema: $ZodType,
  root: unknown,
  issue: Extract<$ZodIssue, { code: 'invalid_union' }>,
  path: DeclarationPath,
  value: unknown,
): readonly Problem[] {
  const meant = issue.errors.filter(
    (branch) =>
      !branch.some((inner) => inner.path.length === 0 && ['invalid_type', 'invalid_value'].includes(inner.code)),
  );
  const branch = meant.length === 1 ? meant[0] : undefined;
  if (branch !== undefined) {
    return branch.flatMap((inner) => issueProblems(schema, root, { ...inner, path: [...path, ...inner.path] }));
  }
  const words = issue.errors.flatMap((alternatives) =>
    alternatives.flatMap((inner) =>
      inner.code === 'invalid_value'
        ? inner.values.map(String)
        : inner.code === 'invalid_type'
          ? [typeWord(inner.expected)]
          : [],
    ),
  );
  const message = issue.message.startsWith('expected') ? issue.message : `expected ${words.join(' or ')}`;
  return [{ path, code: 'wrong-type', message: `${message}, got ${show(value)}` }];
}

function suggestOnly(value: unknown, values: readonly string[]): string | undefined {
  const hint = typeof value === 'string' && values.length > 1 ? suggest(value, values) : undefined;
  return hint?.startsWith('did you mean') === true ? hint : undefined;
}

function typeWord(expected: string): string {
  switch (expected) {
    case 'object':
    case 'record':
      return 'a mapping';
    case 'array':
      return 'a list';
    case 'string':
      return 'a text';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return expected;
  }
}
