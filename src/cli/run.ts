import { Command } from 'commander';
import type { Running, RunEnvironment } from '../compose.ts';
import { fileDiagnostics, type FileFaultFinder, type Settings } from '../config/settings.ts';
import type { ProgramProcess } from './program-process.ts';
import {
  addDaemonOptions,
  addSettingsOptions,
  readPlacedSettings,
  type SettingsDeps,
  type SettingsOptions,
} from './settings-options.ts';
import { createSettingsReader, diagnosticLine } from './settings-reader.ts';

export interface RunDeps extends Pick<SettingsDeps, 'readFiles' | 'templateProblem' | 'mayBeCalled'> {
  /** What is wrong with a file that settings name, if anything. */
  readonly findFileFault: FileFaultFinder;
  readonly io: ProgramProcess;
  readonly version: string;
  readonly start: (settings: Settings, environment: RunEnvironment) => Promise<Running>;
  /** Whether a failure's message tells a person what to do. */
  readonly isForPeople: (error: unknown) => error is Error;
  readonly exit: (code: number) => void;
}

/** How long a stop may take: under the 30 s that Kubernetes grants, ms. */
const stopWithinMs = 10_000;

/** `andon run`: the daemon. Ends with 0 on SIGTERM or SIGINT; reads settings and rule files anew on SIGHUP. */
export function runCommand(deps: RunDeps): Command {
  const command = new Command('run').description('run the daemon: poll, judge, page, and serve API, page and metrics');
  addDaemonOptions(addSettingsOptions(command)).action(async (options: SettingsOptions) => {
    deps.exit(await run(deps, options));
  });
  return command;
}

async function run(deps: RunDeps, options: SettingsOptions): Promise<number> {
  const { io } = deps;
  const read = await readPlacedSettings({ ...deps, stderr: io.stderr, env: io.env }, options);
  if (read === undefined) return 2;
  // Without its files it would start and then fail at every poll or page, where nobody looks.
  const unusable = await fileDiagnostics(read, deps.findFileFault);
  for (const each of unusable) io.stderr.write(`andon: ${diagnosticLine(each)}\n`);
  if (unusable.length > 0) return 1;
  const { settings } = read;
  const stopped = signalled(io, ['SIGTERM', 'SIGINT']);
  let running: Running;
  try {
    running = await deps.start(settings, {
      version: deps.version,
      env: io.env,
      settingsReader: createSettingsReader(deps, options),
    });
  } catch (error) {
    stopped.forget();
    if (!deps.isForPeople(error)) throw error;
    io.stderr.write(`andon: ${error.message}\n`);
    return 1;
  }
  const reload = (): void => {
    // What was wrong is logged, counted and shown by the API; a signal has nobody else to tell.
    void running.reload();
  };
  io.on('SIGHUP', reload);
  await stopped.promise;
  running.log.info('stopping');
  await running.stop(stopWithinMs);
  io.off('SIGHUP', reload);
  stopped.forget();
  return 0;
}

function signalled(
  io: ProgramProcess,
  signals: readonly NodeJS.Signals[],
): { promise: Promise<void>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = (): void => {
    resolve();
  };
  for (const signal of signals) io.on(signal, listener);
  return {
    promise,
    forget: () => {
      for (const signal of signals) io.off(signal, listener);
    },
  };
}
