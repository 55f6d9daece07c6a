import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  budgetLeft,
  burning,
  gateCodes,
  gateWords,
  lineCodes,
  lineWords,
  noneIsBetter,
  noneIsGood,
} from './colours.ts';
import { fleetOverview } from './fleet-overview.ts';
import { frame } from './frame.ts';
import { incidentTable } from './incident-tables.ts';
import { lineToService, toItself, toService, uids } from './links.ts';
import { graph, states } from './panels.ts';
import { coded, lines, ofServices } from './queries.ts';
import { table } from './tables.ts';
import { datasourceVariable, ownerVariable, servicesVariable } from './variables.ts';

const of = 'service=~"$service"';
const each = `0 * max by (service) (andon_service_info{${of}})`;
const lineNow = coded('andon_line_state', of, lineCodes, 'service');
const gateNow = coded('andon_gate_state', of, gateCodes, 'service');
const open = `sum by (service) (andon_incidents_open{${of}})`;

const services = table({
  title: 'Services',
  description:
    'Each service with its line, what its gate tells deployment tools, targets that are missed or unknown, the emptiest of its error budgets, the fastest burn of any window, and its incidents. The name leads to its dashboard, `Page` to its place on the page of Andon.',
  width: 24,
  height: 12,
  noValue: 'No service is watched',
  base: `max by (service, owner, page, runbook) (andon_service_info{${of}})`,
  labels: [
    { label: 'service', name: 'Service', link: toService('Service') },
    { label: 'owner', name: 'Owner' },
    { label: 'page', name: 'Page', width: 65, shownAs: 'open', link: toItself("The service on Andon's page") },
    { label: 'runbook', name: 'Runbook', width: 85, shownAs: 'open', link: toItself('What to do') },
  ],
  values: [
    { name: 'Line', unit: 'short', width: 90, words: lineWords, expr: lineNow },
    { name: 'Gate', unit: 'short', width: 95, words: gateWords, expr: gateNow },
    {
      name: 'Targets missed',
      width: 145,
      unit: 'short',
      thresholds: noneIsGood(),
      expr: `count by (service) (andon_target_held{${of}} == 0) or ${each}`,
    },
    {
      name: 'Targets unknown',
      width: 155,
      unit: 'short',
      thresholds: noneIsBetter(),
      expr: `count by (service) (andon_target_unknown{${of}}) or ${each}`,
    },
    {
      name: 'Budget left',
      width: 120,
      unit: 'percentunit',
      decimals: 1,
      thresholds: budgetLeft(),
      expr: `min by (service) (andon_error_budget_remaining_ratio{${of}})`,
    },
    {
      name: 'Fastest burn',
      width: 125,
      unit: 'short',
      decimals: 1,
      thresholds: burning(),
      expr: `max by (service) (andon_burn_rate{${of}})`,
    },
    { name: 'Open incidents', unit: 'short', width: 145, thresholds: noneIsGood(), expr: open },
    {
      name: 'Last look',
      width: 150,
      unit: 'dateTimeFromNow',
      expr: `max by (service) (andon_last_poll_timestamp_seconds{${of}}) * 1000`,
    },
  ],
  sortBy: 'Open incidents',
});

/** More of them nobody can tell apart in one panel. */
const most = 10;
const stoppedOnce = `max by (service) (max_over_time(andon_line_state{${of},state="stopped"}[$__range] @ end())) == 1`;
const unlikePass = [
  `max by (service) (max_over_time(andon_gate_state{${of},state=~"warn|hold|stop"}[$__range] @ end())) == 1`,
  `max by (service) (andon_gate_state{${of},state="unknown"} @ end()) == 1`,
].join(' or ');
const emptiest = `bottomk(${most}, min by (service) (last_over_time(andon_error_budget_remaining_ratio{${of}}[$__range] @ end())))`;
const fastest = `topk(${most}, max by (service) (max_over_time(andon_burn_rate{${of}}[$__range] @ end())))`;

const overTime = [
  states({
    title: 'Lines that stopped',
    description:
      'When the line of each service moved, of those whose line was stopped in this time; of a service with groups, whether any of its lines was.',
    unit: 'short',
    width: 12,
    height: 10,
    noValue: 'No line was stopped in this time',
    words: lineWords,
    queries: [lines(ofServices(lineNow, stoppedOnce), '{{service}}')],
    link: lineToService,
  }),
  states({
    title: 'Gates that did not pass',
    description:
      'What gates told deployment tools, of those services whose gate warned, held or stopped in this time, or is unknown now.',
    unit: 'short',
    width: 12,
    height: 10,
    noValue: 'No gate warned, held or stopped in this time',
    words: gateWords,
    queries: [lines(ofServices(gateNow, unlikePass), '{{service}}')],
    link: lineToService,
  }),
  graph({
    title: 'Error budget left',
    description: `The emptiest error budget of each service, of those ${most} that have least left. 100 % is untouched, 0 % spent, below is overspent.`,
    unit: 'percentunit',
    width: 12,
    noValue: 'No error budget is declared, or none is known yet',
    thresholds: budgetLeft(),
    drawBounds: true,
    queries: [
      lines(ofServices(`min by (service) (andon_error_budget_remaining_ratio{${of}})`, emptiest), '{{service}}'),
    ],
    link: lineToService,
  }),
  graph({
    title: 'Fastest burn',
    description: `The fastest burn rate of each service over any window, of those ${most} that burnt fastest in this time. 1 spends a budget in exactly one period.`,
    unit: 'short',
    width: 12,
    noValue: 'No error budget is declared, or none is known yet',
    thresholds: burning(),
    drawBounds: true,
    queries: [lines(ofServices(`max by (service) (andon_burn_rate{${of}})`, fastest), '{{service}}')],
    link: lineToService,
  }),
  graph({
    title: 'Incidents over time',
    description:
      'Incidents that are not closed. open: the end state has not held yet; watched: resolved, and watched for a relapse; flapping: off and on so often that each time is not told; unwatched: the service has left the rule files.',
    unit: 'short',
    width: 24,
    height: 6,
    noValue: 'not known',
    queries: ['open', 'watched', 'flapping', 'unwatched'].map((state) =>
      lines(`sum(andon_incidents_${state}{${of}})`, state),
    ),
  }),
];

/** Every service at a glance. */
export function fleetDashboard(): Dashboard {
  return frame({
    uid: uids.fleet,
    title: 'Andon / Fleet',
    description: 'Every service: its line, gate, targets, error budgets and incidents.',
    from: 'now-6h',
    variables: [datasourceVariable(), ownerVariable(), servicesVariable()],
    sections: [
      { title: 'Now', panels: [...fleetOverview(), services, incidentTable(of, 8)] },
      { title: 'Over time', panels: overTime },
    ],
  });
}
