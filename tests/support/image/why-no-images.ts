import { spawnSync } from 'node:child_process';

const needed = { buildah: 'buildah', debootstrap: 'debootstrap', tar: 'tar', setpriv: 'util-linux' };

/** Why no image can be built and started on this machine, in words; undefined when one can. */
export function whyNoImages(): string | undefined {
  if (process.platform !== 'linux') return `images are built on Linux, and this is ${process.platform}`;
  const missing = Object.entries(needed).filter(([program]) => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name).join(' ');
    return `${missing.map(([program]) => program).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed (apt-get install ${packages})`;
  }
  if (process.getuid?.() !== 0) return 'only root can set up a Debian base';
  const { status, stderr } = spawnSync(
    'unshare',
    ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'none', '/mnt'],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? undefined : `this machine does not let its root mount: ${stderr.trim()}`;
}
