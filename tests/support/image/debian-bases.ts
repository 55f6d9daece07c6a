import { copyFile, cp, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askNpm } from './ask-npm.ts';
import { checkedRun } from './checked-run.ts';
import type { ImageStore } from './image-store.ts';

/** Names of the two images that the Dockerfile's arguments want. */
export interface Bases {
  readonly build: string;
  readonly run: string;
}

const debootstrapWithinMs = 240_000;

/** Only the libraries that Node is linked with, as distroless images have them: without a shell, nobody can need one. */
const runBase = (build: string): string => `FROM ${build} AS debian
RUN for package in libc6 libstdc++6 libgcc-s1; do dpkg -L $package; done | grep '\\.so' | grep -v -e gconv -e /usr/share -e /etc/ \\
  | while read -r file; do file="$(realpath "$(dirname "$file")")/$(basename "$file")"; \\
      mkdir -p "/base$(dirname "$file")"; [ -d "$file" ] || cp -d "$file" "/base$file"; done \\
  && cp -d /lib /lib64 /base && mkdir -p /base/var/lib /base/tmp && chmod 1777 /base/tmp
FROM scratch
COPY --from=debian /base /
`;

/** Sets up a small Debian and makes both bases of it: one with Node and npm to build in, and one to run on. */
export async function makeDebianBases(store: ImageStore): Promise<Bases> {
  const debian = join(store.folder, 'debian');
  await checkedRun('debootstrap', ['--variant=minbase', await suite(), debian], debootstrapWithinMs);
  for (const left of ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale'])
    await rm(join(debian, left), { recursive: true, force: true });
  const local = join(debian, 'usr', 'local');
  await copyFile(process.execPath, join(local, 'bin', 'node'));
  await cp(await npmFolder(), join(local, 'lib', 'node_modules', 'npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin', 'npm'));
  const bases: Bases = { build: 'localhost/andon/build-base', run: 'localhost/andon/run-base' };
  await buildFrom(store, bases.build, 'FROM scratch\nCOPY . /\n', debian);
  await rm(debian, { recursive: true });
  await mkdir(debian);
  await buildFrom(store, bases.run, runBase(bases.build), debian);
  return bases;
}

async function buildFrom(store: ImageStore, name: string, dockerfile: string, context: string): Promise<void> {
  const file = join(store.folder, 'Dockerfile');
  await writeFile(file, dockerfile);
  await store.buildah(['build', '--quiet', '--isolation', 'chroot', '--tag', name, '--file', file, context]);
}

/** The Debian of this machine, whose keys are here. */
async function suite(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  return /^ID=debian$/m.test(release) ? (/^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] ?? 'stable') : 'stable';
}

async function npmFolder(): Promise<string> {
  return await realpath(join(await askNpm(['root', '--global']), 'npm'));
}
