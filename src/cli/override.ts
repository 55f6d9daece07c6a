import type { Command } from 'commander';
import { apiCommand, askAndShow, byOption, refuseNobody, type Acting, type ApiDeps } from './api-command.ts';
import { OverrideWire } from './gate-wire.ts';
import { printableLine } from './printable.ts';
import { momentText } from './render-gate.ts';

interface OverrideOptions extends Acting {
  readonly reason: string;
  readonly for: string;
  readonly change?: string;
}

/** `andon override`: a person takes it upon them to let changes pass. */
export function overrideCommand(deps: ApiDeps): Command {
  return apiCommand(deps, 'override', 'let changes to a service pass for a while, whatever its gate sees')
    .argument('<service>', 'the service')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--for <time>', 'for how long, such as 30m; at most a day')
    .option('--change <id>', 'only this change (default: any)')
    .addOption(byOption(deps.env))
    .action(async (service: string, options: OverrideOptions) => {
      const { by, reason, change } = options;
      if (by === undefined) return refuseNobody(deps, options.output);
      const body = { by, reason, for: options.for, ...(change === undefined ? {} : { change }) };
      await askAndShow(
        deps,
        options,
        `/api/v1/gate/${encodeURIComponent(service)}/override`,
        body,
        OverrideWire,
        overridden,
      );
    });
}

function overridden({ id, service, until, change }: OverrideWire, now: number): string {
  const what = change === undefined ? 'changes' : `the change ${change}`;
  const text = printableLine(`the gate of ${service} lets ${what} pass until ${momentText(until, now)}`);
  return `${text}\n  End it before: andon end-override ${printableLine(id)} --reason TEXT\n`;
}
