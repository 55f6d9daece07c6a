import { Command, InvalidArgumentError, Option } from 'commander';
import { generateRules } from '../config/generate/generate-rules.ts';
import { renderManifests, renderRules, type RulesFormat } from '../config/generate/render-rules.ts';
import { loadRules, type RuleFile } from '../config/load-rules.ts';
import { byPosition, hasErrors, type Diagnostic } from '../domain/text/diagnostic.ts';
import { renderDiagnostic } from './render-diagnostic.ts';
import { tellError } from './tell-error.ts';

/** What `andon generate` needs from the outside. */
export interface GenerateDeps {
  /** Reads files, and every rule file below folders. */
  readonly readFiles: (paths: readonly string[]) => Promise<{
    readonly files: readonly RuleFile[];
    readonly unreadable: readonly { readonly path: string; readonly problem: string }[];
  }>;
  /** Writes a file, in the place of one that is there. */
  readonly writeText: (path: string, text: string) => Promise<void>;
  readonly version: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Sets the exit code: 0 done, 1 errors in the rule files or, with --strict, something left out, 2 wrong usage. */
  readonly exit: (code: 0 | 1 | 2) => void;
}

interface GenerateOptions {
  readonly format: RulesFormat;
  readonly output: string;
  readonly maxGroupSize: number;
  readonly name?: string;
  readonly namespace?: string;
  readonly label: Readonly<Record<string, string>>;
  readonly strict?: true;
}

/** `andon generate`: makes files for other programs of rule files. */
export function generateCommand(deps: GenerateDeps): Command {
  const streams = {
    writeOut: (text: string) => void deps.stdout.write(text),
    writeErr: (text: string) => void deps.stderr.write(text),
  };
  return new Command('generate')
    .description('make files for other programs of rule files')
    .configureOutput(streams)
    .addCommand(
      new Command('prometheus-rules')
        .description(
          'make recording and alerting rules of error budgets, for Prometheus, Mimir, Thanos or vmalert, with the metrics and labels of Sloth',
        )
        .argument('<paths...>', 'rule files and folders')
        .addOption(
          new Option('--format <format>', 'a rule file, or manifests for the Prometheus operator')
            .choices(['rules', 'prometheus-rule'])
            .default('rules'),
        )
        .option('--output <file>', 'where to write; - is the standard output', '-')
        .option(
          '--max-group-size <rules>',
          'rules in a group at most; the default is what Mimir allows',
          wholeNumber,
          20,
        )
        .option(
          '--name <name>',
          'name of one manifest for all services (default: one each, andon-<service>)',
          objectName,
        )
        .option('--namespace <namespace>', 'namespace of the manifests', objectName)
        .option(
          '--label <name=value>',
          'label of the manifests, by which the operator finds them; may be repeated',
          addLabel,
          {},
        )
        .option('--strict', 'exit with 1 when something in the rule files has no counterpart in rules')
        .configureOutput(streams)
        .action(async (paths: readonly string[], options: GenerateOptions) => {
          deps.exit(await generate(deps, paths, options));
        }),
    );
}

async function generate(deps: GenerateDeps, paths: readonly string[], options: GenerateOptions): Promise<0 | 1 | 2> {
  const fail = (message: string): void => {
    tellError(deps.stderr, 'text', { message });
  };
  if (options.format === 'rules') {
    const given = (['name', 'namespace', 'label'] as const).find((option) =>
      option === 'label' ? Object.keys(options.label).length > 0 : options[option] !== undefined,
    );
    if (given !== undefined) {
      fail(`--${given} is for manifests; add --format prometheus-rule`);
      return 2;
    }
  }
  const { files, unreadable } = await deps.readFiles(paths);
  if (unreadable.length > 0) {
    fail(unreadable.map(({ path, problem }) => `${path}: ${problem}`).join('\nerror: '));
    return 2;
  }
  if (files.length === 0) {
    fail('there is no rule file (.yaml, .yml) here; name files or folders');
    return 2;
  }
  const { services, diagnostics, locate } = loadRules(files);
  if (hasErrors(diagnostics)) {
    tell(deps, diagnostics);
    fail('nothing is made of rule files with errors');
    return 1;
  }
  const made = generateRules(services, locate, { version: deps.version, maxGroupSize: options.maxGroupSize });
  tell(deps, [...diagnostics, ...made.left].sort(byPosition));
  if (made.services.length === 0) {
    fail('no error budget here can be made into rules; declare one under spec.errorBudgets');
    return 1;
  }
  const { name, namespace, label: labels } = options;
  const manifest = {
    labels,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const text = options.format === 'rules' ? renderRules(made.services) : renderManifests(made.services, manifest);
  if (options.output === '-') deps.stdout.write(text);
  else {
    try {
      await deps.writeText(options.output, text);
    } catch (error) {
      fail(`${options.output} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      return 2;
    }
  }
  return options.strict === true && made.left.length > 0 ? 1 : 0;
}

function tell({ stderr, env }: GenerateDeps, diagnostics: readonly Diagnostic[]): void {
  const colors = stderr.isTTY === true && (env['NO_COLOR'] ?? '') === '';
  for (const each of diagnostics) stderr.write(renderDiagnostic(each, { colors }));
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1) throw new InvalidArgumentError('expected a whole number, at least 1');
  return number;
}

function objectName(text: string): string {
  if (text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('expected lower-case letters, digits, dashes and dots');
}

function addLabel(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=([A-Za-z0-9]?[-A-Za-z0-9_.]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('expected name=value');
  return { ...before, [name]: value };
}
