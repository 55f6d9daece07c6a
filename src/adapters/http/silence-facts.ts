import type { SilenceView } from '../../app/silence/silence-desk.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import { describeMatcher, describeSilencing } from '../../domain/silence/describe-silence.ts';
import { formatUtc } from '../../domain/text/utc.ts';

/** A silence as the page shows it: what burns under it, and whether that pages soon. */
export function silenceFacts({ silence, isStanding, incidents, pagesSoon }: SilenceView) {
  const { id, matcher, by, reason, from, until } = silence;
  const begins = isStanding ? '' : ` from ${formatUtc(from)}`;
  const burning = incidents.length === 0 ? '' : ` (${incidents.length} open under it)`;
  const text = `${by} silenced ${describeMatcher(matcher)}${begins} until ${formatUtc(until)}: ${reason}${burning}`;
  return { id, text, soon: pagesSoon };
}

/** Why an incident does not page, or not by itself; empty where it does. */
export function quietText({ telling: { flapping, under } }: Incident, silencedBy: SilencedBy | undefined): string {
  if (silencedBy !== undefined) return describeSilencing(silencedBy);
  if (flapping !== undefined) return 'flapping: told once it is steady';
  return under === undefined ? '' : `told under ${under.incidentId}`;
}
