import type { MetricSpec } from './metric-spec.ts';

const scope = ['service', 'group'] as const;
const reading = [...scope, 'signal', 'fold', 'window'] as const;
const target = [...scope, 'signal', 'bound', 'window'] as const;
const budget = [...scope, 'signal', 'budget'] as const;

/** How services stand. */
export const servicesMetrics = {
  services: {
    name: 'andon_services',
    type: 'gauge',
    help: 'Services that are watched; one counts from its first poll on, whether its source answered or not.',
    labels: [],
  },
  serviceInfo: {
    name: 'andon_service_info',
    type: 'gauge',
    help: 'Is 1 for each service that is watched, with its owner and its runbook, which are empty where none is declared, and its place on the page of Andon, which is empty without `externalUrl`.',
    labels: ['service', 'owner', 'runbook', 'page'],
  },
  signalInfo: {
    name: 'andon_signal_info',
    type: 'gauge',
    help: 'Is 1 for each signal of a service that is watched, with its kind (ratio, latency or gauge) and the unit of a gauge, which is empty where none is declared.',
    labels: ['service', 'signal', 'kind', 'unit'],
  },
  lineState: {
    name: 'andon_line_state',
    type: 'gauge',
    help: 'Whether the line is in this state (1) or not (0).',
    labels: [...scope, 'state'],
  },
  ruleState: {
    name: 'andon_rule_state',
    type: 'gauge',
    help: 'Whether the stop-the-line rule is in this state (1) or not (0); unknown: its condition cannot be decided.',
    labels: [...scope, 'rule', 'state'],
  },
  readingValue: {
    name: 'andon_reading_value',
    type: 'gauge',
    help: 'Value of a signal as of the last poll: a ratio from 0 to 1, or the unit of the gauge. Absent while unknown.',
    labels: reading,
  },
  readingUpperBound: {
    name: 'andon_reading_upper_bound_ratio',
    type: 'gauge',
    help: 'Value of a latency signal if every request between the two buckets around its threshold was fast enough; andon_reading_value counts none of them. Absent where the threshold is a bucket.',
    labels: reading,
  },
  readingAge: {
    name: 'andon_reading_age_seconds',
    type: 'gauge',
    help: "Time since the newest sample behind a reading, on the source's clock, as of the scrape.",
    labels: reading,
  },
  readingUnknown: {
    name: 'andon_reading_unknown',
    type: 'gauge',
    help: 'Is 1 while a reading has no value, with the reason why. Absent while it has one.',
    labels: [...reading, 'reason'],
  },
  targetHeld: {
    name: 'andon_target_held',
    type: 'gauge',
    help: 'Whether a target of the end state holds (1) or is missed (0). Absent while unknown.',
    labels: target,
  },
  targetUnknown: {
    name: 'andon_target_unknown',
    type: 'gauge',
    help: 'Is 1 while it cannot be told whether a target holds, with the reason why. Absent while it can.',
    labels: [...target, 'reason'],
  },
  targetBound: {
    name: 'andon_target_bound',
    type: 'gauge',
    help: 'The bound of a target as declared: a ratio from 0 to 1, or the unit of the gauge.',
    labels: target,
  },
  objective: {
    name: 'andon_objective_ratio',
    type: 'gauge',
    help: 'The share of good events that an error budget promises over its period.',
    labels: budget,
  },
  budgetRemaining: {
    name: 'andon_error_budget_remaining_ratio',
    type: 'gauge',
    help: 'Share of the error budget that is left: 1 is untouched, 0 gone, below 0 overspent. Absent while unknown.',
    labels: budget,
  },
  budgetExhausted: {
    name: 'andon_error_budget_exhausted_seconds',
    type: 'gauge',
    help: 'How long the error budget lasts at the burn rate of the window: 0 when it is gone, +Inf when it lasts for ever. Absent while unknown.',
    labels: [...budget, 'window'],
  },
  burnRate: {
    name: 'andon_burn_rate',
    type: 'gauge',
    help: 'How fast the error budget burnt over the window: 1 spends it in exactly one period. Absent while unknown.',
    labels: [...budget, 'window'],
  },
  periodSuccess: {
    name: 'andon_period_success_ratio',
    type: 'gauge',
    help: 'Share of good events (or slices) in the period so far. Absent while unknown.',
    labels: budget,
  },
  budgetCoverage: {
    name: 'andon_budget_coverage_ratio',
    type: 'gauge',
    help: 'Share of the period so far that has counts, what is excluded left out.',
    labels: budget,
  },
  budgetKnown: {
    name: 'andon_budget_known_ratio',
    type: 'gauge',
    help: 'How far the first fill has come: share of the period so far that was counted or that the source was asked for, whether it had it or not. At 1 nothing is left to read, which does not mean that there is data: andon_budget_coverage_ratio tells that.',
    labels: budget,
  },
  budgetExcluded: {
    name: 'andon_budget_excluded_seconds',
    type: 'gauge',
    help: 'Time of the period so far that is excluded from the error budget.',
    labels: budget,
  },
  budgetUnknown: {
    name: 'andon_budget_unknown',
    type: 'gauge',
    help: 'Is 1 while it cannot be told what is left of an error budget, with the reason why. Absent while it can.',
    labels: [...budget, 'reason'],
  },
  groupsDropped: {
    name: 'andon_groups_dropped',
    type: 'gauge',
    help: 'Groups of a service beyond its limit, which are not evaluated.',
    labels: ['service'],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;
