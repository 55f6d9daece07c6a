import { Command, Option } from 'commander';
import { evaluateOnce } from '../app/polling/evaluate-once.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { Source } from '../app/ports/source.ts';
import type { ServiceView } from '../app/views/service-view.ts';
import { loadRules } from '../config/load-rules.ts';
import type { ProxySettings, SourceSettings } from '../config/settings.ts';
import { hasErrors } from '../domain/text/diagnostic.ts';
import { renderViews } from './evaluate-table.ts';
import { reportDiagnostics } from './report-diagnostics.ts';
import { tellError } from './tell-error.ts';
import { terminalWidth } from './terminal-width.ts';
import { addSettingsOptions, readSettings, type SettingsDeps, type SettingsOptions } from './settings-options.ts';

export interface EvaluateDeps extends SettingsDeps {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly clock: Clock;
  readonly openSource: (settings: SourceSettings, proxy?: ProxySettings) => Source & { close(): Promise<void> };
  readonly exit: (code: number) => void;
}

interface EvaluateOptions extends SettingsOptions {
  readonly output: 'text' | 'json';
}

/** Bound of the whole evaluation, ms. */
const deadlineMs = 60_000;

/** `andon evaluate`: one look at every service. Ends with 0 when every target holds, 1 when one is missed or a rule is true, 3 when one cannot be told. */
export function evaluateCommand(deps: EvaluateDeps): Command {
  const command = new Command('evaluate')
    .description(
      'look once at every service and say whether its end state holds; exit code 0 held, 1 missed, 3 unknown',
    )
    .argument('[services...]', 'only these services')
    .addOption(new Option('-o, --output <format>', 'how to report').choices(['text', 'json']).default('text'));
  addSettingsOptions(command).action(async (names: readonly string[], options: EvaluateOptions) => {
    deps.exit(await evaluateAll(deps, names, options));
  });
  return command;
}

async function evaluateAll(deps: EvaluateDeps, names: readonly string[], options: EvaluateOptions): Promise<number> {
  const usage = (message: string): number => {
    tellError(deps.stderr, options.output, { message }, 'andon: ');
    return 2;
  };
  const settings = await readSettings(deps, options, options.output);
  if (settings === undefined) return 2;
  if (settings.sources.length === 0)
    return usage('no source is configured: give --source http://prometheus:9090, or sources in andon.yaml');
  const { files, unreadable } = await deps.readFiles(settings.rules);
  if (unreadable.length > 0) return usage(unreadable.map(({ path, problem }) => `${path}: ${problem}`).join('\n'));
  const sources = settings.sources.map((source) => source.name);
  const loaded = loadRules(files, { sources, channels: settings.channels.map((channel) => channel.name) });
  const colors = deps.stdout.isTTY === true && (deps.env['NO_COLOR'] ?? '') === '';
  if (hasErrors(loaded.diagnostics) && options.output === 'json') {
    tellError(deps.stderr, 'json', { message: 'the rule files have problems', problems: loaded.diagnostics });
    return 1;
  }
  if (hasErrors(loaded.diagnostics)) {
    const rules = loaded.services.reduce((sum, service) => sum + service.rules.length, 0);
    deps.stderr.write(
      reportDiagnostics(
        { diagnostics: loaded.diagnostics, files: files.length, services: loaded.services.length, rules },
        'text',
        colors,
      ),
    );
    return 1;
  }
  const unknown = names.filter((name) => !loaded.services.some((service) => service.name === name));
  if (unknown.length > 0) return usage(`no rule file declares ${unknown.join(', ')}`);
  const asked = loaded.services.filter((service) => names.length === 0 || names.includes(service.name));
  const views: ServiceView[] = [];
  const signal = AbortSignal.timeout(deadlineMs);
  for (const source of settings.sources) {
    const opened = deps.openSource(source, settings.proxy);
    try {
      const own = asked.filter((service) => service.source === source.name);
      views.push(...(await evaluateOnce(opened, deps.clock, own, signal)));
    } finally {
      await opened.close();
    }
  }
  deps.stdout.write(renderViews(views, options.output, { colors, width: terminalWidth(deps.stdout) }));
  return codeOf(views);
}

function codeOf(views: readonly ServiceView[]): number {
  const scopes = views.flatMap((view) => view.scopes);
  const verdicts = scopes.flatMap((scope) => scope.targets.map((target) => target.verdict));
  const rules = scopes.flatMap((scope) => scope.rules.map((rule) => rule.state));
  if (verdicts.includes('missed') || rules.includes('firing') || rules.includes('pending')) return 1;
  return verdicts.includes('unknown') || scopes.length === 0 ? 3 : 0;
}
