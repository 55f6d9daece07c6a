import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { filledIn } from './promql-words.ts';
import { queriesOf, shipped } from './shipped.ts';

/** Samples 15 s apart, as promtool writes them: `_` is none, and `stale` what Prometheus writes when a target is gone. */
export type Samples = Readonly<Record<string, string>>;

const queries = shipped().flatMap(queriesOf);

/** The query of a panel or an annotation by its place, such as `fleet.json: Lines stopped A`. */
export function exprOf(where: string): string {
  const query = queries.find((each) => each.where === where);
  if (query === undefined) throw new Error(`there is no query ${where}`);
  return query.expr;
}

/** Runs an expression over samples with promtool, five minutes after the first of them. */
export async function expectSaid(
  expr: string,
  samples: Samples,
  expected: { readonly labels: string; readonly value: string } | undefined,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'andon-dashboards-promtool-'));
  try {
    const query = filledIn(expr, { service: 'shop', instance: '.*', __range_s: '3600', __range: '1h' });
    const series = Object.entries(samples).map(([series, values]) => ({ series, values }));
    const exp_samples = expected === undefined ? [] : [{ labels: expected.labels, value: Number(expected.value) }];
    const file = join(directory, 'test.yaml');
    // JSON is YAML.
    await writeFile(
      file,
      JSON.stringify({
        rule_files: [],
        evaluation_interval: '15s',
        tests: [
          { interval: '15s', input_series: series, promql_expr_test: [{ expr: query, eval_time: '5m', exp_samples }] },
        ],
      }),
    );
    const said = await promisify(execFile)('promtool', ['test', 'rules', file]).catch(
      (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
    );
    expect(`${said.stdout}${said.stderr}`).toMatch(/SUCCESS/);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
