import { readFileSync } from 'node:fs';
import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { anOpenIncident } from '../support/gate-bench.ts';

const examples = new URL('../../docs/examples/', import.meta.url);
const read = (name: string): unknown => parse(readFileSync(new URL(name, examples), 'utf8'));

const Template = z.object({
  spec: z.object({
    args: z.array(z.object({ name: z.string(), value: z.string().optional() })),
    metrics: z.tuple([
      z.object({
        successCondition: z.string(),
        failureCondition: z.string(),
        provider: z.object({ web: z.object({ url: z.string(), jsonPath: z.literal('{$}') }) }),
      }),
    ]),
  }),
});
const Canary = z.object({
  spec: z.object({
    analysis: z.object({
      webhooks: z.array(z.object({ type: z.string(), url: z.string(), metadata: z.record(z.string(), z.string()) })),
    }),
  }),
});

const situations = ['good', 'warned', 'unknown', 'stopped', 'frozen', 'misspelt'] as const;
type Situation = (typeof situations)[number];

async function bring({ gates }: World, situation: Situation): Promise<void> {
  if (situation === 'warned') gates.poll('checkout', 0.99);
  if (situation === 'unknown') await gates.clock.advance(600_000);
  if (situation === 'stopped') gates.poll('checkout', 0.5, { incident: anOpenIncident(gates.clock.now() - 60_000) });
  if (situation === 'frozen') await gates.acts.freeze({ service: 'checkout', by: 'ada', reason: 'moving' });
}

/** Argo's web metric: an answer from 200 to 299 whose JSON is `result`, then both conditions in this order. */
async function measure(world: World, service: string): Promise<string> {
  const { spec } = Template.parse(read('argo-rollouts.yaml'));
  const [{ successCondition, failureCondition, provider }] = spec.metrics;
  const values = new Map(spec.args.map(({ name, value }) => [name, value ?? '']));
  values.set('service', service).set('andon', world.address.url);
  const url = provider.web.url.replaceAll(/\{\{args\.(\w+)\}\}/g, (_, name: string) => values.get(name) ?? '?');
  const response = await fetch(url);
  if (!response.ok) return 'Error';
  const result = JSON.parse(await response.text()) as Record<string, unknown>;
  const holds = (condition: string): boolean =>
    // The expressions are as plain in expr-lang as in CEL: a comparison of two texts.
    new Environment().registerVariable('result', 'map').evaluate(condition, { result }) === true;
  if (holds(failureCondition)) return 'Failed';
  return holds(successCondition) ? 'Successful' : 'Inconclusive';
}

describe('the AnalysisTemplate for Argo Rollouts', () => {
  test.each<[Situation, string]>([
    ['good', 'Successful'],
    ['warned', 'Successful'],
    ['unknown', 'Inconclusive'],
    ['misspelt', 'Inconclusive'],
    ['stopped', 'Failed'],
    ['frozen', 'Failed'],
  ])('of a service that is %s is %s', async (situation, expected) => {
    await using world = await aWorld();
    await bring(world, situation);
    expect(await measure(world, situation === 'misspelt' ? 'chekout' : 'checkout')).toBe(expected);
  });
});

describe('the hooks for Flagger', () => {
  const { webhooks } = Canary.parse(read('flagger-webhooks.yaml')).spec.analysis;

  test.each(situations.slice(0, 5))('never both promote and roll back a service that is %s', async (situation) => {
    await using world = await aWorld();
    await bring(world, situation);
    const said = new Map<string, boolean>();
    for (const { type, url, metadata } of webhooks) {
      const body = { name: 'checkout-canary', namespace: 'shop', phase: 'Progressing', checksum: 'c1', metadata };
      said.set(type, (await world.post(new URL(url).pathname, body)).status === 200);
    }
    expect([...said.keys()]).toEqual(['confirm-rollout', 'confirm-traffic-increase', 'confirm-promotion', 'rollback']);
    const goes = situation === 'good' || situation === 'warned';
    const stops = situation === 'stopped' || situation === 'frozen';
    expect([...said.values()]).toEqual([goes, goes, goes, stops]);
  });
});
