import {
  budgetLasts,
  budgetLeft,
  forEver,
  forEverWord,
  gateCodes,
  gateWords,
  incidentWords,
  lineCodes,
  lineWords,
  noneIsBetter,
  noneIsGood,
  noNumber,
} from './colours.ts';
import { incidentTable } from './incident-tables.ts';
import { toItself } from './links.ts';
import { numbers, states, type AnyPanel } from './panels.ts';
import { coded, lastSaid, latest, lines, orNone } from './queries.ts';
import { table } from './tables.ts';

const of = 'service="$service"';

/** How the service stands, and where more is to be read. */
export function serviceNow(): readonly AnyPanel[] {
  return [
    numbers({
      title: 'Line',
      description:
        'Whether the line of the service moves; of a service with groups, whether any of its lines is stopped.',
      unit: 'short',
      width: 3,
      noValue: 'not watched',
      words: lineWords,
      queries: [latest(coded('andon_line_state', of, lineCodes, 'service'))],
    }),
    numbers({
      title: 'Gate',
      description: 'What deployment tools are told: pass, warn, hold, stop, or unknown. The page of Andon says why.',
      unit: 'short',
      width: 3,
      noValue: 'not asked yet',
      words: gateWords,
      queries: [latest(coded('andon_gate_state', of, gateCodes, 'service'))],
    }),
    numbers({
      title: 'Targets missed',
      description:
        'Targets of the end state that do not hold. An incident resolves only once all have held for `hold`.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsGood(),
      queries: [latest(orNone(`count(andon_target_held{${of}} == 0)`, of))],
    }),
    numbers({
      title: 'Targets unknown',
      description: 'Targets of which nobody can tell whether they hold. Unknown is never taken for good.',
      unit: 'short',
      width: 3,
      noValue: 'not known',
      thresholds: noneIsBetter(),
      queries: [latest(orNone(`count(andon_target_unknown{${of}})`, of))],
    }),
    numbers({
      title: 'Budget left',
      description: 'Of each error budget, the share that is left of its period.',
      unit: 'percentunit',
      width: 4,
      noValue: 'none is known',
      thresholds: budgetLeft(),
      queries: [latest(`min by (signal, budget) (andon_error_budget_remaining_ratio{${of}})`, '{{budget}}')],
    }),
    numbers({
      title: 'Budget lasts now',
      description: 'How long each error budget lasts if it goes on burning as it does.',
      unit: 's',
      width: 3,
      noValue: 'none is known',
      thresholds: budgetLasts(),
      queries: [
        latest(
          `clamp_max(min by (signal, budget) (andon_error_budget_exhausted_seconds{${of}}), ${forEver})`,
          '{{budget}}',
        ),
      ],
    }).mappings([forEverWord, noNumber]),
    table({
      title: 'Read more',
      description: "Who owns the service, its place on Andon's page, and its runbook.",
      width: 5,
      height: 4,
      noValue: 'The service is not watched',
      base: `max by (owner, page, runbook) (andon_service_info{${of}})`,
      labels: [
        { label: 'owner', name: 'Owner' },
        { label: 'page', name: 'Page', width: 65, shownAs: 'open', link: toItself("The service on Andon's page") },
        { label: 'runbook', name: 'Runbook', width: 85, shownAs: 'open', link: toItself('What to do') },
      ],
      values: [],
    }),
    incidentTable(of, 5),
  ];
}

const moment = (name: string): string =>
  lastSaid('andon_incident_timestamp_seconds', `${of},moment="${name}"`, 'incident, rule');
const changeMoment = (name: string): string =>
  lastSaid('andon_change_timestamp_seconds', `${of},moment="${name}"`, 'change, kind, version');

/** 1 from the onset, 2 from the detection, 3 from the recovery until the incident is closed; 0 before and after. */
const phase = ['onset', 'detected', 'recovered'].map((name) => `(${moment(name)} <= bool time())`).join(' + ');

/** When the incidents of the time that is shown began, were seen and were over. */
export function serviceIncidents(): readonly AnyPanel[] {
  return [
    states({
      title: 'Incidents: onset, detection, recovery',
      description:
        'Each incident from its onset, which is inferred from the data and lies before its detection, to the end of its watch. Orange is the time to detect; orange and red are the time to recover.',
      unit: 'short',
      width: 24,
      height: 7,
      noValue: 'No incident in this time',
      words: incidentWords,
      queries: [lines(`(${phase}) * (${moment('closed')} > bool time())`, '{{incident}} {{rule}}')],
    }),
    table({
      title: 'Incidents of this time',
      description:
        'Also those that were closed up to an hour before. Times are counted from the onset. Empty until it is known.',
      width: 13,
      noValue: 'No incident in this time',
      base: moment('onset'),
      labels: [
        { label: 'incident', name: 'Incident', width: 195 },
        { label: 'rule', name: 'Rule' },
      ],
      values: [
        { name: 'Onset', unit: 'dateTimeAsIso', width: 165, expr: `${moment('onset')} * 1000` },
        { name: 'Detected after', unit: 's', width: 130, expr: `${moment('detected')} - ${moment('onset')}` },
        { name: 'Recovered after', unit: 's', width: 140, expr: `${moment('recovered')} - ${moment('onset')} < Inf` },
      ],
      sortBy: 'Onset',
    }),
    table({
      title: 'Changes of this time',
      description:
        'Deployments and other changes that were reported to Andon, also those that ended up to an hour before. `Took` is empty until they end.',
      width: 11,
      noValue: 'No change was reported in this time',
      base: changeMoment('started'),
      labels: [
        { label: 'change', name: 'Change' },
        { label: 'kind', name: 'Kind', width: 105 },
        { label: 'version', name: 'Version' },
      ],
      values: [
        { name: 'Began', unit: 'dateTimeAsIso', width: 165, expr: `${changeMoment('started')} * 1000` },
        { name: 'Took', unit: 's', width: 85, expr: `${changeMoment('finished')} - ${changeMoment('started')} < Inf` },
      ],
      sortBy: 'Began',
    }),
  ];
}
