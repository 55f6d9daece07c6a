import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRealServer } from './real-server.ts';
import type { RealServer } from './real-server.ts';

export interface AlertmanagerServerOptions {
  /** The configuration, as an object; by default every alert goes to one receiver that does nothing. */
  readonly config?: unknown;
  /** Further command-line flags. */
  readonly flags?: readonly string[];
  /** For a restart in the same place. */
  readonly port?: number;
  readonly directory?: string;
}

const silentConfig = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };

/** Starts Debian's `prometheus-alertmanager` on its own, without a cluster. */
export async function startAlertmanager(options: AlertmanagerServerOptions = {}): Promise<RealServer> {
  return startRealServer({
    program: 'prometheus-alertmanager',
    readyPath: '/-/ready',
    port: options.port,
    directory: options.directory,
    async args({ port, directory }) {
      const configFile = join(directory, 'alertmanager.yml');
      await writeFile(configFile, JSON.stringify(options.config ?? silentConfig));
      return [
        `--config.file=${configFile}`,
        `--storage.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
        ...(options.flags ?? []),
      ];
    },
  });
}
