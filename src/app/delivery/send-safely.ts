import type { Attempt, Channel, SendResult } from '../ports/channel.ts';

/** Sends once and never rejects: a channel that throws is one that cannot be reached. */
export async function sendSafely(channel: Channel, attempt: Attempt, signal: AbortSignal): Promise<SendResult> {
  try {
    return await channel.send(attempt, signal);
  } catch (error) {
    // The message of an unforeseen error may hold anything, so only its name is passed on.
    const name = error instanceof Error ? error.name : 'unknown error';
    return { kind: 'retry', reason: 'unreachable', detail: `the channel failed unexpectedly (${name})` };
  }
}
