import { z } from 'zod';
import type { HookReading } from './hook.ts';
import { ignored } from './hook.ts';
import { serviceNamed, type HookNaming } from './inbound.ts';

const text = (limit: number) => z.string().min(1).max(limit).optional().catch(undefined);

/** What is used of `deployment_protection_rule` events beside the deployment; other events use these words otherwise. */
export const protectionFields = {
  action: text(100),
  environment: text(255),
  deployment_callback_url: text(2048),
  installation: z.object({ id: z.int().positive() }).optional().catch(undefined),
  sha: text(200),
  ref: text(1024),
};

interface ProtectionBody {
  readonly [F: string]: unknown;
  readonly action?: string | undefined;
  readonly environment?: string | undefined;
  readonly deployment_callback_url?: string | undefined;
  readonly installation?: { readonly id: number } | undefined;
  readonly sha?: string | undefined;
  readonly ref?: string | undefined;
  readonly repository?: { readonly name: string; readonly full_name: string } | undefined;
  readonly deployment?: { readonly id: number; readonly sha?: string | undefined } | undefined;
}

/**
 * A question of a deployment protection rule. The name of a service that is not watched is asked for too: the gate then
 * says so, where a question without an answer would keep the deployment waiting for a month.
 */
export function readProtection(body: ProtectionBody, naming: HookNaming): HookReading {
  const { action, environment, deployment_callback_url: callbackUrl, installation, repository, deployment } = body;
  if (action !== 'requested') return ignored('only the action `requested` asks for anything');
  if (
    environment === undefined ||
    callbackUrl === undefined ||
    installation === undefined ||
    repository === undefined ||
    deployment === undefined
  )
    return { kind: 'malformed', problem: `body: ${needed}` };
  const { name, full_name: full } = repository;
  const sha = deployment.sha ?? body.sha;
  const { ref } = body;
  return {
    kind: 'protection',
    request: {
      id: `${full}/${environment}/${deployment.id}`,
      service: serviceNamed(naming, [`${full}/${environment}`, full, environment], name),
      repository: full,
      environment,
      // The same id under which `deployment_status` tells of it.
      deployment: `github-${deployment.id}`,
      ...(sha === undefined ? {} : { sha }),
      ...(ref === undefined ? {} : { ref }),
      callbackUrl,
      installation: installation.id,
    },
  };
}

const needed =
  '`environment`, `deployment_callback_url`, `deployment.id`, `repository.full_name` and `installation.id` belong to it';
