import * as z from 'zod';
import { ErrorBudgetFile } from './budget-file.ts';
import { ChangesFile } from './changes/changes-file.ts';
import { MaintenanceFile } from './maintenance/maintenance-file.ts';
import { GateFile } from './gate/gate-file.ts';
import { duration, dnsLabel, httpUrl, labelName, labels, show, text } from './fields.ts';
import { valueKinds } from './value-kinds.ts';
import { maxForMs, maxWindowMs, minWindowMs } from './windows.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const promql = () => text({ expected: 'a PromQL expression', maxLength: 10_000 });
const signalReference = () => text({ expected: 'the name of a signal', maxLength: 63 });

const RatioFile = z
  .strictObject({
    good: promql()
      .optional()
      .describe('Counters of good events: plain vector selectors, combined with `+`, `-` and parentheses.'),
    bad: promql()
      .optional()
      .describe('Counters of bad events, where those are what is counted. Exactly one of `good` and `bad` is given.'),
    total: promql().describe('Counters of all events.'),
  })
  .meta({ oneOf: [{ required: ['good'] }, { required: ['bad'] }] });

const LatencyFile = z.strictObject({
  histogram: promql().describe(
    'Selector of the histogram by its base name, without `_bucket`: `http_request_duration_seconds{job="shop"}`.',
  ),
  threshold: duration({ min: 1, max: day, what: 'a latency threshold' }).describe(
    'A request is good when it takes at most this long. Write the bound of a bucket: between two, the share is only known as an interval.',
  ),
  native: z
    .boolean({ error: ({ input }) => `expected true or false, got ${show(input)}` })
    .default(false)
    .describe('True for a native histogram, which needs no bucket at the threshold.'),
});

const GaugeFile = z.strictObject({
  query: promql().describe('Any PromQL that gives one number for each group; ranges and functions are welcome here.'),
  unit: text({ expected: 'a unit such as seconds or bytes', maxLength: 40 })
    .optional()
    .describe('Unit of the number, for people. With `seconds`, bounds may be written as durations.'),
});

/** One signal: exactly one of `ratio`, `latency` and `gauge`. */
export const SignalFile = z
  .strictObject({
    ratio: RatioFile.optional().describe('Share of good events: good over total.'),
    latency: LatencyFile.optional().describe('Share of requests that take at most a threshold, from a histogram.'),
    gauge: GaugeFile.optional().describe('One number from PromQL, such as a queue length or a replication lag.'),
    by: z
      .array(labelName(), { error: 'expected a list of label names' })
      .max(5, 'a signal is split by at most 5 labels')
      .default([])
      .describe('Labels that split the signal: each combination of values is judged and pages on its own.'),
    maxGroups: z
      .int({ error: 'expected a whole number' })
      .min(1, 'expected at least 1')
      .max(1000, 'expected at most 1000')
      .default(50)
      .describe('At most this many combinations are judged; further ones are counted and reported.'),
    description: text({ expected: 'a text' })
      .optional()
      .describe('What the signal says about the service, for people.'),
  })
  .meta({ oneOf: [{ required: ['ratio'] }, { required: ['latency'] }, { required: ['gauge'] }] });
export type SignalFile = z.infer<typeof SignalFile>;

const bound = () =>
  z
    .union([z.number(), text({ expected: 'a number, a percentage or a duration', maxLength: 40 })], {
      error: 'expected a bound such as 99.9%, 0.999, 12 or 10s',
    })
    .register(valueKinds, { word: 'bound' });

/** A signal, a bound and a window. */
export const TargetFile = z
  .strictObject({
    signal: signalReference().describe('Name of a signal of this service.'),
    atLeast: bound()
      .optional()
      .describe('Lowest value that is fine: `99.9%` or `0.999` for shares, a number (or a duration) for gauges.'),
    atMost: bound().optional().describe('Highest value that is fine; gauges only.'),
    over: duration({ min: minWindowMs, max: maxWindowMs, what: 'a window' })
      .optional()
      .describe('Window the signal is read over. Shares need one; a gauge without one is read at its newest value.'),
  })
  .meta({ oneOf: [{ required: ['atLeast'] }, { required: ['atMost'] }] });
export type TargetFile = z.infer<typeof TargetFile>;

const endStateFields = {
  summary: text({ expected: 'a text' }).describe(
    'The end state in words a customer would use. It is pinned in every incident.',
  ),
  hold: duration({ min: second, max: day, what: '`hold`' }).describe(
    'How long all targets must hold before the service counts as good. At least a few scrape intervals.',
  ),
  watch: duration({ max: 7 * day, what: '`watch`' })
    .default(30 * minute)
    .meta({ description: 'After an incident is resolved: how long a new stop counts as its relapse. Default `30m`.' }),
};

/** One stop-the-line rule. */
export const StopRuleFile = z.strictObject({
  name: dnsLabel().describe('Name of the rule, unique within the service.'),
  formerly: z
    .array(dnsLabel(), { error: 'expected a list of names' })
    .default([])
    .describe('Names this rule had before, so that renaming a rule which fires ends no incident.'),
  when: text({ expected: 'a CEL condition', maxLength: 10_000 }).describe(
    'CEL condition on the signals: `success_rate.over("1m") < 0.97 || latency.over("1m") < 0.80`. ' +
      'Shares have `over(window)`; gauges have `over(window)` (the mean), `max(window)`, `min(window)` and `latest()`. ' +
      'With an error budget, shares also have `burnRate(window)`, `budgetRemaining()` and `budgetExhaustedIn(window)`.',
  ),
  for: duration({ max: maxForMs, what: '`for`' }).default(0).meta({
    description:
      'How long the condition must be true before the line stops. Default `0s`. At most ten times the longest window.',
  }),
  severity: z
    .enum(['page', 'ticket'])
    .default('page')
    .describe('`page` wakes somebody up; `ticket` can wait until the morning. Either stops the line.'),
  labels: labels().default({}).describe('Labels handed on with the page.'),
  summary: text({ expected: 'a text' }).optional().describe('One line for whoever is paged.'),
  runbook: httpUrl().optional().describe('Runbook of this rule, where it differs from the one of the service.'),
  onUnknown: z
    .union([
      z.literal('ignore'),
      z.strictObject({
        openAfter: duration({ min: second, max: day, what: '`openAfter`' }).describe(
          'How long the condition may stay undecided before the line stops all the same.',
        ),
      }),
    ])
    .default('ignore')
    .describe(
      'What missing data does: nothing (`ignore`), or stop the line after a time (`openAfter`). It never counts as healthy.',
    ),
  shadow: z
    .boolean({ error: ({ input }) => `expected true or false, got ${show(input)}` })
    .default(false)
    .describe(
      'True for a rule on trial: it only records what it would have stopped, opens no incident and pages nobody.',
    ),
});
export type StopRuleFile = z.infer<typeof StopRuleFile>;

export const MetadataFile = z.strictObject({
  name: dnsLabel().describe('Name of the service, unique among all rule files.'),
  owner: text({ expected: 'a text', maxLength: 200 }).optional().describe('Team that is paged and asked.'),
  runbook: httpUrl().optional().describe('Where on-call reads what to do.'),
  labels: labels().default({}).describe('Labels handed on with every page.'),
  description: text({ expected: 'a text', maxLength: 4000 }).optional().describe('What the service does, for people.'),
});

export const signalNameShape = 'a signal name: letters, digits and underscores, starting with a letter, at most 63';

const signalName = () =>
  text({
    expected: signalNameShape,
    pattern: /^[A-Za-z][A-Za-z0-9_]{0,62}$/,
    hint: 'conditions use it as a variable: success_rate, not success-rate',
  });

/** Everything but the parts that are checked one by one where the whole does not fit. */
export const specFields = {
  source: dnsLabel()
    .default('default')
    .describe('Name of the source its readings come from, as in the settings. Default `default`.'),
  notify: z
    .array(dnsLabel(), { error: 'expected a list of channel names' })
    .default([])
    .describe('Channels its pages go to; every configured channel when left out.'),
};

/** One YAML document in a rule file. */
export const ServiceFile = z
  .strictObject({
    apiVersion: z.literal('andon/v1').describe('Always `andon/v1`.'),
    kind: z.literal('Service').describe('Always `Service`.'),
    metadata: MetadataFile.describe('Who the service is and who looks after it.'),
    spec: z
      .strictObject({
        ...specFields,
        signals: z
          .record(signalName(), SignalFile)
          .refine((signals) => Object.keys(signals).length > 0, 'a service needs at least one signal')
          .describe('The named measurements of the service, at least one.'),
        endState: z
          .strictObject({
            ...endStateFields,
            targets: z
              .array(TargetFile, { error: 'expected a list of targets' })
              .min(1, 'an end state needs at least one target')
              .describe('All of these must hold at the same time.'),
          })
          .describe('What the service looks like when it is good.'),
        errorBudgets: z
          .array(ErrorBudgetFile, { error: 'expected a list of error budgets' })
          .default([])
          .describe('What is promised over a period, and what pages when the error budget burns too fast.'),
        errorBudgetsFrom: z
          .enum(['counters', 'recording-rules'])
          .default('counters')
          .describe(
            'Who counts for the error budgets: Andon itself (`counters`), or the rules that ' +
              '`andon generate prometheus-rules` makes, whose recorded series Andon then reads (`recording-rules`).',
          ),
        stopTheLine: z
          .array(StopRuleFile, { error: 'expected a list of rules' })
          .default([])
          .describe('Conditions that stop the line and open an incident.'),
        maintenance: z
          .array(MaintenanceFile, { error: 'expected a list of stretches' })
          .max(100, 'at most 100 stretches')
          .default([])
          .describe(
            'Stretches in which the service pages nobody. All is measured as ever: budgets, gates and times stay true; to take a stretch out of an error budget, see its `exclude`.',
          ),
        gate: GateFile.optional().describe('What deployment tools are told.'),
        changes: ChangesFile.optional().describe('How changes of the service are looked at.'),
      })
      .describe('What is measured, what good looks like, and what stops the line.'),
  })
  .describe('A service under watch: its signals, its end state and its stop-the-line rules.');
export type ServiceFile = z.infer<typeof ServiceFile>;
