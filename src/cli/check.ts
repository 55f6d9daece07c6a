import { Command, Option } from 'commander';
import { checkLive } from '../app/live-check/check-live.ts';
import { judgeWindows, withJudged } from '../app/live-check/check-windows.ts';
import type { Inspector } from '../app/ports/inspector.ts';
import type { Source } from '../app/ports/source.ts';
import { loadRules, type LoadedRuleFiles } from '../config/load-rules.ts';
import {
  fileDiagnostics,
  routeDiagnostics,
  resolveSettings,
  type FileFaultFinder,
  type PlacedSettings,
  type ProxySettings,
  type Settings,
  type SourceSettings,
} from '../config/settings.ts';
import { byPosition, hasErrors, type Diagnostic } from '../domain/text/diagnostic.ts';
import { tellError } from './tell-error.ts';
import { settingsOfEnvironment, type SettingsDeps } from './settings-options.ts';
import { reportDiagnostics, type CheckReport, type OutputFormat } from './report-diagnostics.ts';

/** What `andon check` needs from the outside. */
export interface CheckDeps extends SettingsDeps {
  /** Opens a source for live checks. */
  readonly inspector: (source: SourceSettings, proxy?: ProxySettings) => Inspector & Pick<Source, 'clock' | 'arrivals'>;
  /** What is wrong with a file that settings name, if anything. */
  readonly findFileFault: FileFaultFinder;
  /** The time, ms: it tells which declared stretches are over. */
  readonly now: () => number;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  /** Sets the exit code: 0 no errors, 1 errors, 2 wrong usage. */
  readonly exit: (code: 0 | 1 | 2) => void;
  /** Ends live checks early. */
  readonly signal?: AbortSignal;
}

interface CheckOptions {
  readonly output: OutputFormat;
  readonly source?: string;
  readonly settings?: string;
}

/** `andon check`: reads rule files as the daemon will and reports every problem in them. */
export function checkCommand(deps: CheckDeps): Command {
  return new Command('check')
    .description(
      'check rule files: syntax, references, PromQL and conditions, every problem with its place and a remedy',
    )
    .argument('[paths...]', 'rule files and folders (default: those of the settings, or else rules/)')
    .addOption(new Option('-o, --output <format>', 'how to report').choices(['text', 'json', 'github']).default('text'))
    .option(
      '--source <url|name>',
      'also check selectors and buckets against a live source: a URL, or a name in the settings',
    )
    .option('--settings <file>', 'also check this settings file, and the sources and channels that rules name')
    .configureOutput({
      writeOut: (text) => void deps.stdout.write(text),
      writeErr: (text) => void deps.stderr.write(text),
    })
    .action(async (paths: readonly string[], options: CheckOptions) => await check(deps, paths, options));
}

async function check(deps: CheckDeps, paths: readonly string[], options: CheckOptions): Promise<void> {
  const wrongUsage = (message: string): void => {
    tellError(deps.stderr, options.output, { message });
    deps.exit(2);
  };
  const opened: OpenedSettings =
    options.settings === undefined ? { diagnostics: [] } : await openSettings(deps, options.settings);
  if ('unreadable' in opened) return wrongUsage(opened.unreadable);

  // Broken settings do not say where the rules are; then only the settings are checked.
  const lost = paths.length === 0 && options.settings !== undefined && opened.settings === undefined;
  const { files, unreadable } = await deps.readFiles(
    lost ? [] : paths.length > 0 ? paths : (opened.settings?.rules ?? ['rules']),
  );
  if (unreadable.length > 0) {
    return wrongUsage(unreadable.map(({ path, problem }) => `${path}: ${problem}`).join('\nerror: '));
  }
  if (files.length === 0 && !lost) return wrongUsage('there is no rule file (.yaml, .yml) here; name files or folders');

  const source = options.source === undefined ? undefined : findSource(options.source, opened.settings);
  // Settings that are broken may name the source; what is wrong with them is told below.
  const isLost = opened.settings === undefined && options.settings !== undefined;
  if (typeof source === 'string' && !isLost) return wrongUsage(source);

  const loaded = loadRules(files, { ...contextOf(opened.settings), now: deps.now() });
  const found =
    source === undefined || typeof source === 'string'
      ? loaded.diagnostics
      : await checkAgainst(source, opened.settings?.proxy, loaded, deps);
  // Services that could not be read may be those that a route is for.
  const routed =
    opened.placed === undefined || hasErrors(loaded.diagnostics)
      ? []
      : routeDiagnostics(opened.placed, loaded.services);
  const report: CheckReport = {
    diagnostics: [...opened.diagnostics, ...found, ...routed].sort(byPosition),
    files: files.length,
    services: loaded.services.length,
    rules: loaded.services.reduce((sum, service) => sum + service.rules.length, 0),
  };
  const colors = deps.stdout.isTTY === true && (deps.env['NO_COLOR'] ?? '') === '';
  deps.stdout.write(reportDiagnostics(report, options.output, colors));
  deps.exit(hasErrors(report.diagnostics) ? 1 : 0);
}

type OpenedSettings =
  | { readonly settings?: Settings; readonly placed?: PlacedSettings; readonly diagnostics: readonly Diagnostic[] }
  | { readonly unreadable: string };

async function openSettings(deps: CheckDeps, path: string): Promise<OpenedSettings> {
  const { files, unreadable } = await deps.readFiles([path]);
  const [file] = files;
  if (file === undefined) return { unreadable: `${path}: ${unreadable[0]?.problem ?? 'this is no file'}` };
  const resolved = resolveSettings(file, settingsOfEnvironment(deps.env), deps.templateProblem, deps.mayBeCalled);
  const { settings, diagnostics } = resolved;
  const inFiles = await fileDiagnostics(resolved, deps.findFileFault);
  return {
    ...(settings === undefined ? {} : { settings, placed: resolved }),
    diagnostics: [...diagnostics, ...inFiles],
  };
}

function contextOf(settings: Settings | undefined): Parameters<typeof loadRules>[1] {
  if (settings === undefined) return {};
  return {
    sources: settings.sources.map(({ name }) => name),
    channels: settings.channels.map(({ name }) => name),
  };
}

/** The source that `--source` means, or what is wrong with it. */
function findSource(asked: string, settings: Settings | undefined): SourceSettings | string {
  const named = settings?.sources.find(({ name }) => name === asked);
  if (named !== undefined) return named;
  const made = resolveSettings(undefined, { sources: [{ url: asked }] }).settings?.sources[0];
  return made ?? `--source ${asked}: this is neither a URL (http://…) nor the name of a source in the settings`;
}

/** What the files say, held against a live source; one error when the source does not answer at all. */
async function checkAgainst(
  source: SourceSettings,
  proxy: ProxySettings | undefined,
  loaded: LoadedRuleFiles,
  deps: CheckDeps,
): Promise<readonly Diagnostic[]> {
  const signal = deps.signal ?? new AbortController().signal;
  const asked = deps.inspector(source, proxy);
  const clock = await asked.clock(signal);
  if (clock.kind === 'failed') return [...loaded.diagnostics, notChecked(clock.failure.detail)];
  const { services, diagnostics, locate } = loaded;
  const live = await checkLive(services, asked, locate, signal);
  // A source that fails was told of above; then the windows stay as they were judged without it.
  const judged = await judgeWindows(services, asked, clock.now, locate, signal);
  return [...withJudged(diagnostics, judged), ...live];
}

function notChecked(detail: string): Diagnostic {
  return {
    file: '(--source)',
    line: 1,
    column: 1,
    severity: 'error',
    code: 'live-not-checked',
    message: `nothing was checked against the source: ${detail}`,
    hint: 'see that it runs and can be reached from here, or check without --source',
  };
}
