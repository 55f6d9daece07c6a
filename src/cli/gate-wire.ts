import { z } from 'zod';
import { VerdictWire } from './incident-wire.ts';

// Only the fields that are shown, and no unknown field refused: the daemon may be newer than this command.

export const FreezeWire = z.object({
  id: z.string(),
  service: z.string(),
  by: z.string(),
  reason: z.string(),
  since: z.string(),
  liftsWhen: z.string(),
  until: z.string().optional(),
});
export type FreezeWire = z.infer<typeof FreezeWire>;

export const FreezesWire = z.object({ freezes: z.array(FreezeWire) });
export type FreezesWire = z.infer<typeof FreezesWire>;

export const OverrideWire = z.object({
  id: z.string(),
  service: z.string(),
  by: z.string(),
  reason: z.string(),
  since: z.string(),
  until: z.string(),
  change: z.string().optional(),
});
export type OverrideWire = z.infer<typeof OverrideWire>;

export const OverridesWire = z.object({ overrides: z.array(OverrideWire) });
export type OverridesWire = z.infer<typeof OverridesWire>;

const FindingWire = z.object({
  state: z.string(),
  reason: z.string(),
  words: z.string(),
  incidentId: z.string().optional(),
  freezeId: z.string().optional(),
  budget: z.string().optional(),
  dependency: z.string().optional(),
});
export type FindingWire = z.infer<typeof FindingWire>;

/** What a gate says. Its action decides the exit code, so an action that is not known here is no answer. */
export const GateWire = z.object({
  service: z.string(),
  state: z.string(),
  action: z.enum(['go', 'wait', 'abort']),
  reason: z.string(),
  words: z.string(),
  findings: z.array(FindingWire),
  readings: z.array(z.object({ group: z.record(z.string(), z.string()), target: VerdictWire })),
  freezes: z.array(FreezeWire),
  passage: z.object({ kind: z.string(), by: z.string(), reason: z.string(), until: z.string().optional() }).optional(),
  dataAgeSeconds: z.number().optional(),
  decidedAt: z.string(),
  until: z.string().optional(),
});
export type GateWire = z.infer<typeof GateWire>;

export const GatesWire = z.object({ gates: z.array(GateWire) });
export type GatesWire = z.infer<typeof GatesWire>;

/** That a change was reported; what Andon made of it is its own affair. */
export const ChangeTakenWire = z.object({});
