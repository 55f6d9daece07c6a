import { Option, type Command } from 'commander';
import {
  resolveSettings,
  type HostJudge,
  type TemplateFaultFinder,
  type PartialSettings,
  type PlacedSettings,
  type Settings,
} from '../config/settings.ts';
import { reportDiagnostics } from './report-diagnostics.ts';
import { tellError } from './tell-error.ts';
import type { RuleFile } from '../config/load-file.ts';

/** What reading the settings needs from the outside. */
export interface SettingsDeps {
  /** Reads files, and every rule file below folders. */
  readonly readFiles: (paths: readonly string[]) => Promise<{
    readonly files: readonly RuleFile[];
    readonly unreadable: readonly { readonly path: string; readonly problem: string }[];
  }>;
  /** What is wrong with a channel's template, if anything. */
  readonly templateProblem?: TemplateFaultFinder;
  /** Whether channels may post to a host. */
  readonly mayBeCalled?: HostJudge;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Settings as the command line gives them. */
export interface SettingsOptions {
  readonly settings?: string;
  readonly rules?: readonly string[];
  readonly source?: string;
  readonly webhook?: string;
  readonly listen?: string;
  readonly externalUrl?: string;
  readonly data?: string;
  readonly logLevel?: string;
  readonly apiTokenFile?: string;
  readonly otlpEndpoint?: string;
}

const usualFile = 'andon.yaml';

/** The environment variable of each option. */
const variables = {
  settings: 'ANDON_SETTINGS',
  rules: 'ANDON_RULES',
  source: 'ANDON_SOURCE',
  webhook: 'ANDON_WEBHOOK',
  listen: 'ANDON_LISTEN',
  externalUrl: 'ANDON_EXTERNAL_URL',
  data: 'ANDON_DATA',
  logLevel: 'ANDON_LOG_LEVEL',
  apiTokenFile: 'ANDON_API_TOKEN_FILE',
  otlpEndpoint: 'ANDON_OTLP_ENDPOINT',
} as const satisfies Record<keyof SettingsOptions, string>;

/** Adds the flags, each with its environment variable; a flag wins over the environment, and both over the file. */
export function addSettingsOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--settings <file>', `settings file (default: ${usualFile}, when there is one)`).env(
        variables.settings,
      ),
    )
    .addOption(new Option('--rules <paths...>', 'rule files and folders (default: rules)').env(variables.rules))
    .addOption(
      new Option('--source <url>', 'base URL of Prometheus, or of anything that speaks its API').env(variables.source),
    );
}

/** Adds the flags that only a daemon has. */
export function addDaemonOptions(command: Command): Command {
  return command
    .addOption(new Option('--webhook <url>', 'post pages there').env(variables.webhook))
    .addOption(
      new Option('--listen <address>', 'address and port of API, page and metrics (default: 127.0.0.1:9655)').env(
        variables.listen,
      ),
    )
    .addOption(
      new Option('--external-url <url>', 'URL under which people reach Andon, for links in pages').env(
        variables.externalUrl,
      ),
    )
    .addOption(
      new Option('--data <folder>', 'folder of the event log; :memory: keeps nothing (default: .andon)').env(
        variables.data,
      ),
    )
    .addOption(
      new Option('--api-token-file <file>', 'file with the token that changing requests must carry').env(
        variables.apiTokenFile,
      ),
    )
    .addOption(
      new Option('--otlp-endpoint <url>', 'base URL of an OTLP/HTTP collector for traces').env(variables.otlpEndpoint),
    )
    .addOption(
      new Option('--log-level <level>', 'least severe log lines (default: info)')
        .choices(['debug', 'info', 'warn', 'error'])
        .env(variables.logLevel),
    );
}

/** Reads file, environment and flags into settings. Problems go to standard error, and undefined comes back. */
export async function readSettings(
  deps: SettingsDeps,
  options: SettingsOptions,
  output: 'text' | 'json' = 'text',
): Promise<Settings | undefined> {
  return (await readPlacedSettings(deps, options, output))?.settings;
}

/** As readSettings, and says where each setting stands. */
export async function readPlacedSettings(
  deps: SettingsDeps,
  options: SettingsOptions,
  output: 'text' | 'json' = 'text',
): Promise<(PlacedSettings & { readonly settings: Settings }) | undefined> {
  const found = await findSettings(deps, options);
  if (found.kind === 'missing') {
    tellError(deps.stderr, output, { message: found.problem }, 'andon: ');
    return undefined;
  }
  const { settings, diagnostics } = found.resolved;
  if (diagnostics.length > 0 && output === 'json') {
    // A warning is no error, and programs read standard error for those.
    if (settings === undefined)
      tellError(deps.stderr, output, { message: 'the settings have problems', problems: diagnostics });
  } else if (diagnostics.length > 0) {
    const colors = deps.stderr.isTTY === true && (deps.env['NO_COLOR'] ?? '') === '';
    deps.stderr.write(reportDiagnostics({ diagnostics, files: found.files, services: 0, rules: 0 }, 'text', colors));
  }
  return settings === undefined ? undefined : { ...found.resolved, settings };
}

/** The settings file that the options mean. */
export function settingsPath(options: SettingsOptions): string {
  return options.settings ?? usualFile;
}

/** What file, environment and flags say together; `missing`: the file that was asked for is not there. Does not reject. */
export async function findSettings(
  deps: Pick<SettingsDeps, 'readFiles' | 'templateProblem' | 'mayBeCalled'>,
  options: SettingsOptions,
): Promise<
  | { readonly kind: 'found'; readonly resolved: PlacedSettings; readonly files: number }
  | { readonly kind: 'missing'; readonly problem: string }
> {
  const path = settingsPath(options);
  const { files, unreadable } = await deps.readFiles([path]);
  const [file] = files;
  if (file === undefined && options.settings !== undefined) {
    const problem = unreadable[0]?.problem ?? 'this is a folder; name the settings file in it';
    return { kind: 'missing', problem: `${path}: ${problem}` };
  }
  const resolved = resolveSettings(file, overridesOf(options), deps.templateProblem, deps.mayBeCalled);
  return { kind: 'found', resolved, files: files.length };
}

/** What the environment lays over a settings file, for a command that has no such flags. */
export function settingsOfEnvironment(env: SettingsDeps['env']): PartialSettings {
  const given = (key: keyof SettingsOptions): string | undefined => env[variables[key]];
  const rules = given('rules');
  const texts = [
    'source',
    'webhook',
    'listen',
    'externalUrl',
    'data',
    'logLevel',
    'apiTokenFile',
    'otlpEndpoint',
  ] as const;
  const options = Object.fromEntries(
    texts.flatMap((key) => {
      const value = given(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return overridesOf({ ...options, ...(rules === undefined ? {} : { rules: [rules] }) });
}

function overridesOf(options: SettingsOptions): PartialSettings {
  const { rules, source, webhook, listen, externalUrl, data, logLevel, apiTokenFile, otlpEndpoint } = options;
  return {
    ...(rules === undefined ? {} : { rules }),
    ...(source === undefined ? {} : { sources: [{ name: 'default', url: source }] }),
    ...(webhook === undefined ? {} : { channels: [{ name: 'webhook', webhook: { url: webhook } }] }),
    ...(listen === undefined ? {} : { listen }),
    ...(externalUrl === undefined ? {} : { externalUrl }),
    ...(data === undefined ? {} : { data }),
    ...(logLevel === undefined ? {} : { log: { level: logLevel } }),
    ...(apiTokenFile === undefined ? {} : { api: { tokenFile: apiTokenFile } }),
    ...(otlpEndpoint === undefined ? {} : { tracing: { otlpEndpoint } }),
  };
}
