import { Writer } from 'protobufjs/minimal.js';

/** Content type by which Prometheus asks for protobuf, the only exposition that carries native histograms. */
export const protobufExposition =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** A native histogram with base-2 buckets: bucket `i` holds observations above 2^(i-1) up to 2^i. */
export interface NativeHistogram {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Counts by bucket. */
  readonly buckets: Readonly<Record<number, number>>;
}

/** One length-delimited io.prometheus.client.MetricFamily, written by field number. */
export function nativeHistogramExposition({ name, labels, buckets }: NativeHistogram): Uint8Array {
  const filled = Object.entries(buckets)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const family = Writer.create().fork();
  family.uint32(tag(1, 2)).string(name).uint32(tag(3, 0)).uint32(histogramType);
  family.uint32(tag(4, 2)).fork();
  for (const [label, value] of Object.entries(labels)) {
    family.uint32(tag(1, 2)).fork().uint32(tag(1, 2)).string(label).uint32(tag(2, 2)).string(value).ldelim();
  }
  family.uint32(tag(7, 2)).fork();
  const count = filled.reduce((sum, [, inBucket]) => sum + inBucket, 0);
  family.uint32(tag(1, 0)).uint64(count).uint32(tag(2, 1)).double(count);
  family.uint32(tag(5, 0)).sint32(0).uint32(tag(6, 1)).double(1e-128).uint32(tag(7, 0)).uint64(0);
  // Spans tell the distance to the bucket before, deltas the difference to its count.
  let [end, previous] = [0, 0];
  for (const [bucket] of filled) {
    family
      .uint32(tag(12, 2))
      .fork()
      .uint32(tag(1, 0))
      .sint32(bucket - end)
      .uint32(tag(2, 0))
      .uint32(1)
      .ldelim();
    end = bucket + 1;
  }
  for (const [, inBucket] of filled) {
    family.uint32(tag(13, 0)).sint64(inBucket - previous);
    previous = inBucket;
  }
  return family.ldelim().ldelim().ldelim().finish();
}

const histogramType = 4;

function tag(field: number, wire: number): number {
  return field * 8 + wire;
}
