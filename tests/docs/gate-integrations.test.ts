import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import { gateStates, type GateState } from '../../src/domain/gate/gate-answer.ts';
import { protectionResults } from '../../src/domain/gate/protection-event.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { anOpenIncident } from '../support/gate-bench.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { Checkout } from './checkout.ts';
import { readPage, root } from './pages.ts';

const example = (name: string): string => readFileSync(join(root, 'docs/examples', name), 'utf8');
const page = readPage('docs/gate-integrations.md');

const Workflow = z.object({
  jobs: z.object({
    gate: z.object({ steps: z.tuple([z.object({ run: z.string(), env: z.object({ ANDON_URL: z.string() }) })]) }),
    deploy: z.object({ needs: z.literal('gate') }),
  }),
});
const Pipeline = z.object({
  gate: z.object({
    variables: z.object({ ANDON_URL: z.string() }),
    script: z.tuple([z.string()]),
    retry: z.object({ exit_codes: z.tuple([z.literal(4)]) }),
  }),
  deploy: z.object({ needs: z.tuple([z.literal('gate')]) }),
});

describe('the step of a pipeline', () => {
  const steps = [
    ['GitHub Actions', Workflow.parse(parse(example('github-actions.yaml'))).jobs.gate.steps[0].run, 'GITHUB_SHA'],
    ['GitLab', Pipeline.parse(parse(example('gitlab-ci.yaml'))).gate.script[0], 'CI_COMMIT_SHA'],
  ] as const;
  const bring: Readonly<Record<string, (world: World) => Promise<unknown> | void>> = {
    good: () => undefined,
    warned: ({ gates }) => gates.poll('checkout', 0.99),
    unknown: async ({ gates }) => await gates.clock.advance(600_000),
    stopped: ({ gates }) => gates.poll('checkout', 0.5, { incident: anOpenIncident(gates.clock.now() - 60_000) }),
    mended: ({ gates }) => {
      gates.poll('checkout', 0.5, { incident: anOpenIncident(gates.clock.now() - 60_000) });
      const remedies = { incident: 'checkout-20260822T020711Z', by: 'ada', reason: 'reverts 41' };
      gates.report({ change: 'a10867b1', service: 'checkout', remedies });
    },
  };

  /** Nobody waits ten minutes in a test. */
  const run = async (checkout: Checkout, step: string, variable: string, url: string): Promise<number | null> => {
    expect(step).toContain('--wait 10m');
    checkout.set(variable, 'a10867b1');
    checkout.set('ANDON_URL', url);
    return (await checkout.run(step.replace('--wait 10m', '--wait 1s --every 1s'))).code;
  };

  test.each(steps)(
    'of %s ends with the code that the page tells',
    async (_, step, variable) => {
      await using checkout = await Checkout.make();
      const codes: Record<string, number | null> = {};
      for (const [situation, prepare] of Object.entries(bring)) {
        await using world = await aWorld();
        await prepare(world);
        codes[situation] = await run(checkout, step, variable, world.address.url);
      }
      codes['away'] = await run(checkout, step, variable, 'http://127.0.0.1:1');
      expect(codes).toEqual({ good: 0, warned: 0, unknown: 3, stopped: 1, mended: 0, away: 4 });
    },
    60_000,
  );
});

const Metric = z.object({ spec: z.object({ query: z.string() }) });
const Evaluation = z.object({
  spec: z.object({ objectives: z.tuple([z.object({ evaluationTarget: z.literal('>0') })]) }),
});
const Template = z.object({
  spec: z.object({
    metrics: z.tuple([
      z.object({
        interval: z.string().optional(),
        count: z.number().optional(),
        inconclusiveLimit: z.number(),
        successCondition: z.string(),
        failureCondition: z.string(),
        provider: z.object({ prometheus: z.object({ query: z.string() }) }),
      }),
    ]),
  }),
});

describe('the queries', () => {
  const [background, step] = parseAllDocuments(example('argo-rollouts-prometheus.yaml')).map(
    (each) => Template.parse(each.toJS()).spec.metrics[0],
  );
  if (background === undefined || step === undefined) throw new Error('there are two templates');
  const metric = background;
  const [keptnMetric, evaluation] = parseAllDocuments(example('keptn-metric.yaml')).map((each): unknown => each.toJS());
  const inTable = [...page.prose.matchAll(/^\| .* \| `(.*andon_gate_state.*?)`/gm)].map(([, query = '']) =>
    query.replaceAll(String.raw`\|`, '|'),
  );
  const queries = [
    ['of Argo Rollouts as a step', step.provider.prometheus.query.replaceAll('{{args.service}}', 'checkout')],
    ['of Argo Rollouts', metric.provider.prometheus.query.replaceAll('{{args.service}}', 'checkout')],
    ['of Keptn', Metric.parse(keptnMetric).spec.query],
    ['of the page', inTable[0] ?? ''],
  ] as const;
  const expected: Readonly<Record<GateState, number>> = { pass: 1, warn: 1, hold: 0, stop: -1, unknown: 0 };

  test.each(queries)('%s give 1 for go, -1 for abort and 0 for wait, to Prometheus itself', async (_, query) => {
    await using folder = await temporaryDirectory();
    const file = join(folder.path, 'tests.yml');
    const tests = [...gateStates, undefined].map((now) => ({
      interval: '1m',
      input_series: gateStates.flatMap((state) =>
        now === undefined
          ? []
          : [
              { series: `andon_gate_state{service="checkout",state="${state}"}`, values: state === now ? '1' : '0' },
              { series: `andon_gate_state{service="search",state="${state}"}`, values: '1' },
            ],
      ),
      promql_expr_test: [
        {
          expr: query,
          eval_time: '0m',
          exp_samples: now === undefined ? [] : [{ labels: '{}', value: expected[now] }],
        },
      ],
    }));
    writeFileSync(file, stringify({ evaluation_interval: '1m', tests }));
    const said = execFileSync(process.env['PROMTOOL_BIN'] ?? 'promtool', ['test', 'rules', file], { encoding: 'utf8' });
    expect(said).toContain('SUCCESS');
  });

  test.each<[string, readonly number[], string]>([
    ['1', [1], 'Successful'],
    ['-1', [-1], 'Failed'],
    ['0', [0], 'Inconclusive'],
    ['no sample', [], 'Inconclusive'],
  ])('make of %s what the page tells', (_, result, phase) => {
    // The expressions are as plain in expr-lang as in CEL.
    const language = new Environment()
      .registerVariable('result', 'list<double>')
      .registerFunction('len(list): int', (list: readonly unknown[]) => BigInt(list.length));
    const holds = (condition: string): boolean => language.evaluate(condition, { result: [...result] }) === true;
    const said = holds(metric.failureCondition)
      ? 'Failed'
      : holds(metric.successCondition)
        ? 'Successful'
        : 'Inconclusive';
    expect(said).toBe(phase);
  });

  test('of Argo Rollouts are measured alike in the background and as a step, where they end with the first', () => {
    const { interval, count, inconclusiveLimit, ...same } = step;
    expect({ interval, count, inconclusiveLimit }).toEqual({ count: 1, inconclusiveLimit: 0 });
    expect(background).toEqual({ ...same, interval: '1m', inconclusiveLimit: 10 });
  });

  test('of Keptn let a deployment go on for 1 alone', () => {
    expect(Evaluation.safeParse(evaluation).error).toBeUndefined();
  });
});

test('the page tells every way in which a question of GitHub ends', () => {
  expect(protectionResults.filter((result) => !page.prose.includes(`\`${result}\``))).toEqual([]);
});
