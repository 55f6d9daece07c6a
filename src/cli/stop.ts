import { Option, type Command } from 'commander';
import { apiCommand, askAndShow, byOption, refuse, refuseNobody, type Acting, type ApiDeps } from './api-command.ts';
import { FreezeWire } from './gate-wire.ts';
import { printableLine } from './printable.ts';
import { momentText } from './render-gate.ts';

interface StopOptions extends Acting {
  readonly all?: true;
  readonly reason: string;
  readonly for?: string;
  readonly untilEndStateHolds?: true;
}

/** `andon stop`: a person pulls the cord. */
export function stopCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'stop', 'stop the line of a service by hand: its gate says stop until the freeze is lifted')
    .argument('[service]', 'the service')
    .option('--all', 'stop the line of every service')
    .requiredOption('--reason <text>', 'why')
    .addOption(new Option('--for <time>', 'for how long, such as 2h (default: until somebody lifts it)'))
    .option('--until-end-state-holds', 'lift it as soon as the end state has held for `hold`')
    .addOption(byOption(deps.env))
    .action(async (service: string | undefined, options: StopOptions) => {
      const { output, all, by, reason } = options;
      if ((service === undefined) === (all === undefined))
        return refuse(deps, output, { message: 'name one service, or give --all' }, 2);
      if (by === undefined) return refuseNobody(deps, output);
      const body = {
        by,
        reason,
        ...(options.for === undefined ? {} : { for: options.for }),
        ...(options.untilEndStateHolds === undefined ? {} : { liftsWhen: 'end-state-held' }),
      };
      const path = `/api/v1/gate/${encodeURIComponent(service ?? '*')}/freeze`;
      await askAndShow(deps, options, path, body, FreezeWire, stopped);
    });
}

function stopped({ id, service, until, liftsWhen }: FreezeWire, now: number): string {
  const what = service === '*' ? 'every line' : `the line of ${service}`;
  const ends = [
    ...(until === undefined ? [] : [`until ${momentText(until, now)}`]),
    ...(liftsWhen === 'end-state-held' ? ['until the end state has held'] : []),
  ];
  const end = ends.length === 0 ? '' : ` ${ends.join(' or ')}`;
  return `${printableLine(`${what} is stopped${end}`)}\n  Let it move again: andon lift ${printableLine(id)} --reason TEXT\n`;
}
