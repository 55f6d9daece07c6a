/** One problem in a file, for the person who wrote it: where, what is wrong, and what to write instead. */
export interface Diagnostic {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** First column after the marked text, on the same line. */
  readonly endColumn?: number;
  readonly severity: 'error' | 'warning';
  /** Stable kebab-case name of the kind of problem. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** The source line; left out where it might show a secret. */
  readonly excerpt?: string;
}

/** Where something stands in a file. */
export type Position = Pick<Diagnostic, 'file' | 'line' | 'column' | 'endColumn' | 'excerpt'>;

/** A path inside a declaration, as in `['spec', 'signals', 'latency']`. */
export type DeclarationPath = readonly (string | number)[];

/** Orders by file, then line, then column. */
export function byPosition(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
