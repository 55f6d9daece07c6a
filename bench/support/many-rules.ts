import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signalsOf } from './signals-of.ts';

const servicesPerFile = 50;

/** Writes rule files for Andon and returns how many bytes they have. */
export async function writeManyAndonRules(folder: string, services: number, rulesEach: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  let bytes = 0;
  for (let from = 0; from < services; from += servicesPerFile) {
    const count = Math.min(servicesPerFile, services - from);
    const text = Array.from({ length: count }, (_, index) => andonDocument(from + index, rulesEach)).join('---\n');
    bytes += text.length;
    await writeFile(join(folder, `rules-${from}.yaml`), text);
  }
  return bytes;
}

/** Writes one file of as many alerting rules for Prometheus. */
export async function writeManyPrometheusRules(file: string, services: number, rulesEach: number): Promise<void> {
  const groups = Array.from({ length: services }, (_, service) => prometheusGroup(service, rulesEach));
  await writeFile(file, `groups:\n${groups.join('')}`);
}

const windows = ['1m', '5m', '30m', '1h', '2h', '6h'];

function andonDocument(service: number, rulesEach: number): string {
  const name = `service-${service}`;
  const rules = Array.from({ length: rulesEach }, (_, rule) => {
    const window = windows[rule % windows.length] ?? '1m';
    return `    - name: rule-${rule}
      when: success_rate.over("${window}") < 0.9${service % 10} || latency.over("${window}") < 0.8
      for: ${rule + 1}m
      severity: ${rule % 2 === 0 ? 'page' : 'ticket'}
      summary: Requests to ${name} fail or take too long
`;
  });
  return `apiVersion: andon/v1
kind: Service
metadata:
  name: ${name}
  owner: team-${service % 40}
  runbook: https://runbooks.example.com/${name}
spec:
${signalsOf(name)}  endState:
    summary: Requests to ${name} succeed, and in time
    hold: 10m
    targets:
      - { signal: success_rate, atLeast: 99.9%, over: 5m }
      - { signal: latency, atLeast: 95%, over: 5m }
  stopTheLine:
${rules.join('')}`;
}

function prometheusGroup(service: number, rulesEach: number): string {
  const name = `service-${service}`;
  const rate = (selector: string, window: string): string => `sum(rate(${selector}[${window}]))`;
  const rules = Array.from({ length: rulesEach }, (_, rule) => {
    const window = windows[rule % windows.length] ?? '1m';
    const good = rate(`http_requests_total{service="${name}",code!~"5.."}`, window);
    const total = rate(`http_requests_total{service="${name}"}`, window);
    const quick = rate(`http_request_duration_seconds_bucket{service="${name}",le="0.3"}`, window);
    const all = rate(`http_request_duration_seconds_count{service="${name}"}`, window);
    return `      - alert: Rule${rule}
        expr: '(${good} / ${total} < 0.9${service % 10}) or (${quick} / ${all} < 0.8)'
        for: ${rule + 1}m
        labels: { severity: ${rule % 2 === 0 ? 'page' : 'ticket'}, service: ${name} }
        annotations: { summary: 'Requests to ${name} fail or take too long' }
`;
  });
  return `  - name: ${name}\n    rules:\n${rules.join('')}`;
}
