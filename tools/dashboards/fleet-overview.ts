import { lineCodes, noneIsBetter, noneIsGood } from './colours.ts';
import { numbers, type AnyPanel } from './panels.ts';
import { coded, latest, orNone } from './queries.ts';

const of = 'service=~"$service"';
const lineNow = coded('andon_line_state', of, lineCodes, 'service');

/** The fleet in eight numbers. */
export function fleetOverview(): readonly AnyPanel[] {
  return [
    numbers({
      title: 'Services watched',
      description: 'Services of these owners that Andon watches.',
      unit: 'short',
      width: 3,
      noValue: 'none is watched',
      queries: [latest(`count(max by (service) (andon_service_info{${of}}))`)],
    }),
    numbers({
      title: 'Lines stopped',
      description:
        'Services of which at least one line is stopped: an incident is open, and gates let nothing but its remedy pass.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsGood(),
      queries: [latest(orNone(`count((${lineNow}) == ${lineCodes.stopped})`, of))],
    }),
    numbers({
      title: 'Open incidents',
      description: 'Incidents whose end state has not held yet, by severity.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsGood(),
      queries: [latest(`sum by (severity) (andon_incidents_open{${of}})`, '{{severity}}')],
    }),
    numbers({
      title: 'Not acknowledged',
      description: 'Open incidents that page and that nobody has acknowledged yet.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsGood(),
      queries: [
        latest(
          orNone(
            `count(max by (incident) (andon_incident_info{${of},severity="page",phase="open",acknowledged="no"}))`,
            of,
          ),
        ),
      ],
    }),
    numbers({
      title: 'Blind incidents',
      description:
        'Open incidents whose readings cannot be had: nobody can tell whether service is back, and Andon cannot close them.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsGood(),
      queries: [latest(`sum(andon_incidents_blind{${of}})`)],
    }),
    numbers({
      title: 'Targets unknown',
      description:
        'Targets of which nobody can tell whether they hold: no data, stale data, or a source that does not answer. Never taken for good.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsBetter(),
      queries: [latest(orNone(`sum(andon_target_unknown{${of}})`, of))],
    }),
    numbers({
      title: 'Budgets spent',
      description: 'Error budgets of which nothing is left in their period.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsGood(),
      queries: [latest(orNone(`count(andon_error_budget_remaining_ratio{${of}} <= 0)`, of))],
    }),
    numbers({
      title: 'Groups left out',
      description:
        'Groups beyond the limit of their service, which nobody watches. The dashboard of each service says how many are its own.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsBetter(),
      queries: [latest(`sum(max by (service) (andon_groups_dropped{${of}}))`)],
    }),
  ];
}
