import type { BakeEvent } from '../change/bake-event.ts';
import type { ChangeEvent } from '../change/change-event.ts';
import type { GateEvent } from '../gate/gate-event.ts';
import type { IncidentEvent } from '../incident/event.ts';
import type { ShadowEvent } from '../shadow/shadow-event.ts';
import type { SilenceEvent } from '../silence/silence-event.ts';

/** Everything that the append-only log tells. What stands now is folded from it, subject by subject. */
export type LogEvent = IncidentEvent | GateEvent | ChangeEvent | ShadowEvent | BakeEvent | SilenceEvent;

/** An event as the store keeps it. */
export type StoredLogEvent = LogEvent & {
  /** Position in the log, from 1, without gaps within one store. */
  readonly seq: number;
  /** When it was written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
};

type Stored<E extends LogEvent> = E & Pick<StoredLogEvent, 'seq' | 'recordedAt'>;

/** Events of incidents, and no others, name one by `incidentId`: so do those of an Andon newer or older than this one. */
export function isIncidentEvent(event: StoredLogEvent): event is Stored<IncidentEvent> {
  return 'incidentId' in event;
}

const gateEventTypes: ReadonlySet<string> = new Set([
  'frozen',
  'freeze-lifted',
  'gate-overridden',
  'override-ended',
  'remedy-passed',
  'remedy-refused',
  'change-held',
  'protection-asked',
  'protection-answered',
] satisfies GateEvent['type'][]);

export function isGateEvent(event: StoredLogEvent): event is Stored<GateEvent> {
  return gateEventTypes.has(event.type);
}

/** What the watch over a change found. */
export function isBakeEvent(event: StoredLogEvent): event is Stored<BakeEvent> {
  return event.type === 'bake-worse' || event.type === 'bake-finished';
}

export function isChangeEvent(event: StoredLogEvent): event is Stored<ChangeEvent> {
  return event.type === 'change-reported';
}

export function isShadowEvent(event: StoredLogEvent): event is Stored<ShadowEvent> {
  return event.type === 'shadow-fired' || event.type === 'shadow-cleared';
}

export function isSilenceEvent(event: StoredLogEvent): event is Stored<SilenceEvent> {
  return event.type === 'silenced' || event.type === 'silence-ended';
}
