import { Command, InvalidArgumentError, Option } from 'commander';
import { routeFactsOf, routeIncident, type Routed } from '../domain/notification/route.ts';
import { formatDuration } from '../domain/text/duration.ts';
import { hasErrors } from '../domain/text/diagnostic.ts';
import type { Service, StopRule } from '../domain/service/service.ts';
import type { Severity } from '../domain/service/severity.ts';
import { suggest } from '../config/did-you-mean.ts';
import { loadRules } from '../config/load-rules.ts';
import { isToldAgain, routesOf, type PlacedSettings, type Settings } from '../config/settings.ts';
import { printable } from './printable.ts';
import { reportDiagnostics } from './report-diagnostics.ts';
import { addSettingsOptions, readPlacedSettings, type SettingsDeps, type SettingsOptions } from './settings-options.ts';
import { tellError } from './tell-error.ts';

export interface RoutesDeps extends SettingsDeps {
  readonly stdout: { write(text: string): unknown };
  readonly exit: (code: number) => void;
}

interface RoutesOptions extends SettingsOptions {
  readonly severity?: Severity;
  readonly label: Readonly<Record<string, string>>;
  readonly output: 'text' | 'json';
}

/** What a service's rules may open: incidents of one severity with the same labels are told to the same channels. */
interface Case {
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly string[];
}

/** `andon routes`: who would be told of an incident of a service, and when; from the files alone. */
export function routesCommand(deps: RoutesDeps): Command {
  const command = new Command('routes')
    .description('say which route catches incidents of a service, and who is told when; asks no daemon')
    .argument('<service>', 'the service')
    .addOption(new Option('--severity <severity>', 'as if its rules were of this severity').choices(['page', 'ticket']))
    .addOption(
      new Option('--label <name=value>', 'with this label, such as one of a group; may be given several times')
        .argParser(withLabel)
        .default({}),
    )
    .addOption(new Option('-o, --output <format>', 'how to show it').choices(['text', 'json']).default('text'));
  return addSettingsOptions(command).action(async (name: string, options: RoutesOptions) => {
    deps.exit(await tellRoutes(deps, name, options));
  });
}

async function tellRoutes(deps: RoutesDeps, name: string, options: RoutesOptions): Promise<number> {
  const refuse = (message: string, hint?: string): number => {
    tellError(deps.stderr, options.output, { message, ...(hint === undefined ? {} : { hint }) }, 'andon: ');
    return 2;
  };
  const placed = await readPlacedSettings(deps, options, options.output);
  if (placed === undefined) return 2;
  const { settings } = placed;
  const { files, unreadable } = await deps.readFiles(settings.rules);
  if (unreadable.length > 0) return refuse(unreadable.map(({ path, problem }) => `${path}: ${problem}`).join('\n'));
  const context = {
    sources: settings.sources.map((each) => each.name),
    channels: settings.channels.map((each) => each.name),
  };
  const { services, diagnostics } = loadRules(files, context);
  const service = services.find((each) => each.name === name);
  if (service === undefined && hasErrors(diagnostics)) {
    deps.stderr.write(
      reportDiagnostics({ diagnostics, files: files.length, services: services.length, rules: 0 }, 'text', false),
    );
    return 1;
  }
  if (service === undefined)
    return refuse(
      `no rule file declares ${JSON.stringify(name)}`,
      suggest(
        name,
        services.map((each) => each.name),
      ),
    );
  const told = casesOf(service, options).map((each) => ({ ...each, ...routedOf(settings, service, each) }));
  const shadows = service.rules.filter(isShadow).map((rule) => rule.name);
  deps.stdout.write(
    options.output === 'json'
      ? jsonOf(service, told, shadows)
      : [...told.map((each) => textOf(service, each, placed)), ...shadowText(shadows)].join('\n'),
  );
  return 0;
}

/** It opens no incident, and pages nobody. */
function isShadow({ shadow }: StopRule): boolean {
  return shadow === true;
}

function shadowText(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${printable(`only recorded, told to nobody: ${names.join(', ')} (shadow)`)}\n`];
}

/** One for each severity and set of labels among the rules. */
function casesOf(service: Service, { severity, label }: RoutesOptions): readonly Case[] {
  const cases = Map.groupBy(
    service.rules
      .filter((rule) => !isShadow(rule))
      .map((rule) => ({
        name: rule.name,
        severity: severity ?? rule.severity,
        labels: { ...routeFactsOf(service, rule).labels, ...label },
      })),
    (rule) => JSON.stringify([rule.severity, Object.entries(rule.labels).sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
  return [...cases.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined
      ? []
      : [{ severity: first.severity, labels: first.labels, rules: same.map((rule) => rule.name) }];
  });
}

function routedOf(settings: Settings, service: Service, { severity, labels }: Case): { readonly routed: Routed } {
  const all = settings.channels.map((each) => each.name);
  const facts = routeFactsOf(service, { severity, labels });
  const routed = routeIncident(routesOf(settings), facts, { notify: service.notify, all });
  const again = new Set(settings.channels.filter(isToldAgain).map((each) => each.name));
  return {
    routed: { ...routed, repeatEveryMs: new Map([...routed.repeatEveryMs].filter(([channel]) => again.has(channel))) },
  };
}

type Told = Case & { readonly routed: Routed };

function textOf(
  { name, owner, notify }: Service,
  { severity, labels, rules, routed }: Told,
  placed: PlacedSettings,
): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  const whose = owner === undefined ? '' : `, owner ${owner}`;
  const lines = [
    `${name}${whose}, severity ${severity}${pairs.length === 0 ? '' : `, ${pairs.join(' ')}`} (${rules.join(', ')})`,
    `  caught by   ${caughtBy(routed, placed)}`,
    `  at once     ${listOf(routed.channels)}${notify.length > 0 ? ' (spec.notify of the service)' : ''}`,
    ...repeatsOf(routed),
    ...routed.steps.map(
      ({ afterMs, channels }) => `  ${`after ${formatDuration(afterMs)}`.padEnd(11)} ${listOf(channels)}`,
    ),
    ...(routed.repeatEveryMs.size + routed.steps.length === 0
      ? []
      : ['  until somebody acknowledges, or the incident resolves']),
  ];
  return `${printable(lines.join('\n'))}\n`;
}

function caughtBy({ routes }: Routed, { place, settings }: PlacedSettings): string {
  if (settings?.routes.length === 0) return 'no route: none is declared, so that every channel is paged';
  if (routes.length === 0) return 'no route: every channel is paged';
  return routes
    .map((index) => {
      const { file, line } = place({ path: ['routes', index], code: 'route', message: '' });
      return `route ${index + 1} (${file}:${line})`;
    })
    .join(', ');
}

function repeatsOf({ repeatEveryMs }: Routed): readonly string[] {
  const byTime = Map.groupBy(repeatEveryMs, ([, everyMs]) => everyMs);
  return Array.from(byTime, ([everyMs, channels]) => {
    const when = `every ${formatDuration(everyMs)}`;
    return `  ${when.padEnd(11)} ${listOf(channels.map(([channel]) => channel))} again`;
  });
}

function listOf(channels: readonly string[]): string {
  return channels.length === 0 ? 'nobody' : channels.join(', ');
}

function jsonOf({ name, owner }: Service, told: readonly Told[], shadows: readonly string[]): string {
  const cases = told.map(({ severity, labels, rules, routed }) => ({
    severity,
    labels,
    rules,
    routes: routed.routes.map((index) => index + 1),
    channels: routed.channels,
    repeats: Array.from(routed.repeatEveryMs, ([channel, everyMs]) => ({ channel, everySeconds: everyMs / 1000 })),
    escalation: routed.steps.map(({ afterMs, channels }) => ({ afterSeconds: afterMs / 1000, channels })),
  }));
  const whole = {
    service: name,
    ...(owner === undefined ? {} : { owner }),
    cases,
    ...(shadows.length === 0 ? {} : { shadowRules: shadows }),
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

function withLabel(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError('Write a label as name=value.');
}
