import type { SilencedBy } from '../incident/silenced-by.ts';
import { formatUtc } from '../text/utc.ts';
import { everyService } from './silence.ts';
import type { SilenceMatcher } from './silence-event.ts';

/** `silenced by ada until …: reason`, for people. */
export function describeSilencing(by: SilencedBy): string {
  const who = by.kind === 'silence' ? `by ${by.by}` : 'for maintenance';
  return `silenced ${who} until ${formatUtc(by.until)}: ${by.reason}`;
}

/** What a silence is about, for people. */
export function describeMatcher(matcher: SilenceMatcher): string {
  const { service, severity, owner, rule, labels = {}, group = {} } = matcher;
  const named = (what: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${what} ${value}`];
  const pairs = (what: string, given: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(given).map(([label, value]) => `${what} ${label}=${value}`);
  return [
    ...(service === everyService ? ['every service'] : named('service', service)),
    ...named('severity', severity),
    ...named('owner', owner),
    ...named('rule', rule),
    ...pairs('label', labels),
    ...pairs('group', group),
  ].join(', ');
}
