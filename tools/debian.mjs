import { existsSync } from 'node:fs';
import { run } from './process.mjs';
import { debianPackages, findProgram, missingProgramsMessage, programs } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Finds each named program, installs Debian's packages for those that are missing where that is allowed, and answers
 * with the environment variables that name them. Throws SetupError with what to do when one cannot be had.
 */
export async function ensurePrograms(names, say, machine = thisMachine()) {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) await install(missing, say, machine);
  return Object.fromEntries(names.map((name) => [programs[name].variable, findProgram(name)]));
}

function thisMachine() {
  return { isRoot: process.getuid?.() === 0, policyFile: '/usr/sbin/policy-rc.d' };
}

async function install(missing, say, { isRoot, policyFile }) {
  const prefix = await privilege(isRoot);
  if (prefix === undefined)
    throw new SetupError(missingProgramsMessage(missing, 'They can only be installed by root.'));
  if ((await run('apt-get', ['--version'])).code !== 0) {
    throw new SetupError(missingProgramsMessage(missing, 'This machine has no apt-get.'));
  }
  const packages = debianPackages(missing);
  say(`Not found: ${missing.join(', ')}: apt-get install ${packages.join(' ')}`);
  const { code, output } = await withoutStartingServices(prefix, policyFile, () => aptInstall(prefix, packages));
  const still = missing.filter((name) => findProgram(name) === undefined);
  if (code !== 0 || still.length > 0) {
    throw new SetupError(
      missingProgramsMessage(still.length > 0 ? still : missing, 'apt-get could not install them.'),
      output,
    );
  }
}

/** Words to put before a command that root must run; undefined when this user may not. */
async function privilege(isRoot) {
  if (isRoot) return [];
  return (await run('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n'] : undefined;
}

async function aptInstall(prefix, packages) {
  const words = ['install', '-y', '--no-install-recommends', ...packages];
  if (await areKnown(packages)) {
    const first = await apt(prefix, words);
    if (first.code === 0) return first;
  }
  // Unknown packages, or lists so old that the files they name are gone from the mirror.
  const update = await apt(prefix, ['update']);
  const second = await apt(prefix, words);
  return { code: second.code, output: update.output + second.output };
}

async function areKnown(packages) {
  for (const name of packages) {
    const { output } = await run('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } });
    if (!/Candidate: (?!\(none\))/.test(output)) return false;
  }
  return true;
}

function apt(prefix, words) {
  return runAs(prefix, ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...words]);
}

/** These packages bring system services; Andon needs the programs only, so Debian is asked not to start them. */
async function withoutStartingServices(prefix, policyFile, work) {
  if (existsSync(policyFile)) return work();
  await runAs(prefix, ['sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policyFile} && chmod 755 ${policyFile}`]);
  try {
    return await work();
  } finally {
    await runAs(prefix, ['rm', '-f', policyFile]);
  }
}

function runAs(prefix, words) {
  const [command, ...args] = [...prefix, ...words];
  return run(command, args);
}
