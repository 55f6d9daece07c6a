import type { Clock } from '../app/ports/clock.ts';
import type { Asked } from './api-command.ts';
import type { GateWire } from './gate-wire.ts';

/** Asks a gate once. */
export type AskGate = () => Promise<Asked<GateWire>>;

export type Watched = Asked<GateWire>;

export interface Patience {
  /** How long to ask again while the answer is to wait, ms; 0: once. */
  readonly waitMs: number;
  readonly everyMs: number;
  /** Called with the first answer that says to wait, and with each that differs from the one before it. */
  readonly onChange: (seen: Watched) => void;
}

/**
 * Asks until the answer is something else than to wait, or the time is over. A daemon that does not answer for a moment,
 * such as one that restarts, is asked again in that time; one that refuses, or knows no such service, is not.
 */
export async function patientGate(
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  askGate: AskGate,
  { waitMs, everyMs, onChange }: Patience,
): Promise<Watched> {
  const deadline = clock.monotonic() + waitMs;
  let before: string | undefined;
  for (;;) {
    const seen = await askGate();
    if (waitMs === 0 || !mayChange(seen)) return seen;
    const now = gist(seen);
    if (now !== before) onChange(seen);
    before = now;
    const left = deadline - clock.monotonic();
    if (left <= 0) return seen;
    await clock.sleep(Math.min(everyMs, left));
  }
}

function mayChange(seen: Watched): boolean {
  // No time makes a name that is misspelt a service.
  if (seen.kind === 'ok') return seen.value.action === 'wait' && seen.value.reason !== 'unknown-service';
  const { reason, status } = seen.fault;
  return reason === 'unreachable' || status === 429 || (status !== undefined && status >= 500);
}

/** What makes an answer another one; its words may hold an age, which is always another. */
function gist(seen: Watched): string {
  if (seen.kind === 'failed') return JSON.stringify(seen.fault.message);
  const { state, reason, findings } = seen.value;
  const what = findings.map(({ state, reason, incidentId, freezeId, budget, dependency }) => [
    state,
    reason,
    incidentId,
    freezeId,
    budget,
    dependency,
  ]);
  return JSON.stringify([state, reason, what]);
}
