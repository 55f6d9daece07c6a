/**
 * Adds up static steps (one test each) and Jest's JSON results. `results` is undefined when Jest left none.
 * A run in which no Jest test ran has failed, whatever else passed.
 */
export function tally(steps, results, jestCode) {
  const passed = steps.filter((step) => step.code === 0).length;
  const broken = steps.length - passed;
  const ran = (results?.numPassedTests ?? 0) + (results?.numFailedTests ?? 0);
  // A suite that does not load fails no test of its own, and a coverage threshold fails none at all.
  const named = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  const unnamed = named === 0 && (jestCode !== 0 || ran === 0) ? 1 : 0;
  return {
    passed: passed + (results?.numPassedTests ?? 0),
    failed: broken + named + unnamed,
    skipped: (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0),
    ranNone: ran === 0,
  };
}

/** Suites that were left out with a reason, `… (did not run: why)`, each once. */
export function leftOut(results) {
  const skipped = (results?.testResults ?? [])
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'pending')
    .flatMap(({ ancestorTitles }) => ancestorTitles);
  return [...new Set(skipped)].filter((title) => title.includes('(did not run: '));
}

/** The closing line of a test run. */
export function closingLine({ passed, failed, skipped }) {
  return `Tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
