import { z } from 'zod';
import { present } from '../../../app/views/json-fields.ts';
import { verdictJson } from '../../../app/views/service-json.ts';
import type { StoredEvent } from '../../../domain/incident/event.ts';
import type { Standing } from '../../../domain/incident/standing.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { TargetVerdictWire, TimeWire } from './common.ts';
import { SilencedByWire, toSilencedByWire } from './silence.ts';

const channels = z.array(z.string());

/** Why channels were not told of an event, or not of it alone. */
export const tellingFields = {
  silencedBy: SilencedByWire.optional().meta({ description: 'What kept it from every channel.' }),
  groupedUnder: z
    .strictObject({ incidentId: z.string(), channels })
    .optional()
    .meta({ description: 'The incident whose pages tell of this one on these channels.' }),
  withheld: channels.optional().meta({
    description: 'Channels that it was kept from: by a silence, for a group that is not back, or because it flaps.',
  }),
  withheldFor: z
    .array(z.enum(['flapping', 'group']))
    .optional()
    .meta({ description: 'Why, where no silence kept it; absent in what an older Andon wrote.' }),
};

/** How an incident stood when it was told of later than it happened. */
export const standingFields = {
  verdicts: z.array(TargetVerdictWire).optional().meta({ description: 'Its targets then; absent where nobody knew.' }),
  held: z
    .strictObject({ forSeconds: z.number(), ofSeconds: z.number() })
    .optional()
    .meta({ description: 'How long the end state had held then, of how long it has to; absent while it did not.' }),
};

/** The fields of one event. */
export function standingOf({ verdicts, held }: Standing) {
  return present({
    verdicts: verdicts?.map(verdictJson),
    held: held && { forSeconds: held.forMs / 1000, ofSeconds: held.ofMs / 1000 },
  });
}

type Tellable = Pick<
  Extract<StoredEvent, { readonly type: 'opened' }>,
  'silencedBy' | 'groupedUnder' | 'withheld' | 'withheldFor'
>;

/** The fields of one event. */
export function tellingOf({
  silencedBy,
  groupedUnder,
  withheld,
  withheldFor,
}: Tellable): z.infer<z.ZodObject<typeof tellingFields, z.core.$strict>> {
  return present({
    silencedBy: silencedBy && toSilencedByWire(silencedBy),
    groupedUnder: groupedUnder && { incidentId: groupedUnder.incidentId, channels: [...groupedUnder.channels] },
    withheld: withheld && [...withheld],
    withheldFor: withheldFor && [...withheldFor],
  });
}

const kind = z.enum(['firing', 'escalated', 'relapsed', 'resolved']);

/** Entries that say what was told later than it happened. `common`: what every entry has. */
export function laterTellings<C extends z.ZodRawShape>(common: C) {
  return [
    z
      .strictObject({
        ...common,
        type: z.literal('unsilenced'),
        kind: kind.exclude(['resolved']),
        silence: SilencedByWire,
        since: TimeWire,
        channels,
        ...standingFields,
        ...tellingFields,
      })
      .meta({ description: 'A silence is over, and what it had kept back is told.' }),
    z
      .strictObject({
        ...common,
        type: z.literal('grouped'),
        members: z.array(z.string()),
        channels,
        ...standingFields,
        ...tellingFields,
      })
      .meta({ description: 'Incidents that joined this one were named to the channels.' }),
    z
      .strictObject({
        ...common,
        type: z.literal('steadied'),
        kind: kind.extract(['relapsed', 'resolved']),
        relapses: z.int(),
        channels,
        ...standingFields,
        ...tellingFields,
      })
      .meta({ description: 'It was off and on, and has stayed as it is.' }),
    z
      .strictObject({ ...common, type: z.literal('group-over'), channels, ...tellingFields })
      .meta({ description: 'All that is told under it is back, and its end is told.' }),
  ] as const;
}

type Later = Extract<StoredEvent, { readonly type: 'unsilenced' | 'grouped' | 'steadied' | 'group-over' }>;

/** The entry of such an event, less what every entry has. */
export function toLaterTelling(event: Later) {
  const told = { channels: [...(event.told ?? [])], ...tellingOf(event) };
  switch (event.type) {
    case 'unsilenced': {
      const { type, silence, since } = event;
      const what = { type, kind: event.kind, silence: toSilencedByWire(silence), since: formatUtc(since) };
      return { ...what, ...standingOf(event), ...told };
    }
    case 'grouped':
      return { type: event.type, members: [...event.members], ...standingOf(event), ...told };
    case 'steadied': {
      const { type, relapses } = event;
      return { type, kind: event.kind, relapses, ...standingOf(event), ...told };
    }
    case 'group-over':
      return { type: event.type, ...told };
  }
}
