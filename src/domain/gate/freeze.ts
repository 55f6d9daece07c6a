import { everyService, type FreezeLift, type StoredGateEvent } from './gate-event.ts';

/** A line that a person stopped: somebody pulled the cord. Times are ms since the epoch on Andon's clock. */
export interface Freeze {
  readonly id: string;
  /** A service's name, or `everyService`. */
  readonly service: string;
  /** Who answers for it. */
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** `end-state-held`: it lifts by itself once the end state has held for `hold` since it began. */
  readonly liftsWhen: FreezeLift;
  /** When it expires; absent: only a person or its criterion lifts it. */
  readonly until?: number;
}

/** Leave that a person gave to pass a gate that says otherwise. */
export interface Override {
  readonly id: string;
  readonly service: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly until: number;
  /** Only this change may pass; absent: any. */
  readonly change?: string;
}

/** What people did to gates and no event has ended, as the log tells it. Whether one of them has run out is the reader's to judge. */
export interface HandledGates {
  readonly freezes: ReadonlyMap<string, Freeze>;
  readonly overrides: ReadonlyMap<string, Override>;
}

export const noHandledGates: HandledGates = { freezes: new Map(), overrides: new Map() };

/** Folds one event in; an event about a freeze or override that is not known changes nothing. */
export function foldGates(gates: HandledGates, event: StoredGateEvent): HandledGates {
  switch (event.type) {
    case 'frozen': {
      const { freezeId: id, service, by, reason, at, liftsWhen, until } = event;
      const freeze: Freeze = { id, service, by, reason, at, liftsWhen, ...(until === undefined ? {} : { until }) };
      return { ...gates, freezes: new Map(gates.freezes).set(id, freeze) };
    }
    case 'freeze-lifted':
      return { ...gates, freezes: without(gates.freezes, event.freezeId) };
    case 'gate-overridden': {
      const { overrideId: id, service, by, reason, at, until, change } = event;
      const override: Override = { id, service, by, reason, at, until, ...(change === undefined ? {} : { change }) };
      // No event ends those that run out: without this, everyone who asks would look through all there ever were.
      const left = [...gates.overrides].filter(([, known]) => known.until > at);
      return { ...gates, overrides: new Map(left).set(id, override) };
    }
    case 'override-ended':
      return { ...gates, overrides: without(gates.overrides, event.overrideId) };
    case 'remedy-passed':
    case 'remedy-refused':
    case 'change-held':
    case 'protection-asked':
    case 'protection-answered':
      return gates;
  }
}

/** The freezes under which a service is at an instant, oldest first. */
export function freezesOf(gates: HandledGates, service: string, now: number): readonly Freeze[] {
  const standing = [...gates.freezes.values()].filter(
    (freeze) => isMeant(freeze.service, service) && (freeze.until === undefined || now < freeze.until),
  );
  return standing.sort((a, b) => a.at - b.at);
}

/** The override that lets a service's changes pass at an instant; `change` is the one that asks. */
export function overrideOf(gates: HandledGates, service: string, now: number, change?: string): Override | undefined {
  return [...gates.overrides.values()].find(
    (override) =>
      isMeant(override.service, service) &&
      now < override.until &&
      (override.change === undefined || override.change === change),
  );
}

function isMeant(named: string, service: string): boolean {
  return named === everyService || named === service;
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
