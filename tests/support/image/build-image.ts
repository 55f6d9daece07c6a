import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { makeDebianBases } from './debian-bases.ts';
import { createImageStore } from './image-store.ts';
import { npmSecrets } from './npm-secrets.ts';

const ImageConfigWire = z.object({
  User: z.string(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()),
  Cmd: z.array(z.string()),
  WorkingDir: z.string(),
  ExposedPorts: z.record(z.string(), z.unknown()),
  Volumes: z.record(z.string(), z.unknown()),
  Labels: z.record(z.string(), z.string()),
  StopSignal: z.string().optional(),
});
const InspectedWire = z.object({ OCIv1: z.object({ config: ImageConfigWire }) });

/** What an image says of how it is run. */
export type ImageConfig = z.infer<typeof ImageConfigWire>;

/** Andon's image, and a container of it whose files lie in a folder. */
export interface BuiltImage extends AsyncDisposable {
  readonly config: ImageConfig;
  /** All that the image says of itself and of how it was made. */
  readonly inspected: string;
  /** Root of its files. */
  readonly files: string;
  /** How long the build itself took, without the bases, ms. */
  readonly buildMs: number;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const name = 'localhost/andon/andon';
const buildWithinMs = 300_000;

/** Builds the Dockerfile of this repository on a Debian that was set up for it. Takes about a minute. */
export async function buildImage(args: Readonly<Record<string, string>> = {}): Promise<BuiltImage> {
  await using parts = new AsyncDisposableStack();
  const store = parts.use(await createImageStore());
  const bases = await makeDebianBases(store);
  const all = { BUILD_BASE: bases.build, RUN_BASE: bases.run, ...args };
  const flags = Object.entries(all).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  const secrets = await npmSecrets(store.folder);
  const begin = performance.now();
  await store.buildah(['build', '--isolation', 'chroot', ...flags, ...secrets, '--tag', name, root], buildWithinMs);
  const buildMs = performance.now() - begin;
  const inspected = await store.buildah(['inspect', '--type', 'image', name]);
  const container = (await store.buildah(['from', name])).trim();
  const files = (await store.buildah(['mount', container])).trim();
  const moved = parts.move();
  return {
    config: InspectedWire.parse(JSON.parse(inspected)).OCIv1.config,
    inspected,
    files,
    buildMs,
    [Symbol.asyncDispose]: async () => await moved.disposeAsync(),
  };
}
