import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRealServer } from '../../tests/support/real-server.ts';
import { scrapeConfig, type ScrapeJob } from '../../tests/support/scrape-config.ts';
import { noRules, type Observed } from './query-cost.ts';

/** Starts Prometheus on the data in a folder, with a log of queries and without rules. */
export async function startLoggingPrometheus(
  folder: string,
  data: string,
  job: ScrapeJob,
  scrapeIntervalMs: number,
): Promise<Observed & AsyncDisposable> {
  const queryLog = join(folder, 'queries.log');
  const rulesFile = join(folder, 'rules.yml');
  await writeFile(queryLog, '');
  await writeFile(rulesFile, noRules);
  const scraping = scrapeConfig([job], scrapeIntervalMs);
  const config = {
    ...scraping,
    global: { ...(scraping['global'] as object), query_log_file: queryLog },
    rule_files: [rulesFile],
  };
  const configFile = join(folder, 'prometheus.yml');
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(config));
  const prometheus = await startRealServer({
    program: 'prometheus',
    readyPath: '/-/ready',
    directory: folder,
    args: async ({ port }) =>
      await Promise.resolve([
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=60d',
        // Blocks stay as they were made: compaction would take CPU while something else is measured.
        '--storage.tsdb.min-block-duration=2h',
        '--storage.tsdb.max-block-duration=2h',
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-lifecycle',
      ]),
  });
  return { prometheus, queryLog, rulesFile, [Symbol.asyncDispose]: async () => await prometheus.stop() };
}
