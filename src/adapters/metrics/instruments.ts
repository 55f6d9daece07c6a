import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { catalogue, type Catalogue, type MetricSpec } from './catalogue.ts';

type LabelOf<S extends MetricSpec> = S['labels'][number];

type Instrument<S extends MetricSpec> = S['type'] extends 'counter'
  ? Counter<LabelOf<S>>
  : S['type'] extends 'histogram'
    ? Histogram<LabelOf<S>>
    : Gauge<LabelOf<S>>;

/** One prom-client metric for each entry of the catalogue, under the same key. */
export type Instruments = { readonly [K in keyof Catalogue]: Instrument<Catalogue[K]> };

export function createInstruments(registry: Registry): Instruments {
  const made = Object.entries(catalogue).map(([key, spec]) => [key, createInstrument(spec, registry)]);
  return Object.fromEntries(made) as Instruments;
}

function createInstrument(spec: MetricSpec, registry: Registry): Counter | Gauge | Histogram {
  const common = { name: spec.name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
  switch (spec.type) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...(spec.buckets ?? [])] });
  }
}
