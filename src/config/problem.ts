import type { DeclarationPath } from '../domain/text/diagnostic.ts';

/** What is wrong, before anyone knows the line: where it stands in the declaration rather than in the file. */
export interface Problem {
  readonly path: DeclarationPath;
  /** Marks the key rather than the value. */
  readonly at?: 'key' | 'value';
  /** Marks a part of a text value: offsets into the value. */
  readonly within?: Span;
  /** Default: error. */
  readonly severity?: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A problem inside one text, such as an expression. */
export type TextProblem = Pick<Problem, 'severity' | 'code' | 'message' | 'hint'> & { readonly within: Span };

export type Report = (problem: Problem) => void;
