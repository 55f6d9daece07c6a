import { standInText } from './stand-in-text.ts';
import type { ChannelView, Readiness, SourceView, StatusView } from './status-view.ts';

/** What deserves a look in the daemon's own state, a sentence each: for the page, the API and the command line. */
export function statusWarnings(
  { reload, store, sources, channels }: StatusView,
  readiness: Readiness,
): readonly string[] {
  return [
    ...(readiness.ready ? [] : [`Not ready yet: ${readiness.reasons.join('; ') || 'Andon is starting'}`]),
    ...(reload.ok ? [] : [refusedText(reload), ...reload.problems]),
    ...reload.atNextStart,
    ...(store.degraded ? [`The store cannot keep what happens: ${store.reason ?? 'unknown'}`] : []),
    ...sources.flatMap(silenceText),
    ...channels.flatMap(waitingText),
  ];
}

function refusedText({ standIn }: StatusView['reload']): string {
  return `The settings or rule files have problems; ${standIn === undefined ? 'everything runs as before' : standInText(standIn)}.`;
}

function silenceText({ name, lastError, lastAnswerAt }: SourceView): readonly string[] {
  return lastError === undefined || lastError.at <= (lastAnswerAt ?? 0)
    ? []
    : [`Source ${name} does not answer (${lastError.reason}): ${lastError.detail}`];
}

function waitingText({ name, configured, pending, lastError, lastDeliveryAt }: ChannelView): readonly string[] {
  const pages = `${pending} ${pending === 1 ? 'page waits' : 'pages wait'} for the channel ${name}`;
  if (!configured) return [`${pages}, which is not configured`];
  const fails = pending > 0 && lastError !== undefined && lastError.at > (lastDeliveryAt ?? 0);
  return fails ? [`${pages} (${lastError.reason}): ${lastError.detail}`] : [];
}
