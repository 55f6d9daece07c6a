import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startScrapeTarget, type ScrapeTarget } from '../../tests/support/scrape-target.ts';
import { signalsOf } from './signals-of.ts';

const perSecond = 50;
const started = performance.now();

/** Starts a scrape target that exposes many healthy services: four counters and a histogram of five series each. */
export async function startFleet(services: number): Promise<ScrapeTarget> {
  const names = Array.from({ length: services }, (_, index) => serviceName(index));
  return await startScrapeTarget(() => exposition(names));
}

export function serviceName(index: number): string {
  return `service-${String(index).padStart(4, '0')}`;
}

function exposition(names: readonly string[]): string {
  const total = Math.floor(((performance.now() - started) / 1_000) * perSecond) + 1_000;
  const share = (part: number): number => Math.floor(total * part);
  const lines = ['# TYPE http_requests_total counter'];
  for (const name of names) {
    const codes = { 200: total - share(0.02) - share(0.0001), 201: share(0.01), 404: share(0.01), 500: share(0.0001) };
    for (const [code, count] of Object.entries(codes))
      lines.push(`http_requests_total{service="${name}",code="${code}"} ${count}`);
  }
  lines.push('# TYPE http_request_duration_seconds histogram');
  for (const name of names) {
    const buckets = { '0.1': share(0.9), '0.3': share(0.99), '1': share(0.999), '+Inf': total };
    for (const [bound, count] of Object.entries(buckets))
      lines.push(`http_request_duration_seconds_bucket{service="${name}",le="${bound}"} ${count}`);
    lines.push(`http_request_duration_seconds_count{service="${name}"} ${total}`);
    lines.push(`http_request_duration_seconds_sum{service="${name}"} ${total / 10}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Andon's rules for the fleet: one file a hundred services, two signals and one condition each, and an error budget of
 * 30 days with the usual burn rates if asked for.
 */
export async function writeAndonRules(folder: string, services: number, withBudgets = false): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let from = 0; from < services; from += 100) {
    const count = Math.min(100, services - from);
    const documents = Array.from({ length: count }, (_, index) =>
      andonDocument(serviceName(from + index), withBudgets),
    );
    await writeFile(join(folder, `fleet-${from}.yaml`), documents.join('---\n'));
  }
}

function andonDocument(name: string, withBudget: boolean): string {
  const budget = '{ signal: success_rate, objective: 99.9%, period: 30d, burnRates: [page, ticket] }';
  return `apiVersion: andon/v1
kind: Service
metadata:
  name: ${name}
spec:
${signalsOf(name)}  endState:
    summary: Requests succeed, and in time
    hold: 5m
    targets:
      - { signal: success_rate, atLeast: 99%, over: 1m }
      - { signal: latency, atLeast: 95%, over: 1m }
  stopTheLine:
    - name: failing
      when: success_rate.over("1m") < 0.97 || latency.over("1m") < 0.9
      for: 30s
${withBudget ? `  errorBudgets: [${budget}]\n` : ''}`;
}

/** The same conditions for vmalert: one group, one rule a service. */
export function vmalertRules(services: number, intervalMs: number): string {
  const rules = Array.from({ length: services }, (_, index) => {
    const name = serviceName(index);
    const rate = (selector: string): string => `sum(rate(${selector}[1m]))`;
    const success = `${rate(`http_requests_total{service="${name}",code!~"5.."}`)} / ${rate(`http_requests_total{service="${name}"}`)} < 0.97`;
    const inTime = `${rate(`http_request_duration_seconds_bucket{service="${name}",le="0.3"}`)} / ${rate(`http_request_duration_seconds_count{service="${name}"}`)} < 0.9`;
    return { alert: 'Failing', expr: `(${success}) or (${inTime})`, for: '30s', labels: { service: name } };
  });
  return JSON.stringify({ groups: [{ name: 'fleet', interval: `${intervalMs}ms`, concurrency: 4, rules }] });
}
