import * as z from 'zod';
import { formatDuration, parseDuration } from '../domain/text/duration.ts';
import { duration, durationKind, httpUrl, labels, show, text } from './fields.ts';
import { valueKinds } from './value-kinds.ts';
import { maxPeriodMs, maxSliceMs, maxWindowMs, minPeriodMs, minSliceMs, minWindowMs } from './windows.ts';

const share = (expected: string) =>
  z
    .union([z.number(), text({ expected, maxLength: 40 })], { error: `expected ${expected}` })
    .register(valueKinds, { word: 'share' });

const timeZone = () =>
  text({ expected: 'a time zone such as Europe/Berlin', maxLength: 64 })
    .default('UTC')
    .describe('Time zone by its IANA name, as in `Europe/Berlin`. An offset such as `+02:00` knows no summer time.');

const calendarUnits = ['week', 'month', 'quarter', 'year'] as const;
const monthHint = 'write 30d, or { calendar: month }';

/** A duration, with a word for those who mean a month: in other tools `m` or `M` is one. */
const rollingPeriod = () =>
  z
    .string({ error: ({ input }) => `expected a period such as 30d, got ${show(input)}\n${monthHint}` })
    .meta({ pattern: '^(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$', minLength: 2 })
    .transform((value, context) => {
      const ms = parseDuration(value);
      const refuse = (code: string, message: string): never => {
        context.issues.push({ code: 'custom', input: value, message, params: { code } });
        return z.NEVER;
      };
      if (ms === undefined) {
        const unit = calendarUnits.find((each) => each === value.toLowerCase());
        const meant = unit === undefined ? '' : `\ndid you mean { calendar: ${unit} }?`;
        const hint = /^\d+ *(?:M|mo|mon|months?|q|quarters?|y|years?)$/i.test(value)
          ? `\n${calendarHint(value)}`
          : meant;
        return refuse('invalid-duration', `expected a period such as 30d, got ${show(value)}${hint}`);
      }
      if (ms < minPeriodMs) {
        const hint = /^\d{1,2}m$/.test(value) ? `\n\`m\` is minutes: ${monthHint}` : '';
        return refuse('duration-out-of-range', `a period is at least ${formatDuration(minPeriodMs)}${hint}`);
      }
      if (ms > maxPeriodMs)
        return refuse('duration-out-of-range', `a period is at most ${formatDuration(maxPeriodMs)}`);
      return ms;
    })
    .register(valueKinds, durationKind(minPeriodMs, maxPeriodMs));

function calendarHint(written: string): string {
  const [, count, unit = ''] = /^(\d+) *([a-z])/i.exec(written) ?? [];
  switch (unit.toLowerCase()) {
    case 'q':
      return 'write 90d, or { calendar: quarter }';
    case 'y':
      return 'write 365d, or { calendar: year }';
    default:
      return count === '1'
        ? monthHint
        : `write ${Number(count) * 30}d, or a calendar period such as { calendar: month }`;
  }
}

const BurnRateFile = z.strictObject({
  severity: z
    .enum(['page', 'ticket'])
    .describe('What it does when it fires. Without `budget` and `over` it is the preset of that name.'),
  budget: share('a share of the budget such as 2%')
    .optional()
    .describe(
      "Share of the period's budget that is gone when it fires at a steady burn: `2%`. The factor follows from it.",
    ),
  over: duration({ min: minWindowMs, max: maxWindowMs, what: 'a window' })
    .optional()
    .describe('The long window, in which that share is spent.'),
  short: duration({ min: minWindowMs, max: maxWindowMs, what: 'a window' })
    .optional()
    .describe(
      'The short window, which must burn as fast, so that it ends soon after the errors do. Default: `over` ÷ 12.',
    ),
  labels: labels()
    .default({})
    .describe('Labels handed on with the page. Those of all tiers of a severity are put together: they make one rule.'),
  summary: text({ expected: 'a text' })
    .optional()
    .describe('One line for whoever is paged. Default: which budget burns, and how fast.'),
  runbook: httpUrl().optional().describe('Runbook of the rule, where it differs from the one of the service.'),
  shadow: z
    .boolean({ error: ({ input }) => `expected true or false, got ${show(input)}` })
    .default(false)
    .describe(
      'True for a tier on trial: it only records what it would have stopped. Those of a severity make a rule of their own.',
    ),
});
export type BurnRateFile = z.infer<typeof BurnRateFile>;

const clockOrInstant = (what: string) =>
  text({
    expected: 'an instant such as 2026-11-01T22:00:00Z, or with `every` a time of day such as 02:00',
    pattern: /^(?:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))$/,
    hint: 'a time of day has four digits, 02:07; an instant says its offset from UTC: a Z, or as in +02:00',
  })
    .register(valueKinds, { word: 'instant or time of day' })
    .describe(what);

/** A stretch of time, once or each week. */
export const ExclusionFile = z.strictObject({
  from: clockOrInstant('When it begins: an instant, `2026-11-01T22:00:00Z`; with `every` a time of day, `02:00`.'),
  to: clockOrInstant(
    'When it ends, as `from`. A time of day at or before `from` lies on the next day; `24:00` is midnight.',
  ),
  because: text({ expected: 'a text', maxLength: 200 }).describe('Why it leaves the budget, for people.'),
  every: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), {
      error: 'expected a list of days such as [sun]',
    })
    .min(1, 'expected at least one day')
    .optional()
    .describe('Days of the week on which it begins, where it comes again each week.'),
  timeZone: text({ expected: 'a time zone such as Europe/Berlin', maxLength: 64 })
    .optional()
    .describe('Time zone of the times of day, by its IANA name; only with `every`. Default `UTC`.'),
});
export type ExclusionFile = z.infer<typeof ExclusionFile>;

export const budgetNameShape = 'a name of at most 48 letters, digits, dashes and underscores that starts with a letter';

/** What a signal promises over a period. */
export const ErrorBudgetFile = z.strictObject({
  signal: text({ expected: 'the name of a signal', maxLength: 63 }).describe(
    'Name of a ratio or latency signal of this service.',
  ),
  name: text({ expected: budgetNameShape, pattern: /^[A-Za-z][A-Za-z0-9_-]{0,47}$/ })
    .register(valueKinds, { word: 'budget name' })
    .optional()
    .describe('Name of the budget, unique within the service. Default: the name of its signal.'),
  objective: share('a share such as 99.9%').describe(
    'Share of good events that is promised over the period: `99.9%` or `0.999`. What it leaves is the budget.',
  ),
  period: z
    .union(
      [
        rollingPeriod(),
        z.strictObject({
          calendar: z
            .enum(['week', 'month', 'quarter', 'year'])
            .describe('The calendar unit; the budget is whole again when the next begins. Weeks begin on Monday.'),
          timeZone: timeZone(),
        }),
      ],
      { error: 'expected a period such as 30d or { calendar: month }' },
    )
    .describe(
      'The time it is promised for: the last so many days (`30d`), or a calendar unit (`{ calendar: month }`).',
    ),
  method: z
    .union([
      z.literal('occurrences'),
      z.strictObject({
        timeslices: duration({ min: minSliceMs, max: maxSliceMs, what: 'a slice' })
          .optional()
          .describe('Counts slices of this length, of which each is good or bad as a whole.'),
        target: share('a share such as 95%')
          .optional()
          .describe('Share of good events from which on a slice is good; with `timeslices`.'),
        ratioTimeslices: duration({ min: minSliceMs, max: maxSliceMs, what: 'a slice' })
          .optional()
          .describe('Counts slices of this length, each good by its share of good events.'),
      }),
    ])
    .default('occurrences')
    .describe(
      'What is counted: events (`occurrences`), or slices of time (`{ timeslices: 1m, target: 95% }`, `{ ratioTimeslices: 5m }`).',
    ),
  burnRates: z
    .array(z.union([z.enum(['page', 'ticket']), BurnRateFile], { error: 'expected page, ticket or a tier' }), {
      error: 'expected a list such as [page, ticket]',
    })
    .max(16, 'a budget has at most 16 tiers')
    .default([])
    .describe(
      'When the line stops because the budget burns too fast: `page` and `ticket` are the pairs of windows of the SRE workbook, ' +
        'fitted to the period; `{ severity: page, labels: … }` is such a pair with labels, a summary or a runbook of its own. ' +
        'Each severity becomes one rule, `<name>-budget-page` or `<name>-budget-ticket`.',
    ),
  minimumBad: z
    .int({ error: 'expected a whole number' })
    .min(1, 'expected at least 1')
    .max(1_000_000, 'expected at most 1000000')
    .default(1)
    .describe('A tier fires only when its long window holds so many bad events: quiet services are not paged for one.'),
  exclude: z
    .array(ExclusionFile, { error: 'expected a list of stretches' })
    .max(500, 'a budget has at most 500 exclusions')
    .default([])
    .describe('Stretches that count neither as good nor as bad, declared before or after the fact.'),
});
export type ErrorBudgetFile = z.infer<typeof ErrorBudgetFile>;
