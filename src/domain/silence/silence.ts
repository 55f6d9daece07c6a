import type { Incident } from '../incident/incident.ts';
import type { SilencedBy } from '../incident/silenced-by.ts';
import type { SilenceEvent, SilenceMatcher } from './silence-event.ts';

/** Names every service at once. */
export const everyService = '*';

/** The longest silence, and the longest one that is about nothing in particular, ms. */
export const longestSilenceMs = 90 * 86_400_000;
export const longestWideSilenceMs = 86_400_000;

/** Pages that a person keeps from everybody for a while. Times: ms since the epoch on Andon's clock. */
export interface Silence {
  readonly id: string;
  readonly matcher: SilenceMatcher;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly from: number;
  readonly until: number;
}

export type Silences = ReadonlyMap<string, Silence>;

/** Folds one event in; an event about a silence that is not known changes nothing. */
export function foldSilences(silences: Silences, event: SilenceEvent): Silences {
  switch (event.type) {
    case 'silenced': {
      const { silenceId: id, matcher, by, reason, at, from, until } = event;
      return new Map(silences).set(id, { id, matcher, by, reason, at, from, until });
    }
    case 'silence-ended': {
      if (!silences.has(event.silenceId)) return silences;
      return new Map([...silences].filter(([id]) => id !== event.silenceId));
    }
  }
}

export function isStanding({ from, until }: Silence, now: number): boolean {
  return from <= now && now < until;
}

/** Whether a silence is about no service, owner, rule, label or group in particular. */
export function isWide({ service, owner, rule, labels, group }: SilenceMatcher): boolean {
  return (service === undefined || service === everyService) && (owner ?? rule ?? labels ?? group) === undefined;
}

/** What a silence is held against. */
export type Silenceable = Pick<Incident, 'service' | 'severity' | 'owner' | 'rules' | 'labels' | 'group'>;

/**
 * What keeps an incident's pages from everybody at an instant. Each rule that stopped the line in it must be silenced: what
 * nobody has silenced is told.
 */
export function silencingOf(incident: Silenceable, silences: Silences, now: number): SilencedBy | undefined {
  const standing = [...silences.values()].filter((silence) => isStanding(silence, now));
  if (standing.length === 0) return undefined;
  const lasting = incident.rules.map((rule) =>
    longest(standing.filter(({ matcher }) => fits(matcher, incident, rule))),
  );
  let first: Silence | undefined;
  for (const silence of lasting) {
    if (silence === undefined) return undefined;
    if (first === undefined || silence.until < first.until) first = silence;
  }
  if (first === undefined) return undefined;
  const { id: silenceId, by, reason, until } = first;
  return { kind: 'silence', silenceId, by, reason, until };
}

/** Whether a silence is about an incident, or about one rule of it. */
export function isAbout(matcher: SilenceMatcher, incident: Silenceable): boolean {
  return incident.rules.some((rule) => fits(matcher, incident, rule));
}

function fits(matcher: SilenceMatcher, incident: Silenceable, rule: string): boolean {
  const { service, severity, owner } = matcher;
  return (
    (service === undefined || service === everyService || service === incident.service) &&
    (severity === undefined || severity === incident.severity) &&
    (owner === undefined || owner === incident.owner) &&
    (matcher.rule === undefined || matcher.rule === rule) &&
    holds(matcher.labels, incident.labels) &&
    holds(matcher.group, incident.group)
  );
}

function holds(asked: Readonly<Record<string, string>> = {}, given: Readonly<Record<string, string>>): boolean {
  return Object.entries(asked).every(([label, value]) => Object.hasOwn(given, label) && given[label] === value);
}

function longest(silences: readonly Silence[]): Silence | undefined {
  return silences.reduce<Silence | undefined>(
    (last, each) => (last === undefined || each.until > last.until ? each : last),
    undefined,
  );
}
