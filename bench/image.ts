import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPrometheus } from '../tests/support/prometheus-server.ts';
import { buildImage } from '../tests/support/image/build-image.ts';
import { whyNoImages } from '../tests/support/image/why-no-images.ts';
import { endOnSignals } from './support/end-on-signals.ts';
import { startFleet, writeAndonRules } from './support/fleet.ts';
import { imageSize } from './support/image-size.ts';
import { measureMemory, measureReady, type ContainerBench } from './support/measure-container.ts';
import { printResult, printTable } from './support/print-result.ts';
import { median, round } from './support/statistics.ts';

/*
 * Size of the image, time from the start of a container to its readiness, and its memory with a few services of two
 * signals each. The image is the one of this repository's Dockerfile, on a base that debootstrap sets up.
 */

endOnSignals();
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '5' },
    starts: { type: 'string', default: '7' },
    interval: { type: 'string', default: '15' },
    'node-flags': { type: 'string', default: '' },
  },
});
const services = Number(values.services);
const intervalMs = Number(values.interval) * 1_000;
const mib = 1_024 * 1_024;

const why = whyNoImages();
if (why === undefined) await measure();
else {
  console.error(`The image was not measured: ${why}.`);
  process.exitCode = 1;
}

async function measure(): Promise<void> {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'andon-bench-image-'));
  parts.defer(async () => await rm(folder, { recursive: true, force: true }));
  // The user in the container is not the one who runs this.
  await chmod(folder, 0o755);
  const image = parts.use(await buildImage());
  const { bytes, compressedBytes } = await imageSize(image.files);
  const fleet = parts.use(await startFleet(services));
  const jobs = [{ job: 'fleet', targets: [fleet.address] }];
  const prometheus = parts.use(await startPrometheus({ scrapeIntervalMs: intervalMs, jobs }));
  while (fleet.scrapes < 3) await sleep(100);
  const rules = join(folder, 'rules');
  await writeAndonRules(rules, services);
  const nodeFlags = values['node-flags'].split(' ').filter((flag) => flag !== '');
  const bench: ContainerBench = { rules, sourceUrl: prometheus.url, folder, nodeFlags };
  const ready: number[] = [];
  for (let start = 0; start < Number(values.starts); start += 1) ready.push(await measureReady(image, bench));
  const memory = await measureMemory(image, bench, { settleMs: 2 * intervalMs, looks: 10, everyMs: intervalMs / 5 });
  printTable(
    `The image, and a container of it with ${services} services`,
    ['size MiB', 'packed MiB', 'build s', 'ready ms', 'slowest ms', 'RSS MiB', 'RSS MB', 'anonymous MB', 'peak MB'],
    [
      [
        round(bytes / mib, 1),
        round(compressedBytes / mib, 1),
        round(image.buildMs / 1_000, 1),
        round(median(ready)),
        round(Math.max(...ready)),
        round(memory.residentBytes / mib, 1),
        round(memory.residentBytes / 1e6, 1),
        round(memory.anonymousBytes / 1e6, 1),
        round(memory.peakBytes / 1e6, 1),
      ],
    ],
  );
  printResult({
    bench: 'image',
    sizeMiB: round(bytes / mib, 1),
    readyMs: round(median(ready)),
    residentMiB: round(memory.residentBytes / mib, 1),
    packedMiB: round(compressedBytes / mib, 1),
    residentMb: round(memory.residentBytes / 1e6, 1),
    anonymousMb: round(memory.anonymousBytes / 1e6, 1),
    services,
    starts: ready.length,
  });
}
