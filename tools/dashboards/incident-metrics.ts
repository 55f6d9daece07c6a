import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { catalogue } from '../../src/adapters/metrics/catalogue.ts';
import { steps } from './colours.ts';
import { distribution } from './distributions.ts';
import { frame } from './frame.ts';
import { counts, noise } from './incident-counts.ts';
import { uids } from './links.ts';
import { bars, numbers, type AnyPanel } from './panels.ts';
import { grown, latest } from './queries.ts';
import { datasourceVariable, ownerVariable, servicesVariable, severityVariable } from './variables.ts';

const of = 'service=~"$service"';
const incidents = `${of},severity=~"$severity"`;
const settled = `${of},result=~"failed|unharmed"`;

function times(): readonly AnyPanel[] {
  return [
    ...distribution({
      name: 'Time to detect',
      counted: 'Detections',
      metric: catalogue.timeToDetect,
      filter: incidents,
      description:
        'From onset, as inferred from the data, to detection (MTTD). Each incident once, when its onset is settled.',
    }),
    ...distribution({
      name: 'Time to notify',
      counted: 'First pages',
      metric: catalogue.timeToNotify,
      filter: incidents,
      description:
        'From the recording of an incident to the first page of it that a channel took. Tickets page nobody.',
    }),
    ...distribution({
      name: 'Time to acknowledge',
      counted: 'Acknowledgements',
      metric: catalogue.timeToAcknowledge,
      filter: incidents,
      description:
        'From the recording of an incident to its acknowledgement (MTTA). Incidents that nobody acknowledged are not in it.',
    }),
    ...distribution({
      name: 'Time to recover',
      counted: 'Recoveries',
      metric: catalogue.timeToRecover,
      filter: incidents,
      description: 'From onset to recovery (MTTR). Each incident once, when it closes: a relapse keeps it running.',
    }),
  ];
}

function changes(): readonly AnyPanel[] {
  return [
    numbers({
      title: 'Deployments',
      description:
        'Deployments that were settled in this time: bake watch over, and every incident that suspects them closed.',
      unit: 'short',
      width: 4,
      noValue: 'none was settled',
      queries: [latest(grown('andon_deployments_total', of))],
    }).decimals(0),
    numbers({
      title: 'Deployments per day',
      description: 'Deployment frequency: settled deployments by the length of the time that is shown.',
      unit: 'short',
      width: 4,
      noValue: 'none was settled',
      queries: [latest(`${grown('andon_deployments_total', of)} * 86400 / $__range_s`)],
    }).decimals(2),
    numbers({
      title: 'Change failure rate',
      description: 'Failed deployments among failed and unharmed ones. Those of which nobody knows are in neither.',
      unit: 'percentunit',
      width: 4,
      noValue: 'none was settled',
      thresholds: steps('green', [0.05, 'orange'], [0.15, 'red']),
      queries: [
        latest(
          `${grown('andon_deployments_total', `${of},result="failed"`)} / (${grown('andon_deployments_total', settled)} > 0)`,
        ),
      ],
    }),
    bars({
      title: 'What became of deployments',
      description:
        'unharmed; failed: an incident comes from it, or it failed or was rolled back; unknown: no data, or several changes at once.',
      unit: 'short',
      width: 12,
      height: 4,
      noValue: 'No deployment was settled in this time',
      queries: [latest(grown('andon_deployments_total', of, 'result'), '{{result}}')],
    }),
    ...distribution({
      name: 'Failed-deployment recovery time',
      counted: 'Deployments recovered',
      metric: catalogue.failedDeploymentRecovery,
      filter: of,
      description:
        'From onset to recovery of each incident that a deployment caused, when the deployment is counted as failed.',
    }),
  ];
}

/** How well incidents and changes go, over weeks. */
export function incidentMetricsDashboard(): Dashboard {
  return frame({
    uid: uids.incidentMetrics,
    title: 'Andon / Incident metrics',
    description: 'How long incidents take to be seen, answered and over; what changes break; which rules are noise.',
    from: 'now-30d',
    refresh: '5m',
    variables: [datasourceVariable(), ownerVariable(), servicesVariable(), severityVariable()],
    sections: [
      { title: 'How long incidents take', panels: times() },
      { title: 'Changes', panels: changes() },
      { title: 'How many', panels: counts() },
      { title: 'Noise', panels: noise() },
    ],
  });
}
