import type { Command } from 'commander';
import { apiCommand, ask, refuse, show, targetOf, type ApiDeps, type Connection } from './api-command.ts';
import { renderStatus } from './render-status.ts';
import { StatusWire } from './status-wire.ts';

/** `andon status`: how a running Andon itself is. Ends with 1 when something about it deserves a look. */
export function statusCommand(deps: ApiDeps): Command {
  return apiCommand(
    deps,
    'status',
    'tell how a running Andon is: rules, store, sources and channels; exit code 1 when something deserves a look',
  ).action(async (options: Connection) => {
    const { output } = options;
    const opened = await targetOf(deps, options);
    if (opened.kind === 'wrong') return refuse(deps, output, { message: opened.message }, 2);
    const answer = await ask(opened.target, '/api/v1/status', undefined, StatusWire);
    if (answer.kind === 'failed') return refuse(deps, output, answer.fault, 1);
    show(deps, output, answer, renderStatus);
    deps.exit(answer.value.warnings.length === 0 ? 0 : 1);
  });
}
