type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string', minLength: 1 } as const;
const closed = (properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const reference = closed({ id: text, source: text }, ['id']);

/**
 * What CDEvents 0.5.0 asks of an incident event of version 0.3.0, written down from its specification, without `links`.
 * Nothing beyond it is allowed, but in `customData`.
 */
export function incidentSchema(predicate: 'detected' | 'resolved'): Schema {
  const type = { enum: [`dev.cdevents.incident.${predicate}.0.3.0`] };
  const context = { specversion: text, id: text, source: text, type, timestamp: text, schemaUri: text, chainId: text };
  const content = { description: { type: 'string' }, environment: reference, service: reference, artifactId: text };
  const subject = { id: text, source: text, content: closed(content, ['environment']) };
  return closed(
    {
      context: closed(context, ['specversion', 'id', 'source', 'type', 'timestamp']),
      subject: closed(subject, ['id', 'content']),
      customData: { oneOf: [{ type: 'object' }, { type: 'string' }] },
      customDataContentType: { type: 'string' },
    },
    ['context', 'subject'],
  );
}
