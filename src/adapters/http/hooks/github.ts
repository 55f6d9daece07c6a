import { z } from 'zod';
import type { ChangeOutcome } from '../../../domain/change/change-event.ts';
import { protectionFields, readProtection } from './github-protection.ts';
import { ignored, kib, type Hook, type HookReading } from './hook.ts';
import { fitting, loose, looseTime } from './hook-fields.ts';
import { leftOut, serviceNamed, type HookNaming } from './inbound.ts';

const Login = z.object({ login: loose }).nullish();

/** What is used of `deployment_status` events, and of those that ask a gate. */
const DeploymentStatusBody = z.object({
  ...protectionFields,
  repository: z.object({ name: z.string().min(1), full_name: z.string().min(1) }).optional(),
  deployment: z
    .object({
      id: z.int(),
      sha: loose,
      environment: loose,
      description: loose,
      creator: Login,
      transient_environment: z.boolean().nullish(),
    })
    .optional(),
  deployment_status: z
    .object({
      state: z.string(),
      environment: loose,
      description: loose,
      log_url: loose,
      target_url: loose,
      environment_url: loose,
      created_at: looseTime,
      updated_at: looseTime,
    })
    .optional(),
});
type DeploymentStatusBody = z.infer<typeof DeploymentStatusBody>;

const outcomes: Readonly<Record<string, ChangeOutcome | 'under-way'>> = {
  in_progress: 'under-way',
  success: 'succeeded',
  failure: 'failed',
  error: 'failed',
};

/** Webhooks of GitHub: a deployment counts from its first status on that says it has begun. */
export const githubHook: Hook<DeploymentStatusBody> = {
  origin: 'github',
  key: 'github',
  example: 'github: { secretFile: /run/secrets/github-webhook }',
  path: '/api/v1/hooks/github',
  name: 'hookGithub',
  summary:
    'Webhooks of GitHub: `deployment_status` tells of a change, `deployment_protection_rule` asks the gate; others are answered and ignored',
  proof: 'github-signature',
  bodyLimitBytes: 1024 * kib,
  body: DeploymentStatusBody,
  takenStatus: 200,
  read({ body, header }, naming) {
    const event = header('x-github-event');
    if (event === undefined) return { kind: 'malformed', problem: 'the header X-GitHub-Event is missing' };
    if (event === 'ping') return ignored('the webhook is set up');
    if (event === 'deployment_protection_rule') return readProtection(body, naming);
    if (event === 'deployment') return ignored('a deployment counts from its first status on');
    if (event !== 'deployment_status') return ignored('only deployment_status tells of changes');
    return readStatus(body, naming);
  },
};

function readStatus(body: DeploymentStatusBody, naming: HookNaming): HookReading {
  const { repository, deployment, deployment_status: status } = body;
  if (repository === undefined || deployment === undefined || status === undefined)
    return { kind: 'malformed', problem: 'body: `repository`, `deployment` and `deployment_status` belong to it' };
  const outcome = Object.hasOwn(outcomes, status.state) ? outcomes[status.state] : undefined;
  if (outcome === undefined) return ignored(`a deployment that is ${JSON.stringify(status.state)} has changed nothing`);
  const environment = status.environment ?? deployment.environment;
  if (deployment.transient_environment === true) return ignored('the environment is a transient one');
  const left = leftOut(naming, environment);
  if (left !== undefined) return ignored(left);
  const at = status.created_at;
  const { name, full_name: full } = repository;
  const names = environment === undefined ? [full] : [`${full}/${environment}`, full, environment];
  const link = status.log_url ?? status.target_url ?? status.environment_url;
  const saidAt = status.updated_at ?? at;
  return {
    kind: 'report',
    report: {
      change: `github-${deployment.id}`,
      service: serviceNamed(naming, names, name),
      ...fitting({
        version: deployment.sha,
        summary: status.description ?? deployment.description,
        by: deployment.creator?.login,
        environment,
        link,
      }),
      ...(saidAt === undefined ? {} : { saidAt }),
      ...(outcome === 'under-way'
        ? at === undefined
          ? {}
          : { startedAt: at }
        : { outcome, ...(at === undefined ? {} : { finishedAt: at }) }),
    },
  };
}
