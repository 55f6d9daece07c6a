import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import { fill } from '../../../src/domain/budget/ledger.ts';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import type { BurnTier, ErrorBudget } from '../../../src/domain/budget/objective.ts';
import { evaluate, newServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { Step } from '../../../src/domain/reading/observation.ts';
import { stepsToRead } from '../../../src/domain/reading/step-plan.ts';
import { lookbackMs, timingFor } from '../../../src/domain/reading/timing.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { generateRules } from '../../../src/config/generate/generate-rules.ts';
import { renderRules } from '../../../src/config/generate/render-rules.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export const promtool = process.env['PROMTOOL_BIN'] ?? 'promtool';
export const run = promisify(execFile);

export const secondMs = 1000;
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A service with the given signals (YAML under `signals:`), and budgets that were made by hand. */
export function aService(signals: string, budgets: readonly ErrorBudget[], metadata = ''): Service {
  const text = `apiVersion: andon/v1
kind: Service
metadata: { name: shop${metadata} }
spec:
  signals:
${signals.replaceAll(/^(?=.)/gm, '    ')}
  endState: { summary: all is well, hold: 5m, targets: [{ signal: success_rate, atLeast: 99%, over: 5m }] }
`;
  const { services, diagnostics } = loadRules([{ path: 'shop.yaml', content: Buffer.from(text) }]);
  const [service] = services;
  if (service === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  return { ...service, budgets };
}

export const successRate = `success_rate:
  ratio: { bad: 'requests_total{job="shop",code=~"5.."}', total: 'requests_total{job="shop"}' }
`;

export function aBudget(given: Partial<ErrorBudget> = {}): ErrorBudget {
  return {
    name: 'success_rate',
    signal: 'success_rate',
    objective: 0.999,
    period: { kind: 'rolling', ms: 30 * dayMs },
    method: { kind: 'occurrences' },
    minimumBad: 1,
    tiers: [],
    exclusions: [],
    ...given,
  };
}

export function rulesOf(services: readonly Service[], maxGroupSize = 20): string {
  const { services: made } = generateRules(services, () => undefined, { version: '0.0.0', maxGroupSize });
  return renderRules(made);
}

/** Rules without the records that no alert reads, for a test of alerts that evaluates them many times. */
export function alertsAndWhatTheyRead(rules: string): string {
  interface Rule {
    readonly record?: string;
    readonly alert?: string;
    readonly expr: string;
  }
  const { groups } = parse(rules) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  const all = groups.flatMap((group) => group.rules);
  const kept = new Set(all.filter(({ alert }) => alert !== undefined));
  // The set grows on the way, and so what is read by what is read is kept too.
  for (const { expr } of kept)
    for (const rule of all) if (rule.record !== undefined && expr.includes(rule.record)) kept.add(rule);
  const left = groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => kept.has(rule)) }));
  return stringify({ groups: left.filter((group) => group.rules.length > 0) }, { lineWidth: 0 });
}

/** A counter as it is scraped: its value at each scrape, undefined where there is none. */
export interface ScrapedSeries {
  readonly series: string;
  readonly values: readonly (number | undefined)[];
  /** Which events it counts; absent for series that only the rules look at. */
  readonly counts?: 'good' | 'bad';
  /** For how many scrapes a series that went is still shown, as one is of a target under other labels. */
  readonly lingers?: number;
}

export interface Scenario {
  readonly scrapeMs: number;
  readonly evaluateMs: number;
  readonly budget: ErrorBudget;
  readonly series: readonly ScrapedSeries[];
}

/**
 * When each instant of evaluation fires by Andon's own evaluator, which polls a source that holds the same series at each
 * scrape: ms since the first one.
 */
export function firesByAndon({ scrapeMs, evaluateMs, budget, series }: Scenario, tier: BurnTier): readonly number[] {
  const counted = series.filter((each) => each.counts !== undefined);
  const scrapes = Math.max(...series.map(({ values }) => values.length));
  const timing = timingFor(scrapeMs);
  const declared = { ...budget, tiers: [tier] };
  const service: Service = { ...aService(successRate, [declared]), rules: budgetRules([declared]) };
  const book = new BudgetBook(service);
  const events = counted.map(({ values }) => increases(values, (scrape) => isAnyKnown(counted, scrape)));
  const fired: number[] = [];
  let state = newServiceState;
  let newest = -Infinity;
  for (let scrape = 1; scrape < scrapes; scrape += 1) {
    const now = origin + scrape * scrapeMs;
    if (isAnyKnown(counted, scrape)) newest = now;
    const steps = stepsToRead(state.ledgers.get(budget.signal), now, timing).map(({ from, to }): Step => {
      const first = Math.floor((from - origin) / scrapeMs) + 1;
      const sum = (counts: 'good' | 'bad'): number =>
        counted.reduce((total, each, index) => {
          if (each.counts !== counts) return total;
          const inside = events[index]?.slice(Math.max(0, first), (to - origin) / scrapeMs + 1) ?? [];
          return total + inside.reduce((all, one) => all + one, 0);
        }, 0);
      const [good, bad] = [sum('good'), sum('bad')];
      return { from, to, good, total: good + bad };
    });
    const group = { group: {}, newestSampleAt: newest, oldestSampleAt: newest, steps, numeratorSeen: true };
    const seen = [
      { kind: 'counted' as const, signal: budget.signal, groups: newest > now - lookbackMs ? [group] : [] },
    ];
    book.feed(seen, state, now, scrapeMs);
    // The step of a first poll is left to be filled from the past.
    if (scrape === 1) for (const { ledger } of book.entries()) fill(ledger, steps);
    const evaluation = evaluate(service, state, seen, now, timing, book.readings());
    state = evaluation.state;
    if ((scrape * scrapeMs) % evaluateMs !== 0) continue;
    if (evaluation.scopes[0]?.rules[0]?.truth.kind === 'true') fired.push(now - origin);
  }
  return fired;
}

function isAnyKnown(series: readonly ScrapedSeries[], scrape: number): boolean {
  return series.some(({ values }) => values[scrape] !== undefined);
}

/** What was counted since the scrape before, for each scrape. */
function increases(values: ScrapedSeries['values'], isKnownAt: (scrape: number) => boolean): readonly number[] {
  return values.map((_, scrape) => increase(values, scrape, scrape > 0 && isKnownAt(scrape - 1)));
}

/**
 * As a source counts: a counter that was reset counts from zero, one that comes back counts what is new since it was last
 * seen, and a new one of a target that was scraped before counts from zero.
 */
function increase(values: ScrapedSeries['values'], scrape: number, isKnown: boolean): number {
  const now = values[scrape];
  if (now === undefined) return 0;
  const before = values.slice(0, scrape).findLast((value) => value !== undefined);
  if (before === undefined) return isKnown ? now : 0;
  return now >= before ? now - before : now;
}

/** Slots begin at whole minutes since the epoch; any instant will do that is one. */
const origin = 1_700_000_400_000;

export interface Expectation {
  readonly atMs: number;
  readonly expr: string;
  readonly value: number;
}

/** Lets promtool evaluate rules on series, and hold what comes out against expectations. Resolves with what it complains of. */
export async function askPromtool(
  rules: string,
  { scrapeMs, evaluateMs, series }: Pick<Scenario, 'scrapeMs' | 'evaluateMs' | 'series'>,
  expected: readonly Expectation[],
): Promise<string> {
  await using folder = await temporaryDirectory();
  await writeFile(join(folder.path, 'rules.yml'), rules);
  const test = {
    rule_files: ['rules.yml'],
    evaluation_interval: `${evaluateMs}ms`,
    group_eval_order: [...rules.matchAll(/^ {2}- name: (.*)$/gm)].map(([, name]) => name),
    tests: [
      {
        interval: `${scrapeMs}ms`,
        input_series: series.map((each) => ({ series: each.series, values: notation(each) })),
        promql_expr_test: expected.map(({ atMs, expr, value }) => ({
          expr,
          eval_time: `${atMs}ms`,
          exp_samples: [{ labels: '{}', value }],
        })),
      },
    ],
  };
  const file = join(folder.path, 'test.yml');
  await writeFile(file, stringify(test, { lineWidth: 0, aliasDuplicateObjects: false }));
  try {
    // It makes much garbage and holds little: collecting it less often is a tenth of the work.
    const env = { ...process.env, GOGC: '400' };
    await run(promtool, ['test', 'rules', file], { maxBuffer: 1e8, timeout: 60_000, env });
    return '';
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? `${String(error.stdout)}${error.message}` : String(error);
  }
}

/** Runs of equal steps are written as `1+2x30`: a value and how often it grows by how much. */
function notation({ values, lingers = 0 }: ScrapedSeries): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length;) {
    const first = values[at];
    let end = at + 1;
    if (first === undefined) {
      while (end < values.length && values[end] === undefined) end += 1;
      // Prometheus marks a series that is not scraped any more as stale.
      const shown = at === 0 ? end - at : Math.min(lingers, end - at);
      if (shown > 0) parts.push(`_x${shown}`);
      if (end - at > shown) parts.push('stale');
      if (end - at > shown + 1) parts.push(`_x${end - at - shown - 1}`);
    } else {
      const growth = (values[end] ?? NaN) - first;
      while (end < values.length && (values[end] ?? NaN) - (values[end - 1] ?? NaN) === growth) end += 1;
      if (end - at === 1) parts.push(`${first}`);
      else parts.push(`${first}${growth < 0 ? '' : '+'}${growth}x${end - at - 1}`);
    }
    at = end;
  }
  return parts.join(' ');
}

/** A counter's values, from what it counts in each scrape interval. */
export function counter(scrapes: number, countedIn: (scrape: number) => number): readonly number[] {
  const values: number[] = [];
  let value = 0;
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    value += countedIn(scrape);
    values.push(value);
  }
  return values;
}

/** How many alerts fire, of those that matchers choose. */
export const firing = (matchers: string): string => `count(ALERTS{alertstate="firing",${matchers}}) or vector(0)`;
