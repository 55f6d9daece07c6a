import { z } from 'zod';
import { present, timeOf } from '../../../app/views/json-fields.ts';
import { changeKinds, changeOutcomes } from '../../../domain/change/change-event.ts';
import { describeSuspect } from '../../../domain/change/describe-suspect.ts';
import type { Suspect } from '../../../domain/change/suspect.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { TimeWire } from './common.ts';

const Count = z.strictObject({ bad: z.number(), total: z.number() });

export const SuspectWire = z
  .strictObject({
    text: z.string().meta({ description: 'All of it in a sentence for people.' }),
    change: z.string().meta({ description: 'The reporter’s id of the change.' }),
    kind: z.enum(changeKinds),
    version: z.string().optional(),
    before: z.string().optional().meta({ description: 'What was there before.' }),
    summary: z.string().optional(),
    by: z.string().optional(),
    link: z.string().optional(),
    rollback: z.string().optional().meta({ description: 'The way back, as its reporter gave it.' }),
    outcome: z.enum(changeOutcomes).optional(),
    startedAt: TimeWire,
    finishedAt: TimeWire.optional(),
    standing: z.enum(['suspect', 'confounded']).meta({
      description: '`confounded`: the onset lies in the window of several changes, and nobody can tell which it was.',
    }),
    sureness: z.enum(['likely', 'possible']).meta({
      description:
        '`likely`: it is the only one, the signal shifted there, and most of the onset’s interval lies in its window.',
    }),
    share: z.number().meta({ description: 'Share of the onset’s interval that lies in the change’s window, 0 to 1.' }),
    onsetAfterSeconds: z.number().meta({ description: 'From the start of the change to the onset.' }),
    shift: z.strictObject({
      verdict: z.enum(['shifted', 'unknown']),
      against: z.enum(['change', 'onset', 'bound']).optional().meta({
        description:
          'Whether the level after the onset was held against the level before the change, before the onset, or the target.',
      }),
      before: Count.optional(),
      after: Count.optional(),
      p: z
        .number()
        .optional()
        .meta({ description: 'How likely so much more bad is by chance (Fisher’s exact test, one-sided).' }),
    }),
    bake: z.string().optional().meta({ description: 'What its bake watch found, where that is worse than before.' }),
    others: z.int().meta({ description: 'Further changes in whose window the onset lies, listed or not.' }),
  })
  .meta({ id: 'Suspect', description: 'A change that an incident may come from.' });

export function toSuspectsWire(suspects: readonly Suspect[]): z.infer<typeof SuspectWire>[] {
  return suspects.map((suspect) => {
    const { version, before, summary, by, link, rollback, outcome, finishedAt, shift, bake } = suspect;
    return {
      text: describeSuspect(suspect),
      change: suspect.change,
      kind: suspect.kind,
      startedAt: formatUtc(suspect.startedAt),
      standing: suspect.standing,
      sureness: suspect.sureness,
      share: suspect.share,
      onsetAfterSeconds: suspect.onsetAfterMs / 1000,
      shift: {
        verdict: shift.verdict,
        ...present({
          against: shift.against,
          before: shift.before && { ...shift.before },
          after: shift.after && { ...shift.after },
          p: shift.p,
        }),
      },
      others: suspect.others,
      ...present({ version, before, summary, by, link, rollback, outcome, bake, finishedAt: timeOf(finishedAt) }),
    };
  });
}
