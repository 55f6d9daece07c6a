import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { aHookWorld, flagger, secret } from '../adapters/http/hooks/hook-bench.ts';

const examples = new URL('../../docs/examples/', import.meta.url);
const read = (name: string): unknown => parse(readFileSync(new URL(name, examples), 'utf8'));

const ConfigMap = z.object({ data: z.record(z.string(), z.string()) });
const Template = z.object({ webhook: z.object({ andon: z.object({ method: z.literal('POST'), body: z.string() }) }) });
const Webhook = z.object({
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});
const Triggers = z.array(
  z.object({ when: z.string(), oncePer: z.string(), send: z.tuple([z.literal('andon-change')]) }),
);

/** As the functions `dig` and `toJson` of Argo CD's templates do it. */
function render(template: string, app: unknown): string {
  return template.replaceAll(/\{\{ dig ((?:"\w*" )+)\.app \| toJson \}\}/g, (_, given: string) => {
    const path = [...given.matchAll(/"(\w*)"/g)].map(([, key = '']) => key);
    const otherwise = path.pop() ?? '';
    let value = app;
    for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
    return JSON.stringify(value ?? otherwise);
  });
}

const application = (phase: string, health: string) => ({
  metadata: { name: 'checkout' },
  spec: { destination: { namespace: 'shop' } },
  status: {
    health: { status: health },
    operationState: {
      phase,
      startedAt: '2026-08-22T01:45:00Z',
      ...(phase === 'Running'
        ? {}
        : { finishedAt: '2026-08-22T01:46:00Z', syncResult: { revision: 'a10867b' }, message: 'say "done"' }),
    },
  },
});

describe('the notifications of Argo CD', () => {
  const { data } = ConfigMap.parse(read('argocd-notifications.yaml'));
  const { webhook } = Template.parse(parse(data['template.andon-change'] ?? ''));
  const { url, headers } = Webhook.parse(parse(data['service.webhook.andon'] ?? ''));

  test.each([
    ['Running', 'Healthy', undefined],
    ['Succeeded', 'Healthy', 'succeeded'],
    ['Succeeded', 'Degraded', 'failed'],
    ['Failed', 'Healthy', 'failed'],
  ])('tell of a sync that is %s in an application that is %s', async (phase, health, outcome) => {
    await using hooks = await aHookWorld();
    const body = render(webhook.andon.body, application(phase, health));
    expect(body).not.toContain('{{');
    const sent = Object.fromEntries(
      headers.map(({ name, value }) => [name.toLowerCase(), value.replace('$andon-token', secret)]),
    );
    expect((await hooks.send(new URL(url).pathname, body, sent)).status).toBe(200);
    expect(hooks.world.gates.changes.get('checkout', 'argocd-checkout-20260822T014500Z')).toMatchObject({
      environment: 'shop',
      ...(outcome === undefined ? {} : { outcome, version: 'a10867b' }),
    });
  });

  test('are triggered once for each thing that happens to a sync', () => {
    const triggers = Triggers.parse(parse(data['trigger.andon-change'] ?? ''));
    expect(triggers.map(({ oncePer }) => oncePer.split('.').at(-1))).toEqual([
      'startedAt',
      'finishedAt',
      'finishedAt',
      'finishedAt',
    ]);
  });
});

test('the event webhook of Flagger is taken', async () => {
  const Canary = z.object({
    spec: z.object({
      analysis: z.object({
        webhooks: z.tuple([
          z.object({ type: z.literal('event'), url: z.string(), metadata: z.record(z.string(), z.string()) }),
        ]),
      }),
    }),
  });
  const [{ url, metadata }] = Canary.parse(read('flagger-changes.yaml')).spec.analysis.webhooks;
  await using hooks = await aHookWorld();
  const { pathname, search } = new URL(url.replace('PUT-THE-TOKEN-HERE', secret));
  const body = flagger.body();
  const named = { ...body, name: 'web', metadata: { ...metadata, ...body.metadata } };
  expect((await hooks.send(pathname + search, named)).status).toBe(202);
  expect(hooks.world.gates.changes.of('checkout')).toMatchObject([{ outcome: 'succeeded' }]);
});
