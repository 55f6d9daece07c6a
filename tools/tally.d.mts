/** The parts of Jest's JSON results that are counted. */
export interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults?: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly ancestorTitles: readonly string[] }[];
  }[];
}

export interface Total {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function tally(
  steps: readonly { readonly code: number }[],
  results: JestResults | undefined,
  jestCode: number,
): Total & { readonly ranNone: boolean };

export function leftOut(results: JestResults | undefined): readonly string[];

export function closingLine(total: Total): string;
