import { z } from 'zod';
import { present, timeOf } from '../../../app/views/json-fields.ts';
import type { Change } from '../../../domain/change/change.ts';
import { changeKinds, changeOrigins, changeOutcomes } from '../../../domain/change/change-event.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import type { Bake } from '../../../domain/change/bake.ts';
import { bakeVerdicts } from '../../../domain/change/bake-event.ts';
import { describeWorse } from '../../../domain/change/describe-bake.ts';
import { TimeWire } from './common.ts';

export const ChangeWire = z
  .strictObject({
    id: z.string(),
    service: z.string(),
    kind: z.enum(changeKinds),
    origin: z.enum(changeOrigins).meta({ description: 'Who told of it first.' }),
    version: z.string().optional(),
    before: z.string().optional(),
    summary: z.string().optional(),
    by: z.string().optional(),
    environment: z.string().optional(),
    link: z.string().optional(),
    rollback: z.string().optional(),
    startedAt: TimeWire,
    finishedAt: TimeWire.optional().meta({ description: 'Absent while it is under way.' }),
    outcome: z.enum(changeOutcomes).optional(),
    remedies: z.strictObject({ incident: z.string(), by: z.string(), reason: z.string() }).optional(),
    bake: z
      .strictObject({
        verdict: z.enum(bakeVerdicts),
        gap: z.string().optional().meta({ description: 'Why there is no data.' }),
        words: z.string().optional().meta({ description: 'What is worse since it, where that is so.' }),
        worseAt: TimeWire.optional().meta({ description: 'When it was first seen to be clearly worse.' }),
        finishedAt: TimeWire.optional().meta({ description: 'Absent while the watch over it runs.' }),
      })
      .optional()
      .meta({ description: 'What the watch over it found; absent before it found anything.' }),
    firstReportedAt: TimeWire,
    lastReportedAt: TimeWire,
  })
  .meta({ id: 'Change', description: 'A change as its reports tell it together.' });
export type ChangeWire = z.infer<typeof ChangeWire>;

export const ChangesWire = z.strictObject({ changes: z.array(ChangeWire) }).meta({ id: 'Changes' });

export const ChangeTakenWire = z
  .strictObject({
    result: z
      .enum(['recorded', 'unchanged'])
      .meta({ description: '`unchanged`: it said nothing new; nothing was written.' }),
    change: ChangeWire,
  })
  .meta({ id: 'ChangeTaken' });

export function toChangeWire(change: Change): ChangeWire {
  const { told: _told, bake, id, service, kind, origin, startedAt, finishedAt, remedies, ...rest } = change;
  const { firstReportedAt, lastReportedAt, outcome, ...texts } = rest;
  return {
    id,
    service,
    kind,
    origin,
    ...texts,
    startedAt: formatUtc(startedAt),
    ...present({
      finishedAt: timeOf(finishedAt),
      outcome,
      remedies: remedies && { ...remedies },
      bake: bake && toBake(change, bake),
    }),
    firstReportedAt: formatUtc(firstReportedAt),
    lastReportedAt: formatUtc(lastReportedAt),
  };
}

function toBake(change: Change, bake: Bake): NonNullable<ChangeWire['bake']> {
  const { verdict, gap, worseAt, finishedAt } = bake;
  const words = verdict === 'worse' || verdict === 'confounded' ? describeWorse(change, bake) : undefined;
  return { verdict, ...present({ gap, words, worseAt: timeOf(worseAt), finishedAt: timeOf(finishedAt) }) };
}
