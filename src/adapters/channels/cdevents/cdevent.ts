import type { FactSheet } from '../facts/fact-sheet.ts';

/** Of the specification whose schemas the events keep to. */
const specversion = '0.5.0';
const typeVersion = '0.3.0';

/** What a notification does not know, and CDEvents asks for. */
export interface EventOrigin {
  /** A URI reference that names this Andon among all producers of events. */
  readonly source: string;
  /** Which environment it watches. */
  readonly environment: string;
}

/** An incident event of CDEvents. `content` may hold nothing else; whatever Andon knows besides is in `customData`. */
export interface CdEvent {
  readonly context: {
    readonly specversion: string;
    /** The same on every try. */
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly timestamp: string;
  };
  readonly subject: {
    readonly id: string;
    readonly source: string;
    readonly content: {
      readonly description: string;
      readonly environment: { readonly id: string };
      readonly service: { readonly id: string };
    };
  };
  readonly customData: FactSheet['data'] & { readonly event: FactSheet['type'] };
  readonly customDataContentType: 'application/json';
}

/**
 * The event of a notification. An incident is detected when it opens, when it turns out worse and when it comes back: the subject's
 * id tells that it is one incident, and `customData.event` which of these it is. `reported` is for tickets, of which Andon has none.
 */
export function cdEventOf(
  facts: FactSheet,
  id: string,
  { source, environment }: EventOrigin,
  description = facts.data.title,
): CdEvent {
  const { type, data } = facts;
  // The end of an incident that there never was sets nothing in motion.
  const predicate = type === 'incident.resolved' || type === 'incident.test' ? 'resolved' : 'detected';
  return {
    context: {
      specversion,
      id,
      source,
      type: `dev.cdevents.incident.${predicate}.${typeVersion}`,
      timestamp: timeOf(facts),
    },
    subject: {
      id: data.incidentId,
      source,
      content: { description, environment: { id: environment }, service: { id: data.service } },
    },
    customData: { event: type, ...data },
    customDataContentType: 'application/json',
  };
}

/** When it happened, not when it was told: after a time of being down the two are far apart. */
function timeOf({ type, timestamp, data }: FactSheet): string {
  if (type === 'incident.firing') return data.detectedAt;
  return (type === 'incident.resolved' ? data.resolvedAt : undefined) ?? timestamp;
}
