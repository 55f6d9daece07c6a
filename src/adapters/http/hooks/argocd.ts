import { z } from 'zod';
import type { ChangeOutcome } from '../../../domain/change/change-event.ts';
import { compactUtc } from '../../../domain/text/utc.ts';
import { ignored, kib, type Hook } from './hook.ts';
import { fitting, loose, looseTime } from './hook-fields.ts';
import { leftOut, serviceNamed } from './inbound.ts';

/** What the shipped template posts; see docs/examples/argocd-notifications.yaml. */
const ArgocdBody = z.object({
  app: z.string().min(1).max(253),
  phase: z.string(),
  startedAt: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-08-22T02:07:11Z' })
    .transform((text) => Date.parse(text)),
  finishedAt: looseTime,
  revision: loose,
  health: loose,
  environment: loose,
  message: loose,
  by: loose,
  link: loose,
});

/** Posts of Argo CD notifications: one sync of an application is one change. */
export const argocdHook: Hook<z.infer<typeof ArgocdBody>> = {
  origin: 'argocd',
  key: 'argocd',
  example: 'argocd: { tokenFile: /run/secrets/argocd-token }',
  path: '/api/v1/hooks/argocd',
  name: 'hookArgocd',
  summary: 'Posts of Argo CD notifications, as the shipped template makes them',
  proof: 'bearer',
  bodyLimitBytes: 64 * kib,
  body: ArgocdBody,
  takenStatus: 200,
  read({ body }, naming) {
    const { app, phase, startedAt, finishedAt, revision, health, environment, message, by, link } = body;
    const left = leftOut(naming, environment);
    if (left !== undefined) return ignored(left);
    const outcome = outcomeOf(phase, health);
    if (outcome === undefined)
      return ignored(`a sync that is ${JSON.stringify(phase.slice(0, 40))} tells of no change`);
    return {
      kind: 'report',
      report: {
        change: `argocd-${app}-${compactUtc(startedAt)}`,
        service: serviceNamed(naming, [app], app),
        ...fitting({ version: revision, environment, by, link, summary: outcome === 'failed' ? message : undefined }),
        startedAt,
        ...(outcome === 'under-way'
          ? {}
          : { outcome, ...(finishedAt === undefined ? {} : { finishedAt, saidAt: finishedAt }) }),
      },
    };
  },
};

function outcomeOf(phase: string, health: string | undefined): ChangeOutcome | 'under-way' | undefined {
  switch (phase) {
    case 'Running':
    case 'Terminating':
      return 'under-way';
    case 'Failed':
    case 'Error':
      return 'failed';
    case 'Succeeded':
      // A sync has succeeded when it is applied; whether what was applied comes up, its health tells.
      if (health === 'Degraded') return 'failed';
      return health === 'Healthy' || health === undefined ? 'succeeded' : 'under-way';
    default:
      return undefined;
  }
}
