import { byPosition, type DeclarationPath, type Diagnostic, type Position } from '../../domain/text/diagnostic.ts';
import type { CounterTerm, LatencySignal, RatioSignal, Service, Signal } from '../../domain/service/service.ts';
import { checkDeployment } from './check-deployment.ts';
import { checkFalseAlarms } from './check-false-alarms.ts';
import { checkGroupCount } from './check-group-count.ts';
import { checkMetricTypes, rememberTypes, type TypeOf } from './check-metric-types.ts';
import { checkPartOfTotal } from './check-part-of-total.ts';
import { checkRecorded } from './check-recorded.ts';
import { checkThreshold } from './check-threshold.ts';
import { sourceFailed, type Finding } from './live-finding.ts';
import type { Inspector } from '../ports/inspector.ts';

/** Series looked at for one selector; enough to see its labels, few enough for a large source. */
const seriesLimit = 1000;
/** Signals under way at once. */
const concurrency = 4;

export type Locate = (service: string, path: DeclarationPath) => Position | undefined;

/**
 * Holds rules against a live source: does each selector match anything, does the threshold have its bucket, does `good` let
 * failures through or what `total` does not count, is each metric of the type it is taken for, are there more groups than are
 * judged, are the series there in which changes are to be seen, would a budget's tiers fire by chance at the traffic there is,
 * are the series recorded that budgets come from. What the source fails to say is an error, once for each cause; it never rejects.
 */
export async function checkLive(
  services: readonly Service[],
  inspector: Inspector,
  locate: Locate,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const typeOf = rememberTypes(inspector);
  const queue = services.flatMap((service): readonly LiveCheck[] => [
    ...service.signals.map((each) => ({
      service: service.name,
      path: ['spec', 'signals', each.name],
      run: () => checkSignal(each, inspector, typeOf, signal),
    })),
    ...deploymentChecks(service, inspector, signal),
    // A service with budgets is built when all of them are, so they stand here as in the file.
    ...service.budgets.map((each, index) => ({
      service: service.name,
      path: ['spec', 'errorBudgets', index],
      run: async () => [
        ...(await checkFalseAlarms(service, each, inspector, signal)),
        ...(await checkRecorded(service, each, inspector, signal)),
      ],
    })),
  ]);
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      const { service, path, run } = next;
      for (const finding of await run()) {
        const position = locate(service, [...path, ...finding.path]);
        diagnostics.push({ ...(position ?? { file: service, line: 1, column: 1 }), ...finding.said });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return onceEach(diagnostics);
}

/** One trouble of the source is told once, at the first place that it kept from being checked. */
function onceEach(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, number>();
  for (const { code, message } of diagnostics) {
    if (code === 'live-not-checked') seen.set(message, (seen.get(message) ?? 0) + 1);
  }
  return [...diagnostics].sort(byPosition).flatMap((each) => {
    if (each.code !== 'live-not-checked') return [each];
    const count = seen.get(each.message);
    seen.delete(each.message);
    if (count === undefined) return [];
    return [count === 1 ? each : { ...each, message: `${each.message} (as ${count - 1} more)` }];
  });
}

/** What is to be asked about one part of a service; the paths of what is found start at that part. */
interface LiveCheck {
  readonly service: string;
  readonly path: DeclarationPath;
  readonly run: () => Promise<readonly Finding[]>;
}

function deploymentChecks({ name, changes }: Service, inspector: Inspector, signal: AbortSignal): readonly LiveCheck[] {
  const place = changes?.seenIn;
  if (place === undefined) return [];
  const run = async (): Promise<readonly Finding[]> => await checkDeployment(place, inspector, signal);
  return [{ service: name, path: ['spec', 'changes', 'seenIn'], run }];
}

async function checkSignal(
  signal: Signal,
  inspector: Inspector,
  typeOf: TypeOf,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await checkSelectors(signal, inspector, abort);
  // Of what is not there, or does not answer, nothing more is to be learnt.
  if (found.some(({ said }) => said.code === 'live-not-checked' || said.code === 'live-no-series')) return found;
  return [
    ...found,
    ...(signal.kind === 'ratio' ? await checkPartOfTotal(signal, seriesLimit, inspector, abort) : []),
    ...(await checkMetricTypes(signal, typeOf, abort)),
    ...(await checkGroupCount(signal, inspector, abort)),
  ];
}

async function checkSelectors(signal: Signal, inspector: Inspector, abort: AbortSignal): Promise<readonly Finding[]> {
  switch (signal.kind) {
    case 'ratio':
      return [
        ...(await checkNumerator(signal, inspector, abort)),
        ...(await checkMatches(signal.totalTerms.map(selectorOf), ['ratio', 'total'], inspector, abort)),
      ];
    case 'latency':
      return checkHistogram(signal, inspector, abort);
    case 'gauge':
      return checkMatches(signal.selectors, ['gauge', 'query'], inspector, abort);
  }
}

async function checkNumerator(
  signal: RatioSignal,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const path = ['ratio', signal.numerator];
  const findings: Finding[] = [];
  for (const term of signal.numeratorTerms) {
    const asked = await inspector.series(term.selector, seriesLimit, abort);
    if (asked.kind === 'failed') return [...findings, sourceFailed(path, asked.failure.detail)];
    // No failure yet is how a bad counter should look; good events that were never seen are suspicious.
    if (asked.series.length === 0 && signal.numerator === 'good') findings.push(noSeries(path, term.selector));
    const failures = signal.numerator === 'good' && term.sign === 1 ? failuresIn(asked.series) : undefined;
    if (failures === undefined || isSubtracted(signal, failures)) continue;
    findings.push({
      path,
      said: {
        severity: 'error',
        code: 'live-good-counts-failures',
        message: `\`good\` also counts failures: it matches series with ${failures.label}="${failures.value}"`,
        hint: `leave them out: ${failures.label}!~"5.."`,
      },
    });
  }
  return findings;
}

interface FailureLabel {
  readonly label: string;
  readonly value: string;
}

/** The first label that says a series counts server errors. */
function failuresIn(series: readonly Readonly<Record<string, string>>[]): FailureLabel | undefined {
  for (const labels of series) {
    for (const label of [
      'code',
      'status',
      'status_code',
      'http_status_code',
      'http_response_status_code',
      'response_code',
    ]) {
      const value = labels[label];
      if (value !== undefined && /^5(?:\d\d|xx)$/i.test(value)) return { label, value };
    }
  }
  return undefined;
}

/** True when the failures that one term lets in are taken out again by another, as in `all - failed`. */
function isSubtracted(signal: RatioSignal, { label }: FailureLabel): boolean {
  return signal.numeratorTerms.some((term) => term.sign === -1 && term.selector.includes(label));
}

async function checkHistogram(
  signal: LatencySignal,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const path = ['latency', 'histogram'];
  const findings = await checkMatches(signal.totalTerms.map(selectorOf), path, inspector, abort);
  if (signal.native || findings.length > 0) return findings;
  return await checkThreshold(signal, inspector, abort);
}

async function checkMatches(
  selectors: readonly string[],
  path: DeclarationPath,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const selector of selectors) {
    const asked = await inspector.series(selector, 1, abort);
    if (asked.kind === 'failed') return [...findings, sourceFailed(path, asked.failure.detail)];
    if (asked.series.length === 0) findings.push(noSeries(path, selector));
  }
  return findings;
}

function noSeries(path: DeclarationPath, selector: string): Finding {
  return {
    path,
    said: {
      severity: 'error',
      code: 'live-no-series',
      message: `no series matches ${selector}`,
      hint: 'check the spelling of the metric and its labels, and whether the job is scraped',
    },
  };
}

function selectorOf(term: CounterTerm): string {
  return term.selector;
}
