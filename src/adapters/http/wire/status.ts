import { z } from 'zod';
import { present, secondsOf, timeOf } from '../../../app/views/json-fields.ts';
import { statusWarnings } from '../../../app/views/status-warnings.ts';
import type { ChannelView, Readiness, SourceView, StatusView } from '../../../app/views/status-view.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { TimeWire } from './common.ts';

const FailureWire = z.strictObject({ at: TimeWire, reason: z.string(), detail: z.string() });

const SourceWire = z
  .strictObject({
    name: z.string(),
    clockSkewSeconds: z.number().optional().meta({ description: "The source's clock less Andon's." }),
    lastAnswerAt: TimeWire.optional(),
    lastError: FailureWire.optional(),
  })
  .meta({ id: 'SourceStatus' });

const ChannelWire = z
  .strictObject({
    name: z.string(),
    type: z.string().meta({ description: '`none` for a channel that is not configured.' }),
    configured: z.boolean().meta({
      description: 'False when the settings do not name the channel and notifications wait for it to come back.',
    }),
    pending: z.int().meta({ description: 'Notifications that are not delivered yet.' }),
    lastDeliveryAt: TimeWire.optional(),
    lastError: FailureWire.optional(),
  })
  .meta({ id: 'ChannelStatus' });

export const StatusWire = z
  .strictObject({
    version: z.string(),
    startedAt: TimeWire,
    ready: z.boolean(),
    reasons: z.array(z.string()).meta({ description: 'Why it is not ready yet.' }),
    warnings: z
      .array(z.string())
      .meta({ description: 'What deserves a look, a sentence each; none when all is well.' }),
    reload: z.strictObject({
      ok: z.boolean(),
      lastAttemptAt: TimeWire,
      lastSuccessAt: TimeWire.optional(),
      problems: z.array(z.string()),
      atNextStart: z
        .array(z.string())
        .meta({ description: 'What was changed in the settings and takes effect at the next start.' }),
      standIn: z
        .strictObject({
          kind: z.enum(['kept-rules', 'sound-rules', 'nothing']).meta({
            description:
              'The rules that ran before the restart; whatever in the rule files has no problem; or nothing at all.',
          }),
          leftOut: z
            .array(z.string())
            .meta({ description: 'Services that the rule files declare by name and that are not watched.' }),
        })
        .optional()
        .meta({ description: 'What runs since a start with rule files that had problems.' }),
    }),
    store: z.strictObject({ degraded: z.boolean(), reason: z.string().optional() }),
    sources: z.array(SourceWire),
    channels: z.array(ChannelWire),
  })
  .meta({ id: 'Status' });

export function toStatusWire(status: StatusView, readiness: Readiness): z.infer<typeof StatusWire> {
  const { version, startedAt, reload, store, sources, channels } = status;
  return {
    version,
    startedAt: formatUtc(startedAt),
    ready: readiness.ready,
    reasons: [...readiness.reasons],
    warnings: [...statusWarnings(status, readiness)],
    reload: {
      ok: reload.ok,
      lastAttemptAt: formatUtc(reload.lastAttemptAt),
      problems: [...reload.problems],
      atNextStart: [...reload.atNextStart],
      ...present({ lastSuccessAt: timeOf(reload.lastSuccessAt), standIn: toStandInWire(reload.standIn) }),
    },
    store: { degraded: store.degraded, ...present({ reason: store.reason }) },
    sources: sources.map(toSourceWire),
    channels: channels.map(toChannelWire),
  };
}

function toStandInWire(standIn: StatusView['reload']['standIn']) {
  return standIn === undefined ? undefined : { kind: standIn.kind, leftOut: [...standIn.leftOut] };
}

function toSourceWire({ name, clockSkewMs, lastAnswerAt, lastError }: SourceView): z.infer<typeof SourceWire> {
  return {
    name,
    ...present({
      clockSkewSeconds: secondsOf(clockSkewMs),
      lastAnswerAt: timeOf(lastAnswerAt),
      lastError: lastError && toFailureWire(lastError),
    }),
  };
}

function toChannelWire(channel: ChannelView): z.infer<typeof ChannelWire> {
  const { name, type, configured, pending, lastDeliveryAt, lastError } = channel;
  return {
    name,
    type,
    configured,
    pending,
    ...present({ lastDeliveryAt: timeOf(lastDeliveryAt), lastError: lastError && toFailureWire(lastError) }),
  };
}

function toFailureWire({ at, reason, detail }: NonNullable<SourceView['lastError']>): z.infer<typeof FailureWire> {
  return { at: formatUtc(at), reason, detail };
}
