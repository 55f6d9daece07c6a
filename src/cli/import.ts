import { Command, InvalidArgumentError, Option } from 'commander';
import { dialects, type Dialect } from '../config/import/dialect.ts';
import type { Imported } from '../config/import/import-rules.ts';
import type { RuleFile } from '../config/load-rules.ts';
import { maxPeriodMs, minPeriodMs } from '../config/windows.ts';
import { hasErrors } from '../domain/text/diagnostic.ts';
import { formatDuration, parseDuration } from '../domain/text/duration.ts';
import { renderDiagnostic } from './render-diagnostic.ts';
import { tellError } from './tell-error.ts';

/** What `andon import` needs from the outside. */
export interface ImportDeps {
  /** Reads files, and every YAML file below folders. */
  readonly readFiles: (paths: readonly string[]) => Promise<{
    readonly files: readonly RuleFile[];
    readonly unreadable: readonly { readonly path: string; readonly problem: string }[];
  }>;
  /** Writes files into a folder; a problem when one is there already and must not be replaced. */
  readonly writeFiles: (
    folder: string,
    files: readonly { readonly name: string; readonly text: string }[],
    options: { readonly replace: boolean },
  ) => Promise<{ readonly written: readonly string[] } | { readonly problem: string }>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Sets the exit code: 0 everything was carried over, 1 something was not, 2 wrong usage. */
  readonly exit: (code: 0 | 1 | 2) => void;
}

interface ImportOptions {
  readonly output: string;
  readonly force: boolean;
  readonly period: number;
  readonly report: 'text' | 'json';
  readonly service?: string;
}

/** `andon import sloth|pyrra|openslo`: turns the objectives of another tool into rule files, and names what has no equivalent. */
export function importCommand(deps: ImportDeps): Command {
  const command = new Command('import').description(
    'turn objectives of Sloth, Pyrra or OpenSLO into rule files; what has no equivalent is named, with its place',
  );
  for (const dialect of dialects) command.addCommand(dialectCommand(dialect, deps));
  return command;
}

const forms = {
  sloth: 'prometheus/v1, and PrometheusServiceLevel and AlertWindows of Kubernetes',
  pyrra: 'ServiceLevelObjective v1alpha1',
  openslo: 'openslo/v1 with all that an SLO refers to, and SLOs of v1alpha',
} as const satisfies Record<Dialect, string>;

function dialectCommand(dialect: Dialect, deps: ImportDeps): Command {
  const command = new Command(dialect)
    .description(`import ${forms[dialect]}; exit code 0 all was carried over, 1 something was not, 2 wrong usage`)
    .argument('<paths...>', 'files, and folders of them')
    .option('--output <folder>', 'write one file for each service into this folder; - is standard output', '-')
    .option('--force', 'replace files that are there already', false)
    .addOption(
      new Option('--report <format>', 'how to say on standard error what was not carried over')
        .choices(['text', 'json'])
        .default('text'),
    );
  if (dialect === 'sloth') {
    command.addOption(
      new Option('--period <duration>', 'period of the objectives, which the files do not say')
        .argParser(periodFrom)
        .default(30 * 86_400_000, '30d'),
    );
  }
  if (dialect === 'pyrra') {
    command.option('--service <name>', 'put all objectives into one service (default: by label, or each is its own)');
  }
  return command.action(async (paths: readonly string[], options: ImportOptions) => {
    deps.exit(await run(dialect, deps, paths, options));
  });
}

function periodFrom(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < minPeriodMs || ms > maxPeriodMs) {
    const [least, most] = [formatDuration(minPeriodMs), formatDuration(maxPeriodMs)];
    throw new InvalidArgumentError(`Write a duration from ${least} to ${most}, such as 30d.`);
  }
  return ms;
}

async function run(
  dialect: Dialect,
  deps: ImportDeps,
  paths: readonly string[],
  { output, force, period, report, service }: ImportOptions,
): Promise<0 | 1 | 2> {
  const wrongUsage = (message: string): 2 => {
    tellError(deps.stderr, report, { message });
    return 2;
  };
  const { files, unreadable } = await deps.readFiles(paths);
  if (unreadable.length > 0) {
    return wrongUsage(unreadable.map(({ path, problem }) => `${path}: ${problem}`).join('\nerror: '));
  }
  if (files.length === 0) return wrongUsage('there is no YAML file (.yaml, .yml) here; name files or folders');
  const options = { periodMs: period, ...(service === undefined ? {} : { service }) };
  // Of all commands only this one needs the importers: nobody else waits for them, or holds them in memory.
  const { importRules } = await import('../config/import/import-rules.ts');
  const imported = importRules(dialect, files, options);
  let written: readonly string[] = [];
  if (output === '-') {
    deps.stdout.write(imported.files.map(({ text }) => text).join('---\n'));
  } else {
    const named = imported.files.map((file) => ({ name: `${file.service}.yaml`, text: file.text }));
    const outcome = await deps.writeFiles(output, named, { replace: force });
    if ('problem' in outcome) return wrongUsage(outcome.problem);
    ({ written } = outcome);
  }
  const colors = deps.stderr.isTTY === true && (deps.env['NO_COLOR'] ?? '') === '';
  deps.stderr.write(report === 'json' ? jsonReport(imported, written) : textReport(imported, written, colors));
  return hasErrors(imported.diagnostics) ? 1 : 0;
}

function jsonReport({ files, objectives, diagnostics }: Imported, written: readonly string[]): string {
  const { lost, changed } = countsOf(diagnostics);
  const services = files.map(({ service }) => service);
  return `${JSON.stringify({ diagnostics, notCarriedOver: lost, changed, services, objectives, written }, null, 2)}\n`;
}

function textReport({ files, objectives, diagnostics }: Imported, written: readonly string[], colors: boolean): string {
  const { lost, changed } = countsOf(diagnostics);
  const found = [
    `${count(objectives, 'objective')} of ${count(files.length, 'service')}`,
    lost === 0 ? 'everything was carried over' : `${count(lost, 'part')} not carried over`,
    ...(changed === 0 ? [] : [`${count(changed, 'part')} to look at`]),
  ];
  const lines = [
    ...diagnostics.map((each) => renderDiagnostic(each, { colors })),
    ...written.map((path) => `wrote ${path}`),
    found.join('; '),
  ];
  return `${lines.join('\n')}\n`;
}

function countsOf(diagnostics: Imported['diagnostics']): { readonly lost: number; readonly changed: number } {
  const lost = diagnostics.filter(({ severity }) => severity === 'error').length;
  return { lost, changed: diagnostics.length - lost };
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
