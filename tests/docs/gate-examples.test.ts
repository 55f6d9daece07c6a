import { readFileSync } from 'node:fs';
import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { anOpenIncident } from '../support/gate-bench.ts';

const examples = new URL('../../docs/examples/', import.meta.url);
const read = (name: string): unknown => parse(readFileSync(new URL(name, examples), 'utf8'));

const Template = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    args: z.array(z.object({ name: z.string(), value: z.string().optional() })),
    metrics: z.tuple([
      z.object({
        interval: z.string().optional(),
        count: z.number().optional(),
        inconclusiveLimit: z.number(),
        failureLimit: z.literal(0),
        successCondition: z.string(),
        failureCondition: z.string(),
        provider: z.object({ web: z.object({ url: z.string(), jsonPath: z.literal('{$}') }) }),
      }),
    ]),
  }),
});
const Uses = z.object({
  templates: z.array(z.object({ templateName: z.string() })),
  args: z.array(z.object({ name: z.string() })),
});
const Rollout = z.object({
  spec: z.object({
    strategy: z.object({
      canary: z.object({ analysis: Uses, steps: z.array(z.object({ analysis: Uses.optional() })) }),
    }),
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
async function measure(world: World, service: string, template: string): Promise<string> {
  const { spec } = templateOf(template);
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

type Template = z.infer<typeof Template>;

function templateOf(name: string): Template {
  const found = templates().find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`no template ${name}`);
  return found;
}

function templates(): readonly Template[] {
  const text = readFileSync(new URL('argo-rollouts.yaml', examples), 'utf8');
  return parseAllDocuments(text).map((each) => Template.parse(each.toJS()));
}

/** Argo's `assessMetricStatus`: what has become of a run after these measurements. */
function runOf({ spec }: Template, measured: readonly string[]): string {
  const [{ interval, count, inconclusiveLimit, failureLimit }] = spec.metrics;
  const many = (phase: string) => measured.filter((each) => each === phase).length;
  if (many('Inconclusive') > inconclusiveLimit) return 'Inconclusive';
  if (many('Failed') > failureLimit) return 'Failed';
  const most = count ?? (interval === undefined ? 1 : Infinity);
  return measured.length >= most ? 'Successful' : 'Running';
}

describe.each(['andon-gate', 'andon-gate-step'])('the AnalysisTemplate %s for Argo Rollouts', (template) => {
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
    expect(await measure(world, situation === 'misspelt' ? 'chekout' : 'checkout', template)).toBe(expected);
  });
});

describe('a run of the AnalysisTemplate', () => {
  const wait = 'Inconclusive';
  const go = 'Successful';

  test.each<[string, string, readonly string[], string]>([
    ['andon-gate', 'that goes', Array<string>(500).fill(go), 'Running'],
    ['andon-gate', 'with ten waits', [...Array<string>(10).fill(wait), go], 'Running'],
    [
      'andon-gate',
      'with eleven waits, not in a row',
      Array.from({ length: 11 }, () => [go, wait]).flat(),
      'Inconclusive',
    ],
    ['andon-gate', 'with a stop', [go, 'Failed'], 'Failed'],
    ['andon-gate-step', 'that goes', [go], 'Successful'],
    ['andon-gate-step', 'that waits', [wait], 'Inconclusive'],
    ['andon-gate-step', 'with a stop', ['Failed'], 'Failed'],
  ])('%s %s', (template, _, measured, expected) => {
    expect(runOf(templateOf(template), measured)).toBe(expected);
  });

  test('ends by itself where a rollout waits for it, and only there', () => {
    const rollout = Rollout.parse(read('argo-rollout.yaml'));
    const { analysis, steps } = rollout.spec.strategy.canary;
    const used = (each: readonly { readonly templateName: string }[]) =>
      each.map(({ templateName }) => runOf(templateOf(templateName), [go]));
    expect(used(analysis.templates)).toEqual(['Running']);
    expect(steps.flatMap((step) => used(step.analysis?.templates ?? []))).toEqual(['Successful']);
    const asked = new Set(templates()[0]?.spec.args.map(({ name }) => name));
    const given = [analysis, ...steps.flatMap((step) => step.analysis ?? [])].flatMap(({ args }) => args);
    expect(given.filter(({ name }) => !asked.has(name))).toEqual([]);
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
