import { Writer } from 'protobufjs/minimal.js';

/** One series to write: its labels (with `__name__`) and samples as [time in ms, value]. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number | typeof stale])[];
}

/** The mark that Prometheus leaves where a series ended: a NaN with a payload of its own. */
export const stale = Symbol('stale');

/** Pushes samples at exact times by the remote-write protocol; rejects when the server refuses any. */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappyLiteral(writeRequest(series)),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`remote write to ${url} was refused: ${response.status} ${text}`);
}

/** prometheus.WriteRequest { repeated TimeSeries { repeated Label, repeated Sample } }, written by field number. */
function writeRequest(series: readonly WrittenSeries[]): Uint8Array<ArrayBuffer> {
  const request = Writer.create();
  for (const { labels, samples } of series) {
    request.uint32(tag(1, 2)).fork();
    for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
      request.uint32(tag(1, 2)).fork();
      request.uint32(tag(1, 2)).string(name).uint32(tag(2, 2)).string(value).ldelim();
    }
    for (const [at, value] of samples) {
      request.uint32(tag(2, 2)).fork().uint32(tag(1, 1));
      if (value === stale) request.fixed32(2).fixed32(0x7f_f0_00_00);
      else request.double(value);
      request.uint32(tag(2, 0)).int64(at).ldelim();
    }
    request.ldelim();
  }
  return new Uint8Array(request.finish());
}

function tag(field: number, wire: number): number {
  return field * 8 + wire;
}

/** Snappy's block format allows a body of literals only, which needs no compressor. */
function snappyLiteral(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Writer.create().uint32(bytes.length).finish()];
  for (let start = 0; start < bytes.length; start += 65_536) {
    const piece = bytes.subarray(start, start + 65_536);
    const length = piece.length - 1;
    // Tag 61 << 2: a literal whose length minus one follows in two bytes, little endian.
    parts.push(new Uint8Array([0xf4, length & 0xff, length >> 8]), piece);
  }
  return new Uint8Array(Buffer.concat(parts));
}
