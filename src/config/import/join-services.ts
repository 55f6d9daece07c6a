import { dashedName, freeName } from './imported-names.ts';
import type { ImportedSlo } from './imported-slo.ts';
import type { ImportedService } from './import-result.ts';
import { tell } from './input-part.ts';
import type { Labels } from './input-labels.ts';

/** The objectives that make one rule file. */
export interface ServiceGroup {
  readonly name: string;
  /** As written in the input. */
  readonly written: string;
  readonly facts: ServiceFacts;
  readonly source?: string;
  readonly slos: readonly ImportedSlo[];
}

/** What is said about a service beside its objectives, from all places that say it. */
export type ServiceFacts = Omit<ImportedService, 'part' | 'name'>;

interface OpenGroup extends ServiceGroup {
  by: readonly string[];
  readonly slos: ImportedSlo[];
}

/**
 * Puts the objectives of each service together. A service reads one source and splits its signals by the same labels; what
 * does not fit becomes a service beside it, and is named.
 */
export function joinServices(
  slos: readonly ImportedSlo[],
  services: readonly ImportedService[],
): readonly ServiceGroup[] {
  const groups: OpenGroup[] = [];
  const taken = new Set<string>();
  for (const slo of slos) {
    const own = groups.filter(({ written }) => written === slo.service);
    const group = own.find((each) => each.source === slo.source && fits(each.by, slo.by));
    if (group !== undefined) {
      group.slos.push(slo);
      if (slo.by.length > 0) group.by = slo.by;
      continue;
    }
    const wanted = own.length === 0 ? slo.service : `${slo.service}-${otherThan(own[0], slo)}`;
    const name = freeName(dashedName(wanted), taken, '-');
    groups.push({
      name,
      written: slo.service,
      facts: factsOf(slo.service, services),
      by: slo.by,
      slos: [slo],
      ...sourceOf(slo),
    });
    if (name !== slo.service) tellName(slo, name, own);
  }
  return groups;
}

function fits(by: readonly string[], other: readonly string[]): boolean {
  return by.length === 0 || other.length === 0 || [...by].sort().join() === [...other].sort().join();
}

function otherThan(first: OpenGroup | undefined, slo: ImportedSlo): string {
  return first?.source === slo.source ? `by-${slo.by.join('-')}` : (slo.source ?? 'default');
}

function sourceOf({ source }: ImportedSlo): { readonly source?: string } {
  return source === undefined ? {} : { source };
}

function tellName(slo: ImportedSlo, name: string, own: readonly OpenGroup[]): void {
  const why =
    own.length > 0
      ? own[0]?.source === slo.source
        ? 'the signals of one service are split by the same labels'
        : 'a service reads one source'
      : 'names of services are unique, of lower-case letters, digits and dashes';
  tell(slo.part, { kind: 'changed', at: 'key', message: `\`${slo.service}\` is called \`${name}\` here: ${why}` });
}

/** A service may be declared in several files; the labels that later ones say anew win. */
function factsOf(name: string, services: readonly ImportedService[]): ServiceFacts {
  const own = services.filter((service) => service.name === name);
  const labels: Labels = Object.assign({}, ...own.map((service) => service.labels)) as Labels;
  const description = own.findLast((service) => service.description !== undefined)?.description;
  return { labels, ...(description === undefined ? {} : { description }) };
}
