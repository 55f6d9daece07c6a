import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import type { DeliveryListener } from './delivery-listener.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** Tells telemetry what becomes of notifications, and hands the events that delivery wrote to whoever folds them. */
export function deliveryTelemetry(
  telemetry: Pick<Telemetry, 'deliveryFinished' | 'resendFinished' | 'outboxDepth'>,
  onRecorded: (events: readonly StoredLogEvent[]) => void,
): DeliveryListener {
  return {
    attempted({ channel, outcome, durationMs }) {
      telemetry.deliveryFinished(channel, outcome === 'accepted' ? 'delivered' : outcome, durationMs);
    },
    settled({ channel, state }) {
      if (state === 'collapsed') telemetry.deliveryFinished(channel, 'collapsed');
    },
    resent(channel, accepted) {
      telemetry.resendFinished(channel, accepted);
    },
    queued(channel, pending) {
      telemetry.outboxDepth(channel, pending);
    },
    // A channel that is gone shows in `deliveryFinished` and in the log.
    channelGone: () => undefined,
    recorded: onRecorded,
    // The store's own health is told by the store's wrapper.
    recordFailed: () => undefined,
  };
}
