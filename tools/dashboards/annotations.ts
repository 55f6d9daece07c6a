import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { lastSaid } from './queries.ts';
import { datasource } from './variables.ts';

interface Mark {
  readonly name: string;
  readonly color: string;
  /** Gives the instant of each mark in ms. */
  readonly expr: string;
  readonly title: string;
  readonly text: string;
  readonly tags: string;
}

/** The moments of incidents and changes of one service, as lines through all graphs. */
export function marks(): AnnotationQueryBuilder[] {
  return [
    incidentMark('Onset', 'orange', 'onset', 'it began, as Andon infers from the data'),
    incidentMark('Detected', 'red', 'detected', 'Andon stopped the line'),
    incidentMark('Recovered', 'green', 'recovered', 'service was back, as the end state proved'),
    changeMark('Change', 'blue', 'started', 'began'),
    changeMark('Change ended', 'light-blue', 'finished', 'ended'),
  ];
}

function incidentMark(name: string, color: string, moment: string, words: string): AnnotationQueryBuilder {
  const filter = `service="$service",moment="${moment}"`;
  return mark({
    name,
    color,
    expr: instants('andon_incident_timestamp_seconds', filter, 'incident, severity, rule'),
    title: `${name}: {{rule}}`,
    text: `Incident {{incident}} ({{severity}}): ${words}`,
    tags: 'severity,rule',
  });
}

function changeMark(name: string, color: string, moment: string, words: string): AnnotationQueryBuilder {
  const filter = `service="$service",moment="${moment}"`;
  return mark({
    name,
    color,
    expr: instants('andon_change_timestamp_seconds', filter, 'change, kind, version'),
    title: `{{kind}} {{change}}`,
    text: `{{kind}} {{change}} ${words}`,
    // A change may have no version, and Grafana would say `version` in its place; a tag is left out.
    tags: 'version',
  });
}

/** What has not happened is at +Inf, where no mark can stand. */
function instants(metric: string, filter: string, by: string): string {
  return `${lastSaid(metric, filter, by)} * 1000 < Inf`;
}

/**
 * A mark stands at the instant that is the value of its series, so that it is right however far apart the points are that
 * Grafana asks for. Grafana up to 10 reads the expression beside the target, later ones read the one in it.
 */
function mark({ name, color, expr, title, text, tags }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .target(new DataqueryBuilder().expr(expr).range().refId('Anno'))
    .titleFormat(title)
    .textFormat(text)
    .tagKeys(tags)
    .step('60s')
    .useValueForTime(true);
}
