import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { clusterTool } from '../support/cluster-tools.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { root } from '../docs/pages.ts';
import type { KubernetesObject } from './objects.ts';

/** How a program ended and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of helm/ and rules/ with the dependencies of the example in it, in which Helm may write. */
export class Charts implements AsyncDisposable {
  readonly path: string;
  readonly #folder: AsyncDisposable;
  readonly #helm: string;

  private constructor(folder: AsyncDisposable & { readonly path: string }, helm: string) {
    this.#folder = folder;
    this.path = folder.path;
    this.#helm = helm;
  }

  static async make(): Promise<Charts> {
    await using made = new AsyncDisposableStack();
    const helm = await clusterTool('helm');
    const charts = made.use(new Charts(await temporaryDirectory(), helm));
    for (const name of ['helm', 'rules']) await cp(join(root, name), join(charts.path, name), { recursive: true });
    const { code, stderr } = await charts.helm('dependency', 'update', '--skip-refresh', 'helm/examples/shop');
    if (code !== 0) throw new Error(stderr);
    made.move();
    return charts;
  }

  /** Runs Helm in the copy. It has no cluster, and nothing of the home of whoever runs the tests. */
  async helm(...args: readonly string[]): Promise<Ended> {
    const env = { PATH: process.env['PATH'], HOME: this.path, HELM_NO_PLUGINS: '1', KUBECONFIG: '/dev/null' };
    return await ended(this.#helm, args, { cwd: this.path, env });
  }

  /** The text that `helm template` writes; throws what Helm says when it refuses. */
  async template(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.helm('template', ...args);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  /** The objects that `helm template` writes. */
  async objects(...args: readonly string[]): Promise<readonly KubernetesObject[]> {
    return objectsIn(await this.template(...args));
  }

  /** What Helm says when it refuses to render this; throws when it does not. */
  async refusal(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.helm('template', ...args);
    if (code !== 1) throw new Error(`helm template ended with ${code}:\n${stdout}${stderr}`);
    return stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Charts for the tests of the file that calls this: they go after the last of them. */
export async function chartsForTests(): Promise<Charts> {
  const charts = await Charts.make();
  afterAll(async () => await charts[Symbol.asyncDispose]());
  return charts;
}

/** Runs a program to its end, bounded in time; a bad end is no exception. */
export async function ended(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], { ...options, timeout: 30_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Ended>;
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}

/** The objects in what Helm or Kustomize wrote. */
export function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.map(({ message }) => message).join('\n'));
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}
