import { z } from 'zod';
import { verdictJson } from '../../../app/views/service-json.ts';
import { present, timeOf } from '../../../app/views/json-fields.ts';
import type { ShadowStop } from '../../../domain/shadow/shadow-stop.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { GroupWire, SeverityWire, TargetVerdictWire, TimeWire } from './common.ts';

const ShadowStopWire = z
  .strictObject({
    id: z.string(),
    service: z.string(),
    group: GroupWire,
    rule: z.string(),
    severity: SeverityWire,
    condition: z.string(),
    because: z.enum(['condition-true', 'unknown-too-long']),
    firedAt: TimeWire.meta({ description: 'On the clock of the source.' }),
    clearedAt: TimeWire.optional().meta({
      description: 'Absent while it would still stop the line, and where its service left the rule files.',
    }),
    clearedBecause: z.enum(['condition-false', 'rule-changed', 'group-gone']).optional(),
    verdicts: z.array(TargetVerdictWire).meta({ description: 'The end state when it fired.' }),
  })
  .meta({ id: 'ShadowStop', description: 'What a rule that only records would have stopped.' });

export const ShadowStopsWire = z.strictObject({ stops: z.array(ShadowStopWire) }).meta({ id: 'ShadowStops' });
export type ShadowStopsWire = z.infer<typeof ShadowStopsWire>;

export function toShadowStopWire(stop: ShadowStop): ShadowStopsWire['stops'][number] {
  const { id, service, group, rule, severity, condition, because, clearedBecause } = stop;
  return {
    id,
    service,
    group: { ...group },
    rule,
    severity,
    condition,
    because,
    firedAt: formatUtc(stop.firedAt),
    verdicts: stop.verdicts.map(verdictJson),
    ...present({ clearedAt: timeOf(stop.clearedAt), clearedBecause }),
  };
}
