import type { ImportedSlo } from './imported-slo.ts';
import type { ImportedService, ImportResult } from './import-result.ts';
import { settle, tell, tellBlindly, type InputPart } from './input-part.ts';
import { indexObjects, metadataOf, type OpenSloObjects } from './openslo-objects.ts';
import { alphaVersion, readOpenSlo } from './openslo-slo.ts';
import { mappingAt, partAt, takeText } from './take-input.ts';

/** Whether an object is one of OpenSLO's, whatever its version. */
export function isOpenSlo({ value }: InputPart): boolean {
  const { apiVersion } = value as { readonly apiVersion?: unknown };
  return typeof apiVersion === 'string' && /^openslo(?:\.com)?\//.test(apiVersion);
}

/** Reads OpenSLO v1: objectives with what they refer to, in whichever of the files it stands. */
export function importOpenSlo(objects: readonly InputPart[]): ImportResult {
  const known = objects.filter(isKnownVersion);
  const index = indexObjects(known);
  const slos = known.flatMap((object): readonly ImportedSlo[] =>
    kindOf(object) === 'SLO' ? readOpenSlo(object, index) : [],
  );
  const services = known.flatMap((object) => (kindOf(object) === 'Service' ? (readService(object) ?? []) : []));
  for (const object of known) tellOther(object, index);
  return { slos, services };
}

function isKnownVersion(object: InputPart): boolean {
  const version = takeText(object, 'apiVersion');
  const part = partAt(object, 'apiVersion') ?? object;
  if (version === 'openslo/v1' || version === alphaVersion) return true;
  if (version === 'openslo.com/v1') {
    const message = '`openslo.com/v1` is the group of osko; it was read as `openslo/v1`';
    tell(part, { kind: 'changed', message });
    return true;
  }
  const message = `\`${version ?? ''}\` is another version than openslo/v1 and v1alpha, with keys of its own, so this was not carried over`;
  settle(object);
  tell(part, { kind: 'lost', message, hint: 'write it as openslo/v1' });
  return false;
}

function kindOf({ value }: InputPart): unknown {
  return (value as { readonly kind?: unknown }).kind;
}

function readService(object: InputPart): ImportedService | undefined {
  const { name, labels } = metadataOf(object);
  const spec = mappingAt(object, 'spec');
  const description = spec === undefined ? undefined : takeText(spec, 'description');
  takeText(object, 'kind');
  if (name === undefined)
    return tell(object, { kind: 'lost', message: 'a Service needs a name, so this was not carried over' });
  return { name, part: object, labels, ...(description === undefined ? {} : { description }) };
}

/** What is no objective is carried over by who refers to it; what nobody refers to, or lives in the settings, is named. */
function tellOther(object: InputPart, index: OpenSloObjects): void {
  const kind = takeText(object, 'kind');
  switch (kind) {
    case 'SLO':
    case 'Service':
      return;
    case 'DataSource': {
      const { name } = metadataOf(object);
      settle(object);
      const message = `where a source is reached stands in the settings, so the data source \`${name ?? ''}\` was not carried over`;
      // Connection details may hold a password.
      return tellBlindly(object, {
        kind: 'lost',
        at: 'key',
        message,
        hint: `add a source of this name to sources: in andon.yaml`,
      });
    }
    case 'AlertNotificationTarget': {
      const { name } = metadataOf(object);
      const message = `whom a page reaches stands in the settings, so the target \`${name ?? ''}\` was not carried over`;
      tell(object, { kind: 'lost', at: 'key', message, hint: 'add a channel of this name to channels: in andon.yaml' });
      return;
    }
    case 'SLI':
    case 'AlertPolicy':
    case 'AlertCondition': {
      if (index.used.has(object)) return;
      const message = `no objective in these files refers to this ${kind}, so it was not carried over`;
      tell(object, { kind: 'lost', at: 'key', message });
      return;
    }
    default: {
      const message = `\`${kind ?? ''}\` is no kind of openslo/v1, so this was not carried over`;
      const hint =
        'its kinds are Service, SLO, SLI, DataSource, AlertPolicy, AlertCondition and AlertNotificationTarget';
      tell(object, { kind: 'lost', at: 'key', message, hint });
    }
  }
}
