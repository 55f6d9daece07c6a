import { z } from 'zod';
import type { PendingProtection } from '../../../app/gate/protection-desk.ts';
import { present } from '../../../app/views/json-fields.ts';
import { gateActions, gateReasons, gateStates } from '../../../domain/gate/gate-answer.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { TimeWire } from './common.ts';

const ProtectionWire = z
  .strictObject({
    id: z.string(),
    service: z.string(),
    repository: z.string(),
    environment: z.string(),
    change: z.string().meta({ description: 'The id of the change that asks.' }),
    sha: z.string().optional(),
    ref: z.string().optional(),
    since: TimeWire,
    waitUntil: TimeWire.meta({ description: 'When it is rejected unless the gate says go before.' }),
    said: z
      .strictObject({
        state: z.enum(gateStates),
        action: z.enum(gateActions),
        reason: z.enum(gateReasons),
        words: z.string(),
      })
      .optional()
      .meta({ description: 'What the gate said last.' }),
    problem: z.string().optional().meta({ description: 'Why GitHub has not been told yet.' }),
  })
  .meta({ id: 'Protection', description: 'A deployment that waits for the gate.' });
type ProtectionWire = z.infer<typeof ProtectionWire>;

export const ProtectionsWire = z.strictObject({ protections: z.array(ProtectionWire) }).meta({ id: 'Protections' });

export function toProtectionWire({ protection, said, problem }: PendingProtection): ProtectionWire {
  const { id, service, repository, environment, deployment, sha, ref, askedAt, waitUntil } = protection;
  return {
    id,
    service,
    repository,
    environment,
    change: deployment,
    since: formatUtc(askedAt),
    waitUntil: formatUtc(waitUntil),
    ...present({
      sha,
      ref,
      problem,
      said: said && { state: said.state, action: said.action, reason: said.reason, words: said.words },
    }),
  };
}
