import { Command, CommanderError } from 'commander';
import { composeCommands } from '../compose/commands.ts';
import { changeCommand } from './change.ts';
import { checkCommand } from './check.ts';
import { endOverrideCommand } from './end-override.ts';
import { evaluateCommand } from './evaluate.ts';
import { freezesCommand } from './freezes.ts';
import { gateCommand } from './gate.ts';
import { generateCommand } from './generate.ts';
import { importCommand } from './import.ts';
import { incidentsCommand } from './incidents.ts';
import { liftCommand } from './lift.ts';
import { notifyCommand } from './notify.ts';
import { overrideCommand } from './override.ts';
import { overridesCommand } from './overrides.ts';
import type { ProgramProcess } from './program-process.ts';
import { routesCommand } from './routes.ts';
import { runCommand } from './run.ts';
import { silenceCommand } from './silence.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { asksForJson, tellError } from './tell-error.ts';
import { versionCommand } from './version.ts';

/** Runs the command line and returns the exit code: 0 done, 1 the answer is bad or it failed, 2 wrong usage; `gate` has more. Never rejects. */
export async function runProgram(argv: readonly string[], io: ProgramProcess): Promise<number> {
  let exitCode = 0;
  const exit = (code: number): void => {
    exitCode = code;
  };
  const parts = composeCommands();
  const json = asksForJson(argv);
  const { stdout, stderr, env } = io;
  const program = new Command('andon')
    .description(
      'Stops the line when a service leaves its declared end state, pages on-call, and proves that service is back.',
    )
    .addCommand(runCommand({ ...parts, io, exit }))
    .addCommand(checkCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(evaluateCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(generateCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(importCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(statusCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(incidentsCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(routesCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(notifyCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(gateCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(stopCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(liftCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(freezesCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(overrideCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(endOverrideCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(overridesCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(changeCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(silenceCommand({ ...parts, stdout, stderr, env, exit }))
    .addCommand(versionCommand({ ...parts, nodeVersion: process.version, stdout, stderr }))
    .showHelpAfterError('(add --help for what can be given)');
  for (const command of [program, ...withChildren(program.commands)]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) });
    if (!json) continue;
    command.showHelpAfterError(false).configureOutput({
      outputError: (text) => {
        tellError(stderr, 'json', { message: text.trim().replace(/^error: /, '') });
      },
    });
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Whatever got here was not foreseen; a person gets one line, and where to report it.
    const message = `unexpected: ${error instanceof Error ? error.message : String(error)}`;
    tellError(stderr, json ? 'json' : 'text', { message }, 'andon: ');
    if (env['ANDON_DEBUG'] !== undefined && error instanceof Error) stderr.write(`${error.stack ?? ''}\n`);
    return 1;
  }
  return exitCode;
}

function withChildren(commands: readonly Command[]): readonly Command[] {
  return commands.flatMap((command) => [command, ...withChildren(command.commands)]);
}
