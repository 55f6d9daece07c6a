import { SpanKind } from '@opentelemetry/api';
import type { Channel } from '../../app/ports/channel.ts';
import { inSpan, markFailed } from './traced.ts';

/** A channel whose every send is a span `delivery`, with what became of it. */
export function tracedChannel(channel: Channel): Channel {
  return {
    name: channel.name,
    type: channel.type,
    concurrency: channel.concurrency,
    ...(channel.resend === undefined ? {} : { resend: channel.resend }),
    ...(channel.toldOfEach === undefined ? {} : { toldOfEach: channel.toldOfEach }),
    ...(channel.wants === undefined ? {} : { wants: channel.wants }),
    close: async () => await channel.close(),
    send: async (attempt, signal) => {
      const { notification } = attempt;
      const attributes = {
        'andon.channel': channel.name,
        'andon.channel_type': channel.type,
        'andon.incident': notification.incidentId,
        'andon.notification': notification.id,
        'andon.notification_kind': notification.kind,
        'andon.attempt': attempt.attempt,
        ...(attempt.again === true ? { 'andon.again': true } : {}),
      };
      return await inSpan(
        'delivery',
        attributes,
        async (span) => {
          const result = await channel.send(attempt, signal);
          span.setAttribute('andon.outcome', result.kind);
          if (result.kind === 'gone') markFailed(span, result.kind, result.detail);
          else if (result.kind !== 'accepted') markFailed(span, result.reason, result.detail);
          return result;
        },
        SpanKind.CLIENT,
      );
    },
  };
}
