import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRealServer } from './real-server.ts';
import type { RealServer } from './real-server.ts';
import { scrapeConfig } from './scrape-config.ts';
import type { ScrapeJob } from './scrape-config.ts';

export interface VictoriaMetricsServerOptions {
  readonly jobs?: readonly ScrapeJob[];
  /** Default 1000. */
  readonly scrapeIntervalMs?: number;
  /** Further command-line flags. */
  readonly flags?: readonly string[];
  /** For a restart in the same place. */
  readonly port?: number;
  readonly directory?: string;
}

/** Starts Debian's `victoria-metrics` (single node), scraping `jobs` and taking remote writes. */
export async function startVictoriaMetrics(options: VictoriaMetricsServerOptions = {}): Promise<RealServer> {
  return startRealServer({
    program: 'victoria-metrics',
    readyPath: '/health',
    port: options.port,
    directory: options.directory,
    async args({ port, directory }) {
      const configFile = join(directory, 'scrape.yml');
      await writeFile(configFile, JSON.stringify(scrapeConfig(options.jobs ?? [], options.scrapeIntervalMs ?? 1_000)));
      return [
        `-storageDataPath=${join(directory, 'data')}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        `-promscrape.config=${configFile}`,
        '-retentionPeriod=1y',
        '-search.latencyOffset=0s',
        ...(options.flags ?? []),
      ];
    },
  });
}
