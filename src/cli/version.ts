import { Command, Option } from 'commander';

export interface VersionDeps {
  readonly version: string;
  /** As `process.version` has it. */
  readonly nodeVersion: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** `andon version`: which Andon this is, and the Node.js it runs on. */
export function versionCommand({ version, nodeVersion, stdout, stderr }: VersionDeps): Command {
  return new Command('version')
    .description('show the version of Andon and of Node.js')
    .addOption(new Option('-o, --output <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .action(({ output }: { readonly output: 'text' | 'json' }) => {
      const node = nodeVersion.replace(/^v/, '');
      stdout.write(
        output === 'json' ? `${JSON.stringify({ version, node })}\n` : `andon ${version} (Node.js ${node})\n`,
      );
    });
}
