import type { CdEvent } from './cdevent.ts';

/** How an event stands in a request: as one JSON envelope, or with its context in `ce-` headers. */
export type CloudEventMode = 'structured' | 'binary';

interface CloudEventPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const dataType = 'application/cdevents+json';

/** An event as a CloudEvent over HTTP. */
export function cloudEventPost(event: CdEvent, mode: CloudEventMode): CloudEventPost {
  const { id, source, type, timestamp } = event.context;
  const context = { specversion: '1.0', id, source, type, subject: event.subject.id, time: timestamp };
  switch (mode) {
    case 'structured':
      return {
        body: JSON.stringify({ ...context, datacontenttype: dataType, data: event }),
        headers: { 'content-type': 'application/cloudevents+json' },
      };
    case 'binary': {
      const attributes = Object.entries(context).map(([name, value]) => [`ce-${name}`, headerValue(value)]);
      return { body: JSON.stringify(event), headers: { ...Object.fromEntries(attributes), 'content-type': dataType } };
    }
  }
}

/** The HTTP binding: percent-encoding of whatever is no printable ASCII, and of the three characters that would be mistaken for it. */
function headerValue(text: string): string {
  return text.toWellFormed().replaceAll(/[^\u0021-\u007e]|["%]/gu, encodeURIComponent);
}
