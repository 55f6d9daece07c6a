import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPrometheus } from '../../support/prometheus-server.ts';
import type { RealServer } from '../../support/real-server.ts';

/** What a series says over the hour; of two values the first half hour says the first. */
export type Said = number | readonly [before: number, now: number];

/** Values by series, such as `andon_services{instance="b"}`. A counter grows by its value, evenly. */
export type Hour = readonly (readonly [series: string, said: Said])[];

const stepMs = 60_000;
const steps = 60;
/** What a counter stood at before: only its growth is of this hour. */
const before = 1000;
const isCounter = /_(?:total|bucket|sum|count)$/;
const isYesOrNo = /_(?:state|info|held|unknown|beating|success|degraded)$/;

/**
 * A Prometheus that holds the hour before `to`, ms, with a sample each minute. Beside the two Andons of the hour there are two
 * that nobody picked, with services that nobody picked: one says more of everything, the other says less.
 */
export async function startSampled(hour: Hour, to: number): Promise<RealServer & AsyncDisposable> {
  await using parts = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'andon-dashboards-samples-'));
  parts.defer(async () => await rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const lines = [...hour, ...hour.map(more), ...hour.map(less)].flatMap((each) => samples(each, to));
  const input = join(directory, 'hour.om');
  await writeFile(input, `${lines.join('\n')}\n# EOF\n`);
  const words = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', input, join(directory, 'data')];
  await promisify(execFile)('promtool', words);
  const server = parts.use(await startPrometheus({ directory }));
  const everything = parts.move();
  return { ...server, [Symbol.asyncDispose]: async () => await everything.disposeAsync() };
}

function samples([series, said]: Hour[number], to: number): readonly string[] {
  const { name, labels } = parsed(series);
  const full = Object.entries({ job: 'andon', instance: 'a', ...labels }).map(
    ([label, value]) => `${label}="${value}"`,
  );
  return Array.from({ length: steps + 1 }, (_, step) => {
    const at = (to - (steps - step) * stepMs) / 1000;
    return `${name}{${full.join(',')}} ${openMetrics(valueAt(name, said, step))} ${at}`;
  });
}

function valueAt(name: string, said: Said, step: number): number {
  if (typeof said !== 'number') return said[step < steps / 2 ? 0 : 1];
  return isCounter.test(name) ? before + (said * step) / steps : said;
}

function openMetrics(value: number): string {
  return value === Infinity ? '+Inf' : String(value);
}

function more([series, said]: Hour[number]): Hour[number] {
  return [
    elsewhere(series, 'more'),
    each(said, (value) => (isYesOrNo.test(parsed(series).name) ? value : value * 3 + 1)),
  ];
}

function less([series, said]: Hour[number]): Hour[number] {
  const { name } = parsed(series);
  const lower = (value: number): number => {
    if (isYesOrNo.test(name)) return 1 - value;
    return isCounter.test(name) ? value / 3 : value / 3 - 1;
  };
  return [elsewhere(series, 'less'), each(said, lower)];
}

function each(said: Said, change: (value: number) => number): Said {
  return typeof said === 'number' ? change(said) : [change(said[0]), change(said[1])];
}

/** The same of an Andon that nobody picked, or of a process that is none: of another job at the same address. */
function elsewhere(series: string, name: string): string {
  const { name: metric, labels } = parsed(series);
  const isOther = name === 'more' && /^(?:process|nodejs)_/.test(metric);
  const place = isOther ? { ...labels, job: name } : { ...labels, instance: `${labels['instance'] ?? 'a'}-${name}` };
  const where = labels['service'] === undefined ? place : { ...place, service: `${labels['service']}-${name}` };
  return `${metric}{${Object.entries(where)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
}

function parsed(series: string): { readonly name: string; readonly labels: Readonly<Record<string, string>> } {
  const [, name = '', list = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const labels = [...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
  return { name, labels: Object.fromEntries(labels) as Readonly<Record<string, string>> };
}
