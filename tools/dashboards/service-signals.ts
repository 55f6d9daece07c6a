import { budgetLeft, budgetLasts, burning, noneIsBetter, ruleCodes, ruleWords, steps } from './colours.ts';
import { graph, states, type AnyPanel } from './panels.ts';
import { coded, lines } from './queries.ts';

const of = 'service="$service"';
const budget = 'signal, budget, group';
const budgetName = '{{budget}} {{group}}';

/** Each signal beside what the end state asks of it; the panels repeat for each signal of their kind. */
export function serviceSignals(): readonly AnyPanel[] {
  const share = `${of},signal=~"$share"`;
  const gauge = `${of},signal=~"$gauge"`;
  const inUnit = `* on (service, signal) group_left (unit) max by (service, signal, unit) (andon_signal_info{${gauge}})`;
  return [
    graph({
      title: 'Share: $share',
      description:
        'Share of good events over each window, with the bound of its target. The upper bound is drawn where the threshold of a latency lies between two buckets: the truth is between the two lines.',
      unit: 'percentunit',
      width: 24,
      noValue: 'No share of events is declared, or it has no value now',
      queries: [
        lines(`max by (group, fold, window) (andon_reading_value{${share}})`, '{{window}} {{group}}'),
        lines(`max by (group, window) (andon_reading_upper_bound_ratio{${share}})`, '{{window}} {{group}} at most'),
        lines(`max by (bound, window) (andon_target_bound{${share}})`, 'target {{window}} {{bound}}'),
      ],
    })
      .max(1)
      .overrideByRegexp('/^target/', targetLook)
      .repeat('share')
      .repeatDirection('h')
      .maxPerRow(2),
    graph({
      title: 'Gauge: $gauge',
      description: 'The number as it was read, with the bound of its target.',
      unit: 'short',
      width: 24,
      noValue: 'No gauge is declared, or it has no value now',
      queries: [
        lines(
          // Of the newest value both say `latest`.
          `label_replace(max by (group, fold, window, unit) (andon_reading_value{${gauge}} ${inUnit}), "fold", "", "fold", "latest")`,
          '{{fold}} {{window}} {{group}} {{unit}}',
        ),
        lines(`max by (bound, window) (andon_target_bound{${gauge}})`, 'target {{window}} {{bound}}'),
      ],
    })
      .overrideByRegexp('/^target/', targetLook)
      .repeat('gauge')
      .repeatDirection('h')
      .maxPerRow(2),
  ];
}

const targetLook = [
  { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
  { id: 'custom.fillOpacity', value: 0 },
];

/** How much of each promise is left, and how fast it goes. */
export function serviceBudgets(): readonly AnyPanel[] {
  return [
    graph({
      title: 'Error budget left',
      description: 'Share of each error budget that is left: 100 % is untouched, 0 % spent, below is overspent.',
      unit: 'percentunit',
      width: 12,
      noValue: 'No error budget is declared, or none is known yet',
      thresholds: budgetLeft(),
      drawBounds: true,
      queries: [lines(`max by (${budget}) (andon_error_budget_remaining_ratio{${of}})`, budgetName)],
    }),
    graph({
      title: 'Budget lasts',
      description:
        'How long each error budget lasts at the burn rate of its window. Nothing is drawn while it lasts for ever.',
      unit: 's',
      width: 12,
      noValue: 'Lasts for ever, or no error budget is known',
      thresholds: budgetLasts(),
      queries: [
        lines(
          `min by (${budget}, window) (andon_error_budget_exhausted_seconds{${of}}) < Inf`,
          `${budgetName} at the rate of {{window}}`,
        ),
      ],
    }),
    graph({
      title: 'Burn rates',
      description: 'How fast each error budget burnt over each window. 1 spends it in exactly one period.',
      unit: 'short',
      width: 12,
      noValue: 'No error budget is declared, or none is known yet',
      thresholds: burning(),
      drawBounds: true,
      queries: [lines(`max by (${budget}, window) (andon_burn_rate{${of}})`, `${budgetName} {{window}}`)],
    }),
    graph({
      title: 'Success over the period',
      description: 'Share of good events in the period so far, with the objective.',
      unit: 'percentunit',
      width: 6,
      noValue: 'No error budget is declared, or none is known yet',
      queries: [
        lines(`max by (${budget}) (andon_period_success_ratio{${of}})`, budgetName),
        lines(`max by (signal, budget) (andon_objective_ratio{${of}})`, 'target {{budget}}'),
      ],
    })
      .max(1)
      .overrideByRegexp('/^target/', targetLook),
    graph({
      title: 'Coverage of the period',
      description:
        'Counted: the share of the period so far that has counts. Looked at: what was counted or asked for; 100 % once the past is filled in.',
      unit: 'percentunit',
      width: 6,
      noValue: 'No error budget is declared',
      thresholds: steps('red', [0.9, 'green']),
      queries: [
        lines(`min by (${budget}) (andon_budget_coverage_ratio{${of}})`, `${budgetName} counted`),
        lines(`min by (${budget}) (andon_budget_known_ratio{${of}})`, `${budgetName} looked at`),
      ],
    })
      .min(0)
      .max(1),
    graph({
      title: 'Budgets without a value',
      description: 'Error budgets of which nobody can tell how much is left, by reason.',
      unit: 'short',
      width: 12,
      height: 6,
      noValue: 'All error budgets are known',
      queries: [lines(`count by (budget, reason) (andon_budget_unknown{${of}})`, '{{budget}}: {{reason}}')],
    }),
    graph({
      title: 'Excluded from the period',
      description: 'Time of the period so far that does not count against an error budget, such as maintenance.',
      unit: 's',
      width: 12,
      height: 6,
      noValue: 'No error budget is declared',
      queries: [lines(`max by (${budget}) (andon_budget_excluded_seconds{${of}})`, budgetName)],
    }),
  ];
}

/** What stops the line, and what cannot be read. */
export function serviceRules(): readonly AnyPanel[] {
  return [
    states({
      title: 'Stop-the-line rules',
      description:
        'How far each rule has come. `unknown`: its condition cannot be decided, since a reading is missing.',
      unit: 'short',
      width: 12,
      noValue: 'The service has no rule that stops the line',
      words: ruleWords,
      queries: [lines(coded('andon_rule_state', of, ruleCodes, 'rule, group'), '{{rule}} {{group}}')],
    }),
    graph({
      title: 'Readings without a value',
      description: 'Readings that cannot be had, by reason; docs/rules.md explains each reason.',
      unit: 'short',
      width: 12,
      noValue: 'All readings have a value',
      queries: [lines(`count by (signal, reason) (andon_reading_unknown{${of}})`, '{{signal}}: {{reason}}')],
    }),
    graph({
      title: 'Age of readings',
      description: "Time since the newest sample behind each signal, on the source's clock.",
      unit: 's',
      width: 12,
      noValue: 'No sample has been read yet',
      queries: [lines(`max by (signal) (andon_reading_age_seconds{${of}})`, '{{signal}}')],
    }),
    graph({
      title: 'Groups left out',
      description: 'Groups beyond the limit of the service, which nobody watches.',
      unit: 'short',
      width: 12,
      noValue: 'All groups are watched',
      thresholds: noneIsBetter(),
      queries: [lines(`max by (service) (andon_groups_dropped{${of}}) > 0`, '{{service}}')],
    }),
  ];
}
