import type { Command } from 'commander';
import { apiCommand, askAndShow, type ApiDeps, type Connection } from './api-command.ts';
import { OverridesWire } from './gate-wire.ts';
import { renderOverrides } from './render-freezes.ts';

/** `andon overrides`: the gates that people opened for a while. */
export function overridesCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'overrides', 'list the gates that people overrode, oldest first').action(
    async (options: Connection) => {
      await askAndShow(deps, options, '/api/v1/overrides', undefined, OverridesWire, renderOverrides);
    },
  );
}
