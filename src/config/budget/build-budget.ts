import { allowedShare } from '../../domain/budget/burn-rate.ts';
import type { BudgetMethod, ErrorBudget, Period } from '../../domain/budget/objective.ts';
import type { ErrorBudgetFile } from '../budget-file.ts';
import { show } from '../fields.ts';
import type { Report } from '../problem.ts';
import { unknownSignal } from '../service/build-target.ts';
import type { Part, ServiceParts } from '../service/read-parts.ts';
import { lowShareHint, readShare } from '../service/share.ts';
import { buildExclusion } from './build-exclusion.ts';
import { buildRuleWords } from './build-rule-words.ts';
import { buildTiers, nominalPeriodMs } from './build-tiers.ts';
import { checkExclusions } from './check-exclusions.ts';
import { checkSlices } from './check-slices.ts';
import { checkTiers } from './check-tiers.ts';
import { zoneOf } from './zone-of.ts';

/** Rule names are made of budget names, and may have 63 characters at most. */
const longestName = 48;
/** A budget with a tier on trial makes longer ones. */
const longestShadowName = longestName - '-shadow'.length;

/** The name that a budget goes by. */
export function budgetName({ name, signal }: Pick<ErrorBudgetFile, 'name' | 'signal'>): string {
  return name ?? signal;
}

/** Turns a declared budget into one of the domain; undefined when something in it is wrong, which is reported. `now`: ms. */
export function buildBudget(
  part: Part<ErrorBudgetFile>,
  lookup: Pick<ServiceParts, 'signals' | 'brokenSignals'>,
  report: Report,
  now?: number,
): ErrorBudget | undefined {
  let isSound = true;
  const tell: Report = (problem) => {
    isSound &&= problem.severity === 'warning';
    report(problem);
  };
  const { value: file, path } = part;
  checkSignal(part, lookup, tell);
  const name = budgetName(file);
  const hasShadow = file.burnRates.some((item) => typeof item !== 'string' && item.shadow);
  const longest = hasShadow ? longestShadowName : longestName;
  if (name.length > longest) {
    const own = file.name === undefined ? ', and this is also that of its signal' : '';
    const hint = file.name === undefined ? 'give the budget a `name` of its own' : 'give it a shorter `name`';
    const of = hasShadow ? 'a budget with a shadow tier' : 'a budget';
    const message = `the name of ${of} has at most ${longest} characters${own}`;
    tell({
      path: [...path, file.name === undefined ? 'signal' : 'name'],
      code: 'invalid-name',
      message,
      hint,
    });
  }
  const objective = buildObjective(part, tell);
  const period = buildPeriod(part, tell);
  const method = buildMethod(part, tell);
  const exclusions = file.exclude.flatMap(
    (each, index) => buildExclusion({ value: each, path: [...path, 'exclude', index] }, tell) ?? [],
  );
  if (period === undefined) return undefined;
  const tiers = buildTiers(file.burnRates, nominalPeriodMs(period), [...path, 'burnRates'], tell);
  const ruleWords = buildRuleWords(file.burnRates, [...path, 'burnRates'], tell);
  const shadowWords = buildRuleWords(file.burnRates, [...path, 'burnRates'], tell, true);
  if (objective === undefined || method === undefined) return undefined;
  const budget: ErrorBudget = {
    name,
    signal: file.signal,
    objective,
    period,
    method,
    minimumBad: file.minimumBad,
    tiers: tiers.map(({ value }) => value),
    ...(ruleWords === undefined ? {} : { ruleWords }),
    ...(shadowWords === undefined ? {} : { shadowWords }),
    exclusions,
  };
  // Who has mixed up share and percent gets told that, not what follows from it.
  if (lowShareHint(file.objective, objective) === undefined) checkTiers(budget, tiers, path, tell);
  checkSlices(budget, path, tell);
  if (exclusions.length === file.exclude.length) checkExclusions(budget, path, tell, now);
  return isSound ? budget : undefined;
}

function checkSignal(
  { value: { signal }, path }: Part<ErrorBudgetFile>,
  { signals, brokenSignals }: Pick<ServiceParts, 'signals' | 'brokenSignals'>,
  report: Report,
): void {
  const declared = signals.get(signal);
  const isGauge = declared === undefined ? brokenSignals.get(signal) === 'gauge' : declared.gauge !== undefined;
  if (isGauge) {
    report({
      path: [...path, 'signal'],
      code: 'budget-of-a-gauge',
      message: `\`${signal}\` is a gauge, and an error budget counts events`,
      hint: 'declare a ratio of good events, or a latency, and give that an objective',
    });
  } else if (declared === undefined && !brokenSignals.has(signal)) {
    report({ path: [...path, 'signal'], ...unknownSignal(signal, [...signals.keys()]) });
  }
}

function buildObjective({ value: file, path }: Part<ErrorBudgetFile>, report: Report): number | undefined {
  const at = [...path, 'objective'];
  const value = readShare(file.objective, at, report);
  if (value === undefined) return undefined;
  if (allowedShare(value) <= 0) {
    report({
      path: at,
      code: 'objective-without-budget',
      message: `an objective of ${show(file.objective)} leaves no error budget: the first error would break it for the whole period`,
      hint: 'take 99.9% or 99.99%; to hear of any error, write a rule such as success_rate.over("5m") < 1.0',
    });
    return undefined;
  }
  if (value === 0) {
    const message = 'an objective of 0 promises nothing';
    report({
      path: at,
      code: 'ratio-out-of-range',
      message,
      hint: 'an objective is the share of good events, as in 99.9%',
    });
    return undefined;
  }
  const low = lowShareHint(file.objective, value);
  if (low !== undefined) {
    const message = `with ${show(file.objective)} most events may be bad`;
    report({ path: at, severity: 'warning', code: 'low-bound', message, hint: low });
  } else if (value <= 0.1) {
    const good = Number((1 - value).toPrecision(12));
    const message = `with ${show(file.objective)} most events may be bad`;
    const hint = `an objective is the share of good events: did you mean ${good}?`;
    report({ path: at, severity: 'warning', code: 'low-bound', message, hint });
  }
  return value;
}

function buildPeriod({ value: { period }, path }: Part<ErrorBudgetFile>, report: Report): Period | undefined {
  if (typeof period === 'number') return { kind: 'rolling', ms: period };
  const { calendar: unit, timeZone } = period;
  const offsetAt = zoneOf(timeZone, [...path, 'period', 'timeZone'], report);
  return offsetAt === undefined ? undefined : { kind: 'calendar', unit, timeZone, offsetAt };
}

function buildMethod({ value: { method }, path }: Part<ErrorBudgetFile>, report: Report): BudgetMethod | undefined {
  if (method === 'occurrences') return { kind: 'occurrences' };
  const at = [...path, 'method'];
  const { timeslices, target, ratioTimeslices } = method;
  if ((timeslices === undefined) === (ratioTimeslices === undefined)) {
    const message = timeslices === undefined ? 'this method names no slices' : 'a budget counts slices in one way';
    report({ path: at, code: 'budget-method', message, hint: 'give exactly one of timeslices and ratioTimeslices' });
    return undefined;
  }
  if (ratioTimeslices !== undefined) {
    if (target === undefined) return { kind: 'ratio-timeslices', sliceMs: ratioTimeslices };
    const message = 'slices that count by their share need no target';
    report({
      path: [...at, 'target'],
      at: 'key',
      code: 'budget-method',
      message,
      hint: 'leave it out, or write timeslices',
    });
    return undefined;
  }
  if (timeslices === undefined) return undefined;
  if (target === undefined) {
    const message = 'slices that are good or bad as a whole need a target';
    report({
      path: at,
      code: 'budget-method',
      message,
      hint: 'add target: 95%, the share from which on a slice is good',
    });
    return undefined;
  }
  const share = readShare(target, [...at, 'target'], report, '95% or 0.95');
  if (share === 0) {
    const message = 'with a target of 0 every slice is good';
    report({ path: [...at, 'target'], code: 'ratio-out-of-range', message, hint: 'take a share such as 95%' });
    return undefined;
  }
  return share === undefined ? undefined : { kind: 'timeslices', sliceMs: timeslices, target: share };
}
