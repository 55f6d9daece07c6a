import { takeLabels, type Labels } from './input-labels.ts';
import { tell, type InputPart } from './input-part.ts';
import { mappingAt, partAt, takeText, tellAt } from './take-input.ts';

/** The objects of all files, for those who refer to them. */
export interface OpenSloObjects {
  /** By `kind/name`. */
  readonly byName: ReadonlyMap<string, InputPart>;
  /** Those that somebody referred to. */
  readonly used: Set<InputPart>;
}

/** An object that stands inline, or that a name refers to. */
export interface Referred {
  readonly object: InputPart;
  readonly name: string | undefined;
}

export function indexObjects(objects: readonly InputPart[]): OpenSloObjects {
  const byName = new Map<string, InputPart>();
  for (const object of objects) {
    const { kind, metadata } = object.value as { readonly kind?: unknown; readonly metadata?: unknown };
    const { name } = (metadata ?? {}) as { readonly name?: unknown };
    const key = `${String(kind)}/${String(name)}`;
    if (byName.has(key)) {
      const message = `there is another ${String(kind)} \`${String(name)}\`; references mean the first`;
      tell(object, { kind: 'suspicious', at: 'key', message });
    } else byName.set(key, object);
  }
  return { byName, used: new Set() };
}

/** The object of a kind that stands under `inlineKey`, or that the name under `refKey` means; a broken reference is named. */
export function resolve(
  part: InputPart,
  kind: string,
  inlineKey: string | undefined,
  refKey: string,
  { byName, used }: OpenSloObjects,
): Referred | undefined {
  const inline = inlineKey === undefined ? undefined : mappingAt(part, inlineKey);
  const reference = partAt(part, refKey);
  if (inline !== undefined) {
    const message = `both \`${inlineKey}\` and \`${refKey}\` are given; the first was taken`;
    if (reference !== undefined) tell(reference, { kind: 'lost', at: 'key', message });
    return { object: inline, name: metadataOf(inline).name };
  }
  const name = takeText(part, refKey);
  if (name === undefined || reference === undefined) return undefined;
  const object = byName.get(`${kind}/${name}`);
  if (object === undefined) {
    const message = `there is no ${kind} \`${name}\` in these files, so this was not carried over`;
    return tell(reference, { kind: 'lost', message, hint: 'name the file that declares it too' });
  }
  used.add(object);
  takeText(object, 'kind');
  return { object, name: metadataOf(object).name ?? name };
}

/** Name and labels of an object; its other metadata is for people who read the file. */
export function metadataOf(object: InputPart): { readonly name: string | undefined; readonly labels: Labels } {
  const metadata = mappingAt(object, 'metadata');
  if (metadata === undefined) return { name: undefined, labels: {} };
  const name = takeText(metadata, 'name');
  const hint = 'write it as a label, or into a description';
  const display = partAt(metadata, 'displayName');
  if (display !== undefined) {
    tell(display, {
      kind: 'without-effect',
      at: 'key',
      message: 'Andon shows the name itself, so this one was not carried over',
    });
  }
  tellAt(metadata, 'annotations', {
    kind: 'lost',
    message: 'there are no annotations in a rule file, so these were not carried over',
    hint,
  });
  return { name, labels: takeLabels(metadata, 'labels') };
}
