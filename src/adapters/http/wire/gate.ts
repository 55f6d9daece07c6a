import { z } from 'zod';
import { verdictJson } from '../../../app/views/service-json.ts';
import { present, secondsOf, timeOf } from '../../../app/views/json-fields.ts';
import type { Freeze, Override } from '../../../domain/gate/freeze.ts';
import { gateActions, gateReasons, gateStates, type GateAnswer } from '../../../domain/gate/gate-answer.ts';
import { freezeLifts } from '../../../domain/gate/gate-event.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { GroupWire, TargetVerdictWire, TimeWire } from './common.ts';

export const FreezeWire = z
  .strictObject({
    id: z.string(),
    service: z.string().meta({ description: 'A service’s name, or `*` for every service.' }),
    by: z.string(),
    reason: z.string(),
    since: TimeWire,
    liftsWhen: z.enum(freezeLifts),
    until: TimeWire.optional().meta({ description: 'Absent: somebody or its criterion lifts it.' }),
  })
  .meta({ id: 'Freeze', description: 'A line that a person stopped.' });
export type FreezeWire = z.infer<typeof FreezeWire>;

export const FreezesWire = z.strictObject({ freezes: z.array(FreezeWire) }).meta({ id: 'Freezes' });

export const OverrideWire = z
  .strictObject({
    id: z.string(),
    service: z.string(),
    by: z.string(),
    reason: z.string(),
    since: TimeWire,
    until: TimeWire,
    change: z.string().optional().meta({ description: 'Only this change may pass.' }),
  })
  .meta({ id: 'Override', description: 'Leave that a person gave to pass a gate.' });
export type OverrideWire = z.infer<typeof OverrideWire>;

export const OverridesWire = z.strictObject({ overrides: z.array(OverrideWire) }).meta({ id: 'Overrides' });

const FindingWire = z
  .strictObject({
    state: z.enum(gateStates),
    reason: z.enum(gateReasons),
    words: z.string(),
    incidentId: z.string().optional(),
    freezeId: z.string().optional(),
    budget: z.string().optional(),
    change: z.string().optional(),
    dependency: z.string().optional(),
  })
  .meta({ id: 'GateFinding' });

const PassageWire = z
  .strictObject({
    kind: z.enum(['remedy', 'overridden']),
    by: z.string(),
    reason: z.string(),
    incidentId: z.string().optional(),
    until: TimeWire.optional(),
  })
  .meta({ id: 'GatePassage', description: 'Who let changes pass where the gate would not have.' });

/** What deployment tools read: fields that their conditions use are never null and never absent. */
export const GateWire = z
  .strictObject({
    service: z.string(),
    state: z.enum(gateStates).meta({ description: '`unknown`: data is missing; it never counts as a pass.' }),
    action: z.enum(gateActions).meta({
      description: '`go`: ship; `wait`: ask again; `abort`: roll back. For `unknown` the service’s policy decides.',
    }),
    ok: z.boolean().meta({ description: 'True for `go`.' }),
    reason: z.enum(gateReasons),
    words: z.string().meta({ description: 'The reason for people.' }),
    findings: z.array(FindingWire).meta({ description: 'Everything seen, what decides first.' }),
    readings: z.array(
      z.strictObject({
        group: GroupWire,
        target: TargetVerdictWire,
        ageSeconds: z
          .number()
          .optional()
          .meta({ description: 'Age of the newest sample behind it; absent when there is none.' }),
      }),
    ),
    freezes: z.array(FreezeWire),
    passage: PassageWire.optional(),
    dataAgeSeconds: z
      .number()
      .optional()
      .meta({ description: 'Age of the data behind it; absent when there is none.' }),
    decidedAt: TimeWire,
    until: TimeWire.optional().meta({ description: 'When it may change by time alone.' }),
  })
  .meta({ id: 'Gate' });
export type GateWire = z.infer<typeof GateWire>;

export const GatesWire = z.strictObject({ gates: z.array(GateWire) }).meta({ id: 'Gates' });

export function toFreezeWire({ id, service, by, reason, at, liftsWhen, until }: Freeze): FreezeWire {
  return { id, service, by, reason, since: formatUtc(at), liftsWhen, ...present({ until: timeOf(until) }) };
}

export function toOverrideWire({ id, service, by, reason, at, until, change }: Override): OverrideWire {
  return { id, service, by, reason, since: formatUtc(at), until: formatUtc(until), ...present({ change }) };
}

export function toGateWire(answer: GateAnswer): GateWire {
  const { service, state, action, reason, words, findings, readings, freezes, passage } = answer;
  return {
    service,
    state,
    action,
    ok: action === 'go',
    reason,
    words,
    findings: findings.map((each) => ({
      state: each.state,
      reason: each.reason,
      words: each.words,
      ...present({
        incidentId: each.incident,
        freezeId: each.freeze,
        budget: each.budget,
        change: each.change,
        dependency: each.dependency,
      }),
    })),
    readings: readings.map(({ group, verdict, ageMs }) => ({
      group: { ...group },
      target: verdictJson(verdict),
      ...present({ ageSeconds: secondsOf(ageMs) }),
    })),
    freezes: freezes.map(toFreezeWire),
    decidedAt: formatUtc(answer.decidedAt),
    ...present({
      passage: passage && passageWire(passage),
      dataAgeSeconds: secondsOf(answer.dataAgeMs),
      until: timeOf(answer.until),
    }),
  };
}

function passageWire({ kind, by, reason, incident, until }: NonNullable<GateAnswer['passage']>) {
  return { kind, by, reason, ...present({ incidentId: incident, until: timeOf(until) }) };
}
