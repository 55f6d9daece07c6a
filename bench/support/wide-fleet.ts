import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startScrapeTarget, type ScrapeTarget } from '../../tests/support/scrape-target.ts';

/** A hundred services, each on many pods: 100 series count its requests, 50 of them its errors. */
export const wideServices = Array.from({ length: 100 }, (_, index) => `service-${String(index).padStart(3, '0')}`);
export const wideJob = 'fleet';
const pods = 25;
const perSecondByCode = { 200: 50, 404: 1, 500: 0.02, 503: 0.01 };
export const seriesEach = pods * Object.keys(perSecondByCode).length;
export const objectivePercent = 99.9;

export const totalSelector = (service: string): string => `http_requests_total{service="${service}"}`;
export const errorSelector = (service: string): string => `http_requests_total{service="${service}",code=~"5.."}`;

/** Visits the series of a service; labels without those of the scrape, with a comma at the end where there are any. */
export function eachSeries(service: string, visit: (labels: string, perSecond: number) => void): void {
  for (let pod = 0; pod < pods; pod++)
    for (const [code, perSecond] of Object.entries(perSecondByCode))
      visit(`service="${service}",pod="${service}-${pod}",code="${code}"`, perSecond);
}

/** Answers scrapes with the fleet's counters, worked out from the time. */
export async function startWideFleet(): Promise<ScrapeTarget> {
  const begun = performance.now();
  const series: { readonly head: string; readonly perSecond: number }[] = [];
  for (const service of wideServices)
    eachSeries(service, (labels, perSecond) => series.push({ head: `http_requests_total{${labels}} `, perSecond }));
  return await startScrapeTarget(() => {
    const seconds = (performance.now() - begun) / 1_000;
    const lines = series.map(({ head, perSecond }) => head + String(Math.floor(perSecond * seconds)));
    return `# TYPE http_requests_total counter\n${lines.join('\n')}\n`;
  });
}

/** Andon's rules for the fleet: an objective each, over 30 days, with the usual burn rates. */
export async function writeObjectives(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const documents = wideServices.map(
    (service) => `apiVersion: andon/v1
kind: Service
metadata: { name: ${service} }
spec:
  signals:
    success_rate:
      ratio:
        good: http_requests_total{service="${service}",code!~"5.."}
        total: ${totalSelector(service)}
  endState:
    summary: Requests succeed
    hold: 10m
    targets: [{ signal: success_rate, atLeast: 99%, over: 5m }]
  errorBudgets:
    - { signal: success_rate, objective: ${objectivePercent}%, period: 30d, burnRates: [page, ticket] }
`,
  );
  await writeFile(join(folder, 'objectives.yaml'), documents.join('---\n'));
}
