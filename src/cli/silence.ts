import { Command, InvalidArgumentError, Option } from 'commander';
import { apiCommand, askAndShow, byOption, refuse, refuseNobody, type Acting, type ApiDeps } from './api-command.ts';
import type { Connection } from './api-command.ts';
import { printableLine } from './printable.ts';
import { momentText } from './render-gate.ts';
import { renderSilences } from './render-silences.ts';
import { SilencesWire, SilenceWire } from './silence-wire.ts';

interface AddOptions extends Acting {
  readonly all?: true;
  readonly severity?: string;
  readonly owner?: string;
  readonly rule?: string;
  readonly label: Readonly<Record<string, string>>;
  readonly group: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly for?: string;
  readonly until?: string;
  readonly from?: string;
}

/** `andon silence`: pages that people keep back for a while. Nothing else changes by it. */
export function silenceCommand(deps: ApiDeps): Command {
  const add = apiCommand(deps, 'add', 'keep pages back for a while; incidents, gates and budgets stay as they are')
    .argument('[service]', 'only of this service')
    .option('--all', 'of every service, for at most 24h')
    .addOption(new Option('--severity <severity>', 'only of this severity').choices(['page', 'ticket']))
    .option('--owner <owner>', 'only of services of this owner')
    .option('--rule <rule>', 'only where this rule stopped the line')
    .addOption(new Option('--label <name=value>', 'only with this label; may be repeated').argParser(pair).default({}))
    .addOption(new Option('--group <name=value>', 'only of this group; may be repeated').argParser(pair).default({}))
    .requiredOption('--reason <text>', 'why')
    .addOption(new Option('--for <time>', 'for how long, such as 2h; at most 90d').conflicts('until'))
    .option('--until <instant>', 'until when, such as 2026-11-01T22:00:00Z')
    .option('--from <instant>', 'from when (default: now)')
    .addOption(byOption(deps.env))
    .action(async (service: string | undefined, options: AddOptions) => {
      const { output, all, severity, owner, rule, label, group, by, reason, from, until } = options;
      if (service !== undefined && all !== undefined)
        return refuse(deps, output, { message: 'name one service, or give --all, not both' }, 2);
      if ((options.for ?? until) === undefined)
        return refuse(deps, output, { message: 'say when it ends: --for 2h, or --until' }, 2);
      if (by === undefined) return refuseNobody(deps, output);
      const named = service ?? (all === undefined ? undefined : '*');
      const matcher = {
        ...(named === undefined ? {} : { service: named }),
        ...(severity === undefined ? {} : { severity }),
        ...(owner === undefined ? {} : { owner }),
        ...(rule === undefined ? {} : { rule }),
        ...(Object.keys(label).length === 0 ? {} : { labels: label }),
        ...(Object.keys(group).length === 0 ? {} : { group }),
      };
      if (Object.keys(matcher).length === 0)
        return refuse(deps, output, { message: 'name what to silence, or give --all' }, 2);
      const times = {
        ...(options.for === undefined ? {} : { for: options.for }),
        ...(until === undefined ? {} : { until }),
        ...(from === undefined ? {} : { from }),
      };
      await askAndShow(deps, options, '/api/v1/silences', { matcher, by, reason, ...times }, SilenceWire, silenced);
    });

  const list = apiCommand(deps, 'list', 'list the silences, the first to end first').action(
    async (options: Connection) => {
      await askAndShow(deps, options, '/api/v1/silences', undefined, SilencesWire, renderSilences);
    },
  );

  const end = apiCommand(deps, 'end', 'end a silence before its time: what burns under it pages at once')
    .argument('<silence>', 'id of the silence')
    .requiredOption('--reason <text>', 'why')
    .addOption(byOption(deps.env))
    .action(async (id: string, options: Acting & { readonly reason: string }) => {
      const { output, by, reason } = options;
      if (by === undefined) return refuseNobody(deps, output);
      const path = `/api/v1/silences/${encodeURIComponent(id)}/end`;
      await askAndShow(deps, options, path, { by, reason }, SilenceWire, ({ words, ...silence }) =>
        printableLine(`${silence.id} is over: ${words} pages again`).concat('\n'),
      );
    });

  const command = new Command('silence').description('keep pages back for a while, see what is kept back, let it go');
  for (const each of [add, list, end]) command.addCommand(each);
  return command;
}

function silenced({ id, words, until }: SilenceWire, now: number): string {
  const first = printableLine(`pages of ${words} are kept back until ${momentText(until, now)}`);
  return `${first}\n  Let them go before: andon silence end ${printableLine(id)} --reason TEXT\n`;
}

function pair(text: string, before: unknown): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value.');
  return { ...(before as Readonly<Record<string, string>>), [text.slice(0, at)]: text.slice(at + 1) };
}
