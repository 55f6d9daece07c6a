import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Inbound } from '../../../../src/adapters/http/hooks/inbound.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { aWorld, type World, type WorldOptions } from '../http-world.ts';

export const secret = 'correct-horse-battery-staple';

export interface HookWorld extends AsyncDisposable {
  readonly world: World;
  /** File that holds the secret. */
  readonly secretFile: string;
  /** Posts a body as it stands, or an object as JSON. */
  send(path: string, body: string | Buffer | object, headers?: Record<string, string>): Promise<Response>;
}

/** A server with every way in switched on; `inbound` says what else the settings of a tool hold. */
export async function aHookWorld(
  inbound: { readonly [K in keyof Inbound]?: object } = {},
  options: WorldOptions = {},
): Promise<HookWorld> {
  const folder = await temporaryDirectory();
  const secretFile = join(folder.path, 'secret');
  await writeFile(secretFile, `${secret}\n`);
  const token = { tokenFile: secretFile, services: {} };
  const world = await aWorld({
    tokenFile: secretFile,
    inbound: {
      github: { secretFile, services: {}, ...inbound.github },
      flagger: { ...token, ...inbound.flagger },
      argocd: { ...token, ...inbound.argocd },
      cdevents: { ...token, ...inbound.cdevents },
      pagerdutyChanges: { ...token, ...inbound.pagerdutyChanges },
    },
    ...options,
  });
  return {
    world,
    secretFile,
    async send(path, body, headers = {}) {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      return await fetch(`http://127.0.0.1:${world.address.port}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: new Uint8Array(bytes),
      });
    },
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export function signed(body: string | Buffer, key = secret): Record<string, string> {
  return { 'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}` };
}

export const bearer = { authorization: `Bearer ${secret}` };

/** What a tool sends; times are within the hour before the world's clock. */
export const github = {
  path: '/api/v1/hooks/github',
  headers: (body: string | Buffer, key?: string) => ({
    'x-github-event': 'deployment_status',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    ...signed(body, key),
  }),
  body: (state = 'success', at = '2026-08-22T01:50:00Z', deployment: object = {}) => ({
    action: 'created',
    deployment_status: {
      id: 7,
      state,
      environment: 'production',
      description: 'Deployed by Actions',
      target_url: '',
      log_url: 'https://github.com/shop/checkout/actions/runs/1',
      created_at: at,
      updated_at: at,
      creator: { login: 'github-actions[bot]' },
    },
    deployment: {
      id: 42,
      sha: 'a10867b14bb761a232cd80139fbd4c0d33264240',
      ref: 'main',
      environment: 'production',
      description: null,
      creator: { login: 'ada' },
      created_at: '2026-08-22T01:40:00Z',
      transient_environment: false,
      production_environment: true,
      ...deployment,
    },
    repository: { id: 1, name: 'checkout', full_name: 'shop/checkout' },
    sender: { login: 'ada' },
  }),
};

export const flagger = {
  path: '/api/v1/hooks/flagger',
  body: (phase = 'Succeeded', message = 'Promotion completed! Scaling down checkout.shop', at = 1_787_363_400_000) => ({
    name: 'checkout',
    namespace: 'shop',
    phase,
    checksum: '85d557f47b',
    metadata: { eventMessage: message, eventType: 'Normal', timestamp: String(at) },
  }),
};

export const argocd = {
  path: '/api/v1/hooks/argocd',
  body: (phase = 'Succeeded', said: object = {}) => ({
    app: 'checkout',
    phase,
    health: 'Healthy',
    revision: 'a10867b14bb761a232cd80139fbd4c0d33264240',
    startedAt: '2026-08-22T01:45:00Z',
    finishedAt: phase === 'Running' ? '' : '2026-08-22T01:46:00Z',
    environment: 'shop',
    message: 'successfully synced',
    by: '',
    link: 'https://argocd.example.com/applications/checkout',
    ...said,
  }),
};

export const cdevents = {
  path: '/api/v1/hooks/cdevents',
  body: (predicate = 'deployed', context: object = {}, content: object = {}) => ({
    context: {
      specversion: '0.5.0',
      id: '271069a8-fc18-44f1-b38f-9d70a1695819',
      source: '/cd/pipelines',
      type: `dev.cdevents.service.${predicate}.0.3.0`,
      timestamp: '2026-08-22T01:50:00.000Z',
      ...context,
    },
    subject: {
      id: 'checkout',
      source: '/cd/pipelines',
      content: {
        environment: { id: 'production' },
        artifactId: 'pkg:oci/checkout@sha256%3A0b31b1c02ff458ad?repository_url=registry.example.com&tag=v42',
        ...content,
      },
    },
  }),
};

export const pagerduty = {
  path: '/api/v1/hooks/pagerduty/v2/change/enqueue',
  body: (payload: object = {}, key: string | undefined = secret) => ({
    ...(key === undefined ? {} : { routing_key: key }),
    payload: {
      summary: 'Build Success - Increase snapshot create timeout to 30 seconds',
      source: 'acme-build-pipeline-tool-default-i-9999',
      timestamp: '2026-08-22T01:50:00.000Z',
      custom_details: { service: 'checkout', version: 'v42', build_number: 2 },
      ...payload,
    },
    links: [{ href: 'https://ci.example.com/builds/2', text: 'Build 2' }],
  }),
};

export const api = {
  path: '/api/v1/changes',
  body: (said: object = {}) => ({
    change: 'deploy-42',
    service: 'checkout',
    version: 'v42',
    startedAt: '2026-08-22T01:50:00Z',
    ...said,
  }),
};
