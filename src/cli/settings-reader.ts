import type { ReadSettings, SettingsReader } from '../compose/configuration.ts';
import { fileDiagnostics, type FileFaultFinder } from '../config/settings.ts';
import type { Diagnostic } from '../domain/text/diagnostic.ts';
import { printableLine } from './printable.ts';
import { findSettings, settingsPath, type SettingsDeps, type SettingsOptions } from './settings-options.ts';

/**
 * Reads the settings as the command line meant them at the start: its flags and environment still win over the file.
 * A file that was there once is missed when it is gone.
 */
export function createSettingsReader(
  deps: Pick<SettingsDeps, 'readFiles' | 'templateProblem' | 'mayBeCalled'> & {
    readonly findFileFault: FileFaultFinder;
  },
  options: SettingsOptions,
): SettingsReader {
  const path = settingsPath(options);
  let wasThere = false;
  return {
    path,
    async read(): Promise<ReadSettings> {
      const found = await findSettings(deps, wasThere ? { ...options, settings: path } : options);
      if (found.kind === 'missing') return { kind: 'refused', problems: [found.problem] };
      wasThere ||= found.files > 0;
      const { resolved } = found;
      const { settings, diagnostics } = resolved;
      if (settings === undefined) return { kind: 'refused', problems: diagnostics.map(diagnosticLine) };
      return {
        kind: 'read',
        settings,
        unusableFiles: async () => (await fileDiagnostics(resolved, deps.findFileFault)).map(diagnosticLine),
      };
    },
  };
}

/** A diagnostic in one line, for a log and for standard error. */
export function diagnosticLine({ file, line, column, message, hint }: Diagnostic): string {
  const where = file.startsWith('(') ? file : `${file}:${line}:${column}`;
  return printableLine(`${where}: ${message}${hint === undefined ? '' : `; ${hint}`}`);
}
