import { budgetText } from '../app/budgets/budget-text.ts';
import { exclusionLines } from '../app/budgets/exclusion-text.ts';
import { serviceJson } from '../app/views/service-json.ts';
import type { ScopeView, ServiceView } from '../app/views/service-view.ts';
import { formatDuration } from '../domain/text/duration.ts';
import { groupText } from '../domain/service/group.ts';
import { describeInterval, describeTarget, describeValue, signalWords } from '../domain/reading/verdict-text.ts';
import { formatTable } from './format-table.ts';
import { createPaint, paintWord, type Paint } from './paint.ts';
import { printableLine } from './printable.ts';

export interface ViewOptions {
  readonly colors: boolean;
  /** Columns of the terminal; absent where the output goes elsewhere. */
  readonly width?: number | undefined;
}

/** A snapshot of services, as tables for people or in the shape of `GET /api/v1/services` for programs. */
export function renderViews(
  services: readonly ServiceView[],
  output: 'text' | 'json',
  { colors, width }: ViewOptions,
): string {
  if (output === 'json') return `${JSON.stringify({ services: services.map(serviceJson) }, undefined, 2)}\n`;
  return renderText(services, createPaint(colors), width);
}

/** Each target with its value, bound and verdict, then each rule that is not quiet, then what is in the way. */
function renderText(services: readonly ServiceView[], paint: Paint, width: number | undefined): string {
  if (services.length === 0) return 'No service.\n';
  const targets = services.flatMap((view) => view.scopes.flatMap((scope) => targetRows(view.service, scope, paint)));
  const rules = services.flatMap((view) => view.scopes.flatMap((scope) => ruleRows(view.service, scope, paint)));
  const budgets = services.flatMap((view) => budgetRows(view, paint));
  const exclusions = services.flatMap(({ service, budgets: views }) =>
    exclusionLines(views).map((line) => `${printableLine(`${service}, ${line}`)}\n`),
  );
  const problems = services.flatMap(({ service, problems }) =>
    problems.map(({ reason, detail }) => `${paint.yellow(reason)}  ${printableLine(`${service}: ${detail}`)}\n`),
  );
  const unseen = services
    .filter(({ scopes }) => scopes.length === 0)
    .map(({ service }) => `${printableLine(service)}: nothing has been evaluated\n`);
  return [
    targets.length === 0
      ? ''
      : table(['SERVICE', 'GROUP', 'TARGET', 'OVER', 'NOW', 'BOUND', 'VERDICT', 'REASON'], targets, paint, width),
    rules.length === 0 ? '' : `\n${table(['SERVICE', 'GROUP', 'RULE', 'STATE', 'CONDITION'], rules, paint, width)}`,
    budgets.length === 0
      ? ''
      : `\n${table(['SERVICE', 'GROUP', 'BUDGET', 'OBJECTIVE', 'LEFT', 'GOOD', 'BURN RATE', 'LASTS', 'COVERAGE', 'REASON'], budgets, paint, width)}`,
    exclusions.length === 0 ? '' : `\nLeft out of error budgets:\n${exclusions.join('')}`,
    services.some(hasPendingRule)
      ? '\nA pending rule is true now, and stops the line once it has been so for its `for`, which `evaluate` does not wait out.\n'
      : '',
    problems.length === 0 ? '' : `\n${problems.join('')}`,
    ...unseen,
  ].join('');
}

function hasPendingRule({ scopes }: ServiceView): boolean {
  return scopes.some(({ rules }) => rules.some(({ state }) => state === 'pending'));
}

function targetRows(service: string, scope: ScopeView, paint: Paint): readonly (readonly string[])[] {
  return scope.targets.map((verdict) => {
    const { target, reading } = verdict;
    return [
      printableLine(service),
      groupText(verdict.group ?? scope.group) || '-',
      printableLine(signalWords(target.signal)),
      target.overMs === undefined ? 'newest' : formatDuration(target.overMs),
      reading.kind === 'value' ? describeValue(verdict, reading) : '-',
      describeTarget(verdict),
      paintWord(paint, verdict.verdict),
      reading.kind === 'value'
        ? (describeInterval(verdict) ?? '')
        : printableLine(`${reading.reason}: ${reading.detail}`),
    ];
  });
}

function budgetRows({ service, budgets }: ServiceView, paint: Paint): readonly (readonly string[])[] {
  return budgets.map((view) => {
    const { objective, left, success, burn, lasts, coverage, why, known, excludedNow, estimated } = budgetText(view);
    const { reading } = view;
    const isGood = reading.kind === 'value' && view.excludedNow === undefined;
    return [
      printableLine(service),
      groupText(view.group) || '-',
      printableLine(signalWords(view.budget)),
      printableLine(objective),
      reading.kind === 'value' && reading.remaining <= 0
        ? paint.red(left)
        : isGood
          ? paint.green(left)
          : paint.yellow(left),
      success,
      burn,
      lasts,
      coverage,
      printableLine([excludedNow, why, known, estimated].filter((text) => text !== '').join('; ')),
    ];
  });
}

function ruleRows(service: string, scope: ScopeView, paint: Paint): readonly (readonly string[])[] {
  return scope.rules
    .filter(({ state }) => state !== 'inactive')
    .map(({ rule, state, condition, shadow }) => [
      printableLine(service),
      groupText(scope.group) || '-',
      printableLine(rule),
      `${paintWord(paint, state)}${shadow === true ? ' (shadow)' : ''}`,
      printableLine(condition),
    ]);
}

function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width: number | undefined,
): string {
  return formatTable(
    heads.map((head) => ({ head: paint.bold(head) })),
    rows,
    width,
  );
}
