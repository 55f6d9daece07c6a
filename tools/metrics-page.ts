/** Writes docs/metrics.md from the catalogue of metrics. Run it after a change there. */
import { writeFileSync } from 'node:fs';
import { catalogue, type MetricSpec } from '../src/adapters/metrics/catalogue.ts';

export const metricsPagePath = 'docs/metrics.md';

export function metricsPage(): string {
  const specs = Object.values<MetricSpec>(catalogue);
  return `# Metrics

Andon serves its own metrics at \`/metrics\`, in the Prometheus text format.
This page is written from \`src/adapters/metrics/catalogue.ts\` by \`tools/metrics-page.ts\`.

- \`group\` is empty for a service without groups; otherwise it reads like \`region="eu",zone="a"\`.
- \`window\` is the window a signal is read over, such as \`5m\`, or \`latest\` for its newest value; \`fold\` is how the window is folded: \`over\`, \`max\`, \`min\` or \`latest\`.
- \`reason\` is the same word that stands in the log, the API and the pages.
- Incident counters and histograms are folded from the event log: a restart neither resets nor repeats them. They keep the past of services that are no longer declared; every other series of such a service, group, channel or source vanishes. The moments of incidents and changes stay for an hour after the last of them.
- Node.js process metrics (\`process_*\`, \`nodejs_*\`) are served too; of the event loop's lag, only the one seen at a scrape.

| Metric | Type | Labels | What it says |
|---|---|---|---|
${specs.map(row).join('\n')}

Buckets, in seconds:

${specs
  .filter(({ buckets }) => buckets !== undefined)
  .map(bucketsOf)
  .join('\n')}
`;
}

function row({ name, type, labels, help }: MetricSpec): string {
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`;
}

function bucketsOf({ name, buckets = [] }: MetricSpec): string {
  return `- \`${name}\`: ${buckets.join(', ')}`;
}

if (import.meta.main) writeFileSync(new URL(`../${metricsPagePath}`, import.meta.url), metricsPage());
