#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --disable-warning=ExperimentalWarning --max-semi-space-size=2 --memory-saver-mode
// Nothing may be imported before the version is known: an old Node would fail on what it does not understand.
const needed = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < needed) {
  process.stderr.write(
    `andon needs Node ${needed} or newer, and this is ${process.version}; install it from your distribution or nodejs.org\n`,
  );
  process.exitCode = 1;
} else {
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram(process.argv, process);
}
