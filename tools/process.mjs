import { spawn } from 'node:child_process';

/** Process groups that are still running, by the id of their leader. */
const running = new Set();

/**
 * Runs a command in a process group of its own and waits for it. Never rejects: what went wrong is in the result.
 * `code` is the exit code, 127 when the command could not be started and 124 when it took longer than `timeoutMs`.
 */
export function run(command, args, { cwd, env = process.env, timeoutMs, onOutput } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    const take = (chunk) => {
      output += chunk;
      onOutput?.(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    if (child.pid !== undefined) running.add(child.pid);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endGroup(child.pid, 'SIGKILL');
          }, timeoutMs);
    const settle = (code) => {
      clearTimeout(timer);
      running.delete(child.pid);
      if (timedOut) take(`\nEnded because it took longer than ${Math.round(timeoutMs / 1000)} s.\n`);
      resolve({ code: timedOut ? 124 : code, output });
    };
    child.on('error', (error) => {
      take(`${command}: ${error.message}\n`);
      settle(127);
    });
    child.on('close', (code) => settle(code ?? 1));
  });
}

/** Ends what still runs when this process is told to stop, and then stops as told. */
export function endChildrenOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      for (const pid of running) endGroup(pid, 'SIGTERM');
      process.kill(process.pid, signal);
    });
  }
}

function endGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
