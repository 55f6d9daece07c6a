import type { Command } from 'commander';
import { apiCommand, askAndShow, type ApiDeps, type Connection } from './api-command.ts';
import { FreezesWire } from './gate-wire.ts';
import { renderFreezes } from './render-freezes.ts';

/** `andon freezes`: the lines that people stopped. */
export function freezesCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'freezes', 'list the lines that people stopped, oldest first').action(
    async (options: Connection) => {
      await askAndShow(deps, options, '/api/v1/freezes', undefined, FreezesWire, renderFreezes);
    },
  );
}
