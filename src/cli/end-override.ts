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
import { OverridesWire, OverrideWire } from './gate-wire.ts';
import { pickStanding } from './pick-standing.ts';
import { printableLine } from './printable.ts';

/** `andon end-override`: the gate speaks for itself again. */
export function endOverrideCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'end-override', 'end an override before its time')
    .argument('<override>', 'id of the override, or the service where it has only one')
    .requiredOption('--reason <text>', 'why')
    .addOption(byOption(deps.env))
    .action(async (named: string, options: Acting & { readonly reason: string }) => {
      const { output, by, reason } = options;
      if (by === undefined) return refuseNobody(deps, output);
      const opened = await targetOf(deps, options);
      if (opened.kind === 'wrong') return refuse(deps, output, { message: opened.message }, 2);
      const standing = await ask(opened.target, '/api/v1/overrides', undefined, OverridesWire);
      if (standing.kind === 'failed') return refuse(deps, output, standing.fault, 1);
      const picked = pickStanding(standing.value.overrides, named, {
        noun: 'override',
        command: 'andon end-override',
        describe: (override) => `by ${override.by}: ${override.reason}`,
      });
      if (picked.kind === 'unclear') return refuse(deps, output, picked.fault, 1);
      const path = `/api/v1/overrides/${encodeURIComponent(picked.it.id)}/end`;
      await askAndShow(deps, options, path, { by, reason }, OverrideWire, ended);
    });
}

function ended({ id, service }: OverrideWire): string {
  return printableLine(`${id} is over: the gate of ${service} says what it sees`).concat('\n');
}
