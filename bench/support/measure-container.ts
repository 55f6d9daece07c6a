import { chown, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltImage } from '../../tests/support/image/build-image.ts';
import { readyUrl, startContainer, type Container } from '../../tests/support/image/start-container.ts';
import { peakRssOf, usageOf } from './process-usage.ts';
import { median } from './statistics.ts';

export interface ContainerBench {
  readonly rules: string;
  readonly sourceUrl: string;
  readonly folder: string;
  /** Node flags on top of those of the image. */
  readonly nodeFlags: readonly string[];
}

/** What a container takes, in bytes. */
export interface ContainerMemory {
  readonly residentBytes: number;
  readonly anonymousBytes: number;
  readonly peakBytes: number;
}

/** From the start of a container on an empty volume to its first readiness, ms. Entering the namespaces is part of it. */
export async function measureReady(image: BuiltImage, bench: ContainerBench): Promise<number> {
  const begin = performance.now();
  await using container = await start(image, bench);
  await readyUrl(container, 5);
  return performance.now() - begin;
}

/** Memory of a container that has settled: the median of looks over a while. Nobody collects garbage for it first. */
export async function measureMemory(
  image: BuiltImage,
  bench: ContainerBench,
  plan: { readonly settleMs: number; readonly looks: number; readonly everyMs: number },
): Promise<ContainerMemory> {
  await using container = await start(image, bench);
  await readyUrl(container);
  await sleep(plan.settleMs);
  const resident: number[] = [];
  const anonymous: number[] = [];
  for (let look = 0; look < plan.looks; look += 1) {
    await sleep(plan.everyMs);
    const { rssBytes, anonymousBytes } = await usageOf(container.pid);
    resident.push(rssBytes);
    anonymous.push(anonymousBytes);
  }
  return {
    residentBytes: median(resident),
    anonymousBytes: median(anonymous),
    peakBytes: await peakRssOf(container.pid),
  };
}

async function start(image: BuiltImage, { rules, sourceUrl, folder, nodeFlags }: ContainerBench): Promise<Container> {
  const state = await mkdtemp(join(folder, 'state-'));
  await chown(state, 65_532, 65_532);
  const [node = '', ...words] = image.config.Entrypoint;
  return await startContainer(image, {
    entrypoint: [node, ...nodeFlags, ...words],
    env: { ANDON_LISTEN: '127.0.0.1:0', ANDON_SOURCE: sourceUrl },
    mounts: { '/etc/andon/rules': rules },
    state,
  });
}
