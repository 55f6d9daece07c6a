import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** Programs from outside npm: the variable that names one, its name on PATH, and the Debian package that holds it. */
export const programs = {
  prometheus: { variable: 'PROMETHEUS_BIN', debian: 'prometheus' },
  promtool: { variable: 'PROMTOOL_BIN', debian: 'prometheus' },
  'prometheus-alertmanager': { variable: 'ALERTMANAGER_BIN', debian: 'prometheus-alertmanager' },
  amtool: { variable: 'AMTOOL_BIN', debian: 'prometheus-alertmanager' },
  'victoria-metrics': { variable: 'VICTORIA_METRICS_BIN', debian: 'victoria-metrics' },
  vmalert: { variable: 'VMALERT_BIN', debian: 'victoria-metrics' },
  openssl: { variable: 'OPENSSL_BIN', debian: 'openssl' },
};

/** Where a program is, by its variable or else PATH; undefined when it is not installed. */
export function findProgram(name, env = process.env) {
  const named = env[programs[name].variable];
  if (named) {
    if (isExecutable(named)) return named;
    throw new SetupError(
      `${programs[name].variable} is set to ${named}, which is not a program that can be run. Correct it or unset it.`,
    );
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** What to do about programs that are not there. `why` says why they could not be installed. */
export function missingProgramsMessage(names, why) {
  const packages = debianPackages(names);
  const variables = names.map((name) => `${programs[name].variable}=/path/to/${name}`).join(' ');
  return (
    `Not found: ${names.join(', ')}. ${why} ` +
    `Install with \`sudo apt-get install --no-install-recommends ${packages.join(' ')}\`, put ${names.length === 1 ? 'it' : 'them'} on PATH, ` +
    `or set ${variables}.`
  );
}

/** The Debian packages that hold these programs, each once. */
export function debianPackages(names) {
  return [...new Set(names.map((name) => programs[name].debian))];
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
