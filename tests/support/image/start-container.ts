import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { until } from '../until.ts';
import type { BuiltImage } from './build-image.ts';

export interface ContainerPlan {
  /** Words after the entrypoint; those of the image when left out. */
  readonly args?: readonly string[];
  /** Variables over those of the image. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files and folders of this machine, by their path in the container; they can be read there. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** A folder of this machine that stands for the volume of the state. */
  readonly state: string;
  /** The entrypoint; that of the image when left out. */
  readonly entrypoint?: readonly string[];
}

/** A running container. It shares the network of this machine, so that it can reach servers on loopback addresses. */
export interface Container extends AsyncDisposable {
  /** Process of Andon, as this machine counts; 1 in the container. */
  readonly pid: number;
  readonly ended: Promise<number | null>;
  /** What it wrote on standard error and output. */
  readonly log: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/**
 * What a container engine does, with the kernel's own means: namespaces for mounts and processes, a root that can only be
 * read, the image's user without any capability, its variables and no others.
 */
const enter = `set -eu
root=$1 volume=$2 state=$3
shift 3
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then mkdir -p "$root$1"; else touch "$root$1"; fi
  mount --bind "$2" "$root$1"
  mount -o remount,bind,ro "$root$1"
  shift 2
done
shift
mkdir -p "$root/proc" "$root/dev"
mount --bind "$state" "$root$volume"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 none "$root/dev"
for device in null zero random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs env -i "$@"`;

const forks = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', enter, 'enter'];

/** Starts a container on a root that can only be read; resolves when its process runs, rejects when it ends before. */
export async function startContainer(image: BuiltImage, plan: ContainerPlan): Promise<Container> {
  const launched = launch(image, plan);
  try {
    const pid = await until(launched.look, {
      what: 'the process in the container',
      withinMs: 10_000,
      everyMs: 5,
      explain: launched.log,
    });
    if (pid === 'ended') throw new Error(`the container ended at once:\n${launched.log()}`);
    const signal = (name: NodeJS.Signals): void => void process.kill(pid, name);
    return { pid, ended: launched.ended, log: launched.log, signal, [Symbol.asyncDispose]: launched.dispose };
  } catch (error) {
    await launched.dispose();
    throw error;
  }
}

/** Waits until Andon in the container serves and says that it is ready; resolves with its URL. */
export async function readyUrl(container: Container, everyMs = 50): Promise<string> {
  return await until(
    async () => {
      const url = /"url":"(http:[^"]+)"[^\n]*"message":"Andon is up"/.exec(container.log())?.[1];
      if (url === undefined) return undefined;
      const { ok, body } = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(5_000) });
      await body?.cancel();
      return ok ? url : undefined;
    },
    { what: 'readiness', withinMs: 60_000, everyMs, explain: container.log },
  );
}

/** Runs a container to its end, in at most 30 s. */
export async function runContainer(
  image: BuiltImage,
  plan: ContainerPlan,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const launched = launch(image, plan);
  const force = setTimeout(() => void launched.dispose(), 30_000);
  const code = await launched.ended;
  clearTimeout(force);
  return { code, output: launched.log() };
}

function launch({ config, files }: BuiltImage, plan: ContainerPlan) {
  const [user = '', group = ''] = config.User.split(':');
  const [volume = ''] = Object.keys(config.Volumes);
  const env = { ...Object.fromEntries(config.Env.map(pairOf)), ...plan.env };
  const command = [...(plan.entrypoint ?? config.Entrypoint), ...(plan.args ?? config.Cmd)];
  const child = spawn(
    'unshare',
    [
      ...forks,
      files,
      volume,
      plan.state,
      ...Object.entries(plan.mounts ?? {}).flat(),
      '--',
      ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
      '/usr/bin/unshare',
      `--root=${files}`,
      `--wd=${config.WorkingDir}`,
      `--setgid=${group}`,
      `--setuid=${user}`,
      ...command,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  let over = false;
  let inside: number | undefined;
  // Who has changed its user does not end with the process outside.
  const kill = (): void => {
    if (over) return;
    if (inside !== undefined) killIfThere(inside);
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    process.removeListener('exit', kill);
    return code as number | null;
  });
  return {
    ended,
    log: () => written,
    /** The process in the container, once it is the program that was asked for. */
    look: async (): Promise<number | 'ended' | undefined> => {
      if (over) return 'ended';
      const outside = String(child.pid);
      const pid = (await readFile(`/proc/${outside}/task/${outside}/children`, 'utf8')).trim();
      if (pid === '') return undefined;
      inside = Number(pid);
      const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      return commandLine.split('\0')[0] === command[0] ? inside : undefined;
    },
    dispose: async (): Promise<void> => {
      kill();
      await ended;
    },
  };
}

/** Kills a process that may have ended by itself a moment ago. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
