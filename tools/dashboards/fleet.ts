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
import { coded, lines } from './queries.ts';
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
    { label: 'page', name: 'Page', width: 80, shownAs: 'open', link: toItself("The service on Andon's page") },
    { label: 'runbook', name: 'Runbook', width: 90, shownAs: 'open', link: toItself('What to do') },
  ],
  values: [
    { name: 'Line', unit: 'short', words: lineWords, expr: lineNow },
    { name: 'Gate', unit: 'short', words: gateWords, expr: gateNow },
    {
      name: 'Targets missed',
      unit: 'short',
      thresholds: noneIsGood(),
      expr: `count by (service) (andon_target_held{${of}} == 0) or ${each}`,
    },
    {
      name: 'Targets unknown',
      unit: 'short',
      thresholds: noneIsBetter(),
      expr: `count by (service) (andon_target_unknown{${of}}) or ${each}`,
    },
    {
      name: 'Budget left',
      unit: 'percentunit',
      decimals: 1,
      thresholds: budgetLeft(),
      expr: `min by (service) (andon_error_budget_remaining_ratio{${of}})`,
    },
    {
      name: 'Fastest burn',
      unit: 'short',
      decimals: 1,
      thresholds: burning(),
      expr: `max by (service) (andon_burn_rate{${of}})`,
    },
    { name: 'Open incidents', unit: 'short', thresholds: noneIsGood(), expr: open },
    {
      name: 'Last look',
      unit: 'dateTimeFromNow',
      expr: `max by (service) (andon_last_poll_timestamp_seconds{${of}}) * 1000`,
    },
  ],
  sortBy: 'Open incidents',
});

const overTime = [
  states({
    title: 'Lines',
    description:
      'Whether the line of each service moved; of a service with groups, whether any of its lines was stopped.',
    unit: 'short',
    width: 12,
    height: 10,
    noValue: 'No service is watched',
    words: lineWords,
    queries: [lines(lineNow, '{{service}}')],
    link: lineToService,
  }),
  states({
    title: 'Gates',
    description: 'What the gate of each service told deployment tools.',
    unit: 'short',
    width: 12,
    height: 10,
    noValue: 'No gate has answered yet',
    words: gateWords,
    queries: [lines(gateNow, '{{service}}')],
    link: lineToService,
  }),
  graph({
    title: 'Error budget left',
    description: 'The emptiest error budget of each service. 100 % is untouched, 0 % spent, below is overspent.',
    unit: 'percentunit',
    width: 12,
    noValue: 'No error budget is declared, or none is known yet',
    thresholds: budgetLeft(),
    drawBounds: true,
    queries: [lines(`min by (service) (andon_error_budget_remaining_ratio{${of}})`, '{{service}}')],
    link: lineToService,
  }),
  graph({
    title: 'Fastest burn',
    description: 'The fastest burn rate of each service over any window. 1 spends a budget in exactly one period.',
    unit: 'short',
    width: 12,
    noValue: 'No error budget is declared, or none is known yet',
    thresholds: burning(),
    drawBounds: true,
    queries: [lines(`max by (service) (andon_burn_rate{${of}})`, '{{service}}')],
    link: lineToService,
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
