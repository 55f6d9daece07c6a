import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A block of a Prometheus database in memory, from which copies at other times are made. */
export interface BlockTemplate {
  readonly folder: string;
  readonly meta: { readonly ulid: string; readonly minTime: number; readonly maxTime: number };
  readonly index: Buffer;
  readonly segments: ReadonlyMap<string, Buffer>;
}

export async function readBlock(folder: string): Promise<BlockTemplate> {
  const segments = new Map<string, Buffer>();
  for (const name of await readdir(join(folder, 'chunks')))
    segments.set(name, await readFile(join(folder, 'chunks', name)));
  const meta = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8')) as BlockTemplate['meta'];
  return { folder, meta, index: await readFile(join(folder, 'index')), segments };
}

/**
 * Writes the block once more beside itself with every sample moved in time, which is many times faster than having
 * promtool read the samples as text. Only the first time of each chunk and of each series is absolute (formats: index.md
 * and chunks.md in Prometheus' tsdb/docs/format). Each number makes another block.
 */
export async function writeShifted(block: BlockTemplate, byMs: number, number: number): Promise<void> {
  const ulid = block.meta.ulid.slice(0, -4) + number.toString().padStart(4, '0');
  const folder = join(dirname(block.folder), ulid);
  if (basename(folder) === block.meta.ulid) throw new Error(`block ${ulid} exists already`);
  await mkdir(join(folder, 'chunks'), { recursive: true });
  for (const [name, segment] of block.segments)
    await writeFile(join(folder, 'chunks', name), shiftChunks(Buffer.from(segment), byMs));
  await writeFile(join(folder, 'index'), shiftIndex(Buffer.from(block.index), byMs));
  const { minTime, maxTime } = block.meta;
  const meta = {
    ...block.meta,
    ulid,
    minTime: minTime + byMs,
    maxTime: maxTime + byMs,
    compaction: { level: 1, sources: [ulid] },
  };
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
}

function shiftChunks(segment: Buffer, byMs: number): Buffer {
  const headerBytes = 8;
  for (let at = headerBytes; at < segment.length;) {
    const [length, begin] = readUvarint(segment, at);
    // One byte of encoding, two of the count of samples, then the first time.
    const end = begin + 1 + length;
    shiftVarint(segment, begin + 3, byMs);
    segment.writeUInt32BE(crc32c(segment, begin, end), end);
    at = end + 4;
  }
  return segment;
}

function shiftIndex(index: Buffer, byMs: number): Buffer {
  // The table of contents: six offsets and a checksum.
  const contents = Array.from({ length: 6 }, (_, entry) =>
    Number(index.readBigUInt64BE(index.length - 52 + 8 * entry)),
  );
  const [, series = 0] = contents;
  const end = Math.min(...contents.filter((offset) => offset > series));
  for (let at = series; at < end;) {
    at = Math.ceil(at / 16) * 16;
    const [length, begin] = readUvarint(index, at);
    if (length === 0) break;
    let [labels, next] = readUvarint(index, begin);
    for (; labels > 0; labels--)
      for (let reference = 0; reference < 2; reference++) [, next] = readUvarint(index, next);
    const [chunks, first] = readUvarint(index, next);
    if (chunks > 0) shiftVarint(index, first, byMs);
    index.writeUInt32BE(crc32c(index, begin, begin + length), begin + length);
    at = begin + length + 4;
  }
  return index;
}

/** The value, and where the next byte stands. */
function readUvarint(buffer: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let scale = 1, next = at; ; scale *= 128, next++) {
    const byte = buffer[next] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, next + 1];
  }
}

/** Zigzag doubles a positive number, so the sum can be written in place while its length stays. */
function shiftVarint(buffer: Buffer, at: number, byMs: number): void {
  const [doubled, end] = readUvarint(buffer, at);
  let rest = doubled + 2 * byMs;
  for (let next = at; next < end; next++) {
    const isLast = next === end - 1;
    buffer[next] = (rest % 128) + (isLast ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  if (doubled % 2 !== 0 || rest !== 0) throw new Error('a time does not fit where it stood');
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 by Castagnoli, which zlib does not have. */
function crc32c(buffer: Buffer, from: number, to: number): number {
  let value = 0xffffffff;
  for (let at = from; at < to; at++) value = (table[(value ^ (buffer[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
