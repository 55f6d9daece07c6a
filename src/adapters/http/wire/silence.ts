import { z } from 'zod';
import type { SilenceView } from '../../../app/silence/silence-desk.ts';
import { present } from '../../../app/views/json-fields.ts';
import type { SilencedBy } from '../../../domain/incident/silenced-by.ts';
import { describeMatcher } from '../../../domain/silence/describe-silence.ts';
import type { Silence } from '../../../domain/silence/silence.ts';
import type { SilenceMatcher } from '../../../domain/silence/silence-event.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { GroupWire, SeverityWire, TimeWire } from './common.ts';

export const SilencedByWire = z
  .strictObject({
    kind: z.enum(['silence', 'maintenance']),
    silenceId: z.string().optional(),
    by: z.string().optional().meta({ description: 'Who answers for it; absent for maintenance.' }),
    reason: z.string(),
    until: TimeWire,
  })
  .meta({ id: 'SilencedBy', description: 'What keeps pages back: somebody’s silence, or declared maintenance.' });

export const MatcherWire = z
  .strictObject({
    service: z.string().optional().meta({ description: 'A service’s name, or `*` for every service.' }),
    severity: SeverityWire.optional(),
    owner: z.string().optional(),
    rule: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    group: GroupWire.optional(),
  })
  .meta({ id: 'SilenceMatcher', description: 'Incidents that fit all that is named.' });

const silenceFields = {
  id: z.string(),
  matcher: MatcherWire,
  words: z.string().meta({ description: 'What it is about, for people.' }),
  by: z.string(),
  reason: z.string(),
  createdAt: TimeWire,
  from: TimeWire,
  until: TimeWire,
};

export const SilenceWire = z
  .strictObject(silenceFields)
  .meta({ id: 'Silence', description: 'Pages that a person keeps back for a while; nothing else changes.' });

export const SilencesWire = z
  .strictObject({
    silences: z.array(
      z.strictObject({
        ...silenceFields,
        standing: z.boolean().meta({ description: 'False for one that is to come.' }),
        incidents: z.array(z.string()).meta({ description: 'Open incidents that it is about now.' }),
        pagesSoon: z.boolean().meta({
          description: 'True when incidents burn under it and it ends within 15 minutes: then they page.',
        }),
      }),
    ),
  })
  .meta({ id: 'Silences' });

export function toSilencedByWire(by: SilencedBy): z.infer<typeof SilencedByWire> {
  const { kind, reason, until } = by;
  const person = by.kind === 'silence' ? { silenceId: by.silenceId, by: by.by } : {};
  return { kind, ...person, reason, until: formatUtc(until) };
}

export function toSilenceWire({ id, matcher, by, reason, at, from, until }: Silence): z.infer<typeof SilenceWire> {
  return {
    id,
    matcher: toMatcherWire(matcher),
    words: describeMatcher(matcher),
    by,
    reason,
    createdAt: formatUtc(at),
    from: formatUtc(from),
    until: formatUtc(until),
  };
}

export function toSilencesWire(views: readonly SilenceView[]): z.infer<typeof SilencesWire> {
  return {
    silences: views.map(({ silence, isStanding, incidents, pagesSoon }) => {
      return { ...toSilenceWire(silence), standing: isStanding, incidents: [...incidents], pagesSoon };
    }),
  };
}

function toMatcherWire({ service, severity, owner, rule, labels, group }: SilenceMatcher): z.infer<typeof MatcherWire> {
  return present({ service, severity, owner, rule, labels: labels && { ...labels }, group: group && { ...group } });
}
