import type { Command } from 'commander';
import {
  apiCommand,
  ask,
  askAndShow,
  byOption,
  refuse,
  refuseNobody,
  targetOf,
  type Acting,
  type ApiDeps,
} from './api-command.ts';
import { FreezesWire, FreezeWire } from './gate-wire.ts';
import { pickStanding } from './pick-standing.ts';
import { printableLine } from './printable.ts';

/** `andon lift`: lets a line move again that a person stopped. */
export function liftCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'lift', 'let a line move again that a person stopped')
    .argument('<freeze>', 'id of the freeze, or the service where it has only one (`*` for the one of every line)')
    .requiredOption('--reason <text>', 'why')
    .addOption(byOption(deps.env))
    .action(async (named: string, options: Acting & { readonly reason: string }) => {
      const { output, by, reason } = options;
      if (by === undefined) return refuseNobody(deps, output);
      const opened = await targetOf(deps, options);
      if (opened.kind === 'wrong') return refuse(deps, output, { message: opened.message }, 2);
      const standing = await ask(opened.target, '/api/v1/freezes', undefined, FreezesWire);
      if (standing.kind === 'failed') return refuse(deps, output, standing.fault, 1);
      const picked = pickStanding(standing.value.freezes, named, {
        noun: 'freeze',
        command: 'andon lift',
        describe: (freeze) => `by ${freeze.by}: ${freeze.reason}`,
      });
      if (picked.kind === 'unclear') return refuse(deps, output, picked.fault, 1);
      const path = `/api/v1/freezes/${encodeURIComponent(picked.it.id)}/lift`;
      await askAndShow(deps, options, path, { by, reason }, FreezeWire, lifted);
    });
}

function lifted({ id, service }: FreezeWire): string {
  const what = service === '*' ? 'every service' : service;
  return printableLine(`${id} is lifted: it holds ${what} back no longer`).concat('\n');
}
