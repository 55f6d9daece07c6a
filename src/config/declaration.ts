import { isScalar, type Document } from 'yaml';
import type { DeclarationPath, Diagnostic, Position } from '../domain/text/diagnostic.ts';
import type { Problem } from './problem.ts';
import type { SourceText } from './source-text.ts';
import { sourceOffset } from './text-offset.ts';
import { toValue } from './yaml-value.ts';

/** One YAML document: its data, and where each part of it stands. */
export interface Declaration {
  readonly value: unknown;
  /** False when aliases lead nowhere, so that parts of the data are missing. */
  readonly complete: boolean;
  readonly faults: readonly Diagnostic[];
  locate(path: DeclarationPath, at?: 'key' | 'value'): Position;
  /** Locates once it is asked to; keeps neither data nor syntax tree until then. */
  locateLater(path: DeclarationPath): () => Position;
  diagnose(problem: Problem): Diagnostic;
}

export function openDeclaration(source: SourceText, document: Document.Parsed): Declaration {
  const yaml = toValue(document);
  const { value, faults } = yaml;
  const locate = (path: DeclarationPath, at: 'key' | 'value' = 'value', within?: Problem['within']): Position => {
    const { from, to, node } = yaml.find(path, at);
    if (within === undefined || !isScalar(node) || typeof node.value !== 'string') return source.position(from, to);
    const raw = source.text.slice(from, to);
    const text = node.value;
    const end = Math.max(within.from, within.to - 1);
    return source.position(
      from + sourceOffset(raw, text, within.from),
      from + sourceOffset(raw, text, end) + (within.to > within.from ? 1 : 0),
    );
  };
  return {
    value,
    complete: !faults.some(({ code }) => code.includes('alias')),
    faults: faults.map(({ from, to, code, message, hint }) => ({
      ...source.position(from, to),
      severity: 'error',
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
    locate: (path, at) => locate(path, at),
    locateLater: (path) => always(locate(path)),
    diagnose: ({ path, at, within, severity = 'error', code, message, hint }) => ({
      ...locate(path, at, within),
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    }),
  };
}

/** A function of its own, so that what it returns does not hold the syntax tree. */
function always(position: Position): () => Position {
  return () => position;
}
