import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRealServer } from './real-server.ts';
import type { RealServer } from './real-server.ts';
import { scrapeConfig } from './scrape-config.ts';
import type { ScrapeJob } from './scrape-config.ts';

export interface PrometheusServerOptions {
  readonly jobs?: readonly ScrapeJob[];
  /** Default 1000. */
  readonly scrapeIntervalMs?: number;
  /** Rule files, by file name; evaluated as often as the targets are scraped. */
  readonly ruleFiles?: Readonly<Record<string, string>>;
  /** host:port of Alertmanagers. */
  readonly alertmanagers?: readonly string[];
  /** Further command-line flags. */
  readonly flags?: readonly string[];
  /** For a restart in the same place. */
  readonly port?: number;
  readonly directory?: string;
  /** Such as `/prometheus`. */
  readonly pathPrefix?: string;
}

/** Starts Debian's `prometheus`, scraping `jobs` and taking remote writes. */
export async function startPrometheus(options: PrometheusServerOptions = {}): Promise<RealServer> {
  return startRealServer({
    program: 'prometheus',
    readyPath: '/-/ready',
    port: options.port,
    directory: options.directory,
    pathPrefix: options.pathPrefix,
    async args({ port, directory }) {
      const configFile = join(directory, 'prometheus.yml');
      const ruleFiles = Object.entries(options.ruleFiles ?? {});
      for (const [name, text] of ruleFiles) await writeFile(join(directory, name), text);
      const intervalMs = options.scrapeIntervalMs ?? 1_000;
      const { global, ...scraped } = scrapeConfig(options.jobs ?? [], intervalMs);
      const config = {
        global: { ...global, evaluation_interval: `${intervalMs}ms` },
        ...scraped,
        rule_files: ruleFiles.map(([name]) => join(directory, name)),
        alerting: { alertmanagers: [{ static_configs: [{ targets: options.alertmanagers ?? [] }] }] },
      };
      // JSON is YAML.
      await writeFile(configFile, JSON.stringify(config));
      return [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--web.enable-lifecycle',
        ...(options.pathPrefix === undefined
          ? []
          : [`--web.external-url=http://127.0.0.1:${port}${options.pathPrefix}`]),
        ...(options.flags ?? []),
      ];
    },
  });
}
