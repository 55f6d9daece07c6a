import type { ProtectionEvent } from './protection-event.ts';

/** Names every service at once. */
export const everyService = '*';

/** What ends a freeze besides a person and its expiry. */
export const freezeLifts = ['by-hand', 'end-state-held'] as const;
export type FreezeLift = (typeof freezeLifts)[number];

interface GateEventBase {
  /** A service's name, or `everyService`. */
  readonly service: string;
  /** ms since the epoch on Andon's clock. */
  readonly at: number;
}

/** What people did to gates, and how it ended; and who asked a gate to be told once it has made up its mind. */
export type GateEvent =
  /** Somebody pulled the cord. */
  | (GateEventBase & {
      readonly type: 'frozen';
      readonly freezeId: string;
      readonly by: string;
      readonly reason: string;
      readonly liftsWhen: FreezeLift;
      readonly until?: number;
    })
  | (GateEventBase & {
      readonly type: 'freeze-lifted';
      readonly freezeId: string;
      readonly because: 'by-hand' | 'expired' | 'end-state-held';
      /** Who lifted it, and why; of those that ended by themselves nobody. */
      readonly by?: string;
      readonly reason?: string;
    })
  /** Somebody took it upon them to let changes pass. */
  | (GateEventBase & {
      readonly type: 'gate-overridden';
      readonly overrideId: string;
      readonly by: string;
      readonly reason: string;
      readonly until: number;
      readonly change?: string;
    })
  | (GateEventBase & {
      readonly type: 'override-ended';
      readonly overrideId: string;
      readonly by: string;
      readonly reason: string;
    })
  /** A change that says it remedies an open incident passed where the gate holds others back. */
  | (GateEventBase & {
      readonly type: 'remedy-passed';
      readonly change: string;
      readonly incident: string;
      readonly by: string;
      readonly reason: string;
    })
  /** A change was said to remedy an incident that it began before, or was known before: nobody believed it. */
  | (GateEventBase & {
      readonly type: 'remedy-refused';
      readonly change: string;
      readonly incident: string;
      readonly by: string;
      readonly reason: string;
      /** The relapse that it began before, from 1; absent: the first onset. */
      readonly relapse?: number;
    })
  /** A change asked a gate, by its id, and was not let through: once, however often it asks. */
  | (GateEventBase & {
      readonly type: 'change-held';
      readonly change: string;
      /** What the gate said the first time, and why: one of its states and reasons. */
      readonly state: string;
      readonly because: string;
    })
  | ProtectionEvent;
export type StoredGateEvent = GateEvent & { readonly seq: number; readonly recordedAt: number };
