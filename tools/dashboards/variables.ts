import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type VariableOption,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** The data source that the reader picks; VictoriaMetrics serves as a Prometheus one. */
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

/** Picked at first: Grafana 11 and later would pick the first value alone. */
const all: VariableOption = { selected: true, text: ['All'], value: ['$__all'] };

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description("The Prometheus or VictoriaMetrics that scrapes Andon's /metrics.")
    .type('prometheus');
}

/** All owners, also those that no rule file names. */
export function ownerVariable(): QueryVariableBuilder {
  return labelVariable('owner', 'andon_service_info', 'owner')
    .label('Owner')
    .description('Whose services are shown: metadata.owner of the rule files.')
    .multi(true)
    .includeAll(true)
    .current(all)
    .allValue('.*');
}

/** `All` is the services of the owners that were picked, so it has no value of its own. */
export function servicesVariable(): QueryVariableBuilder {
  return serviceVariable().multi(true).includeAll(true).current(all);
}

export function serviceVariable(): QueryVariableBuilder {
  return labelVariable('service', 'andon_service_info{owner=~"$owner"}', 'service')
    .label('Service')
    .description('Services of these owners.');
}

/** Of incidents that are open there is a series for each severity from the start, at 0. */
export function severityVariable(): QueryVariableBuilder {
  return labelVariable('severity', 'andon_incidents_open{service=~"$service"}', 'severity')
    .label('Severity')
    .description(
      'Which incidents are counted, by the severity they opened with: tickets may wait. Changes, relapses, what failed, and who saw incidents first are of all severities.',
    )
    .multi(true)
    .includeAll(true)
    .current(all)
    .allValue('.*');
}

/** The metrics of the process bear names that every Node.js program uses: only the job tells them apart. */
export function jobVariable(): QueryVariableBuilder {
  return labelVariable('job', 'andon_build_info', 'job')
    .label('Job')
    .description('The scrape jobs under which Andon runs.')
    .multi(true)
    .includeAll(true)
    .current(all);
}

export function instanceVariable(): QueryVariableBuilder {
  return labelVariable('instance', 'andon_build_info{job=~"$job"}', 'instance')
    .label('Instance')
    .description('Which Andons are shown, where there are several, such as sidecars.')
    .multi(true)
    .includeAll(true)
    .current(all);
}

/** Signals that panels are repeated for. */
export function hiddenVariable(name: string, series: string, label: string): QueryVariableBuilder {
  return labelVariable(name, series, label).hide(VariableHide.HideVariable).multi(true).includeAll(true).current(all);
}

function labelVariable(name: string, series: string, label: string): QueryVariableBuilder {
  const query = `label_values(${series}, ${label})`;
  return new QueryVariableBuilder(name)
    .datasource(datasource)
    .query({ query, refId: 'StandardVariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
