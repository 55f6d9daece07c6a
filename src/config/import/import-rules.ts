import { byPosition, hasErrors, type Diagnostic } from '../../domain/text/diagnostic.ts';
import type { RuleFile } from '../load-file.ts';
import { loadRules } from '../load-rules.ts';
import { dialects, type Dialect } from './dialect.ts';
import { draftService } from './draft-service.ts';
import { hoistCommon } from './hoist-common.ts';
import type { ImportedSlo } from './imported-slo.ts';
import type { ImportResult } from './import-result.ts';
import { isInside, remark, tell, type InputPart } from './input-part.ts';
import { joinServices, type ServiceGroup } from './join-services.ts';
import { openInputs } from './open-inputs.ts';
import { importOpenSlo, isOpenSlo } from './openslo.ts';
import { importPyrra, isPyrra } from './pyrra.ts';
import { renderService } from './render-service.ts';
import { importSloth, isSloth } from './sloth.ts';

export interface ImportOptions {
  /** The period of objectives whose files do not say it (Sloth's), ms. */
  readonly periodMs: number;
  /** The service that objectives belong to whose files do not say it (Pyrra's). */
  readonly service?: string;
}

/** One service as a rule file. */
export interface ImportedFile {
  readonly service: string;
  readonly text: string;
}

export interface Imported {
  readonly files: readonly ImportedFile[];
  /** What became of parts that have no equivalent (errors) or another form (warnings), by position. */
  readonly diagnostics: readonly Diagnostic[];
  readonly objectives: number;
}

const names = { sloth: 'Sloth', pyrra: 'Pyrra', openslo: 'OpenSLO' } as const satisfies Record<Dialect, string>;
const detectors = { sloth: isSloth, pyrra: isPyrra, openslo: isOpenSlo } as const;

/**
 * Turns the objectives of another tool into rule files, each of which loads without an error. Whatever has no equivalent is
 * a diagnostic: nothing is dropped silently. Never throws, whatever the files hold.
 */
export function importRules(dialect: Dialect, files: readonly RuleFile[], options: ImportOptions): Imported {
  const told: Told[] = [];
  const inputs = openInputs(files, (diagnostic, part) =>
    told.push({ diagnostic, ...(part === undefined ? {} : { part }) }),
  );
  const own = inputs.objects.filter((object) => isOf(dialect, object));
  const { slos, services } = read(dialect, own, options);
  const sound = slos.filter((slo) => isSound(joinServices([slo], services), names[dialect], slo));
  const dropped = own.filter(
    (object) => isObjective(object) && !sound.some(({ part }) => part === object || isInside(part, object)),
  );
  const refused = slos.filter((slo) => !sound.includes(slo)).map(({ part }) => part);
  const groups = joinServices(sound, services);
  for (const group of groups) {
    nameLostLabels(group);
    nameJoinedChannels(group);
  }
  const written = groups.flatMap((group) => write(group, names[dialect]) ?? []);
  for (const service of services) {
    if (groups.some((group) => group.written === service.name)) continue;
    const message = `no objective of \`${service.name}\` was carried over, so there is no rule file for it`;
    remark(service.part, { kind: 'lost', at: 'key', message });
  }
  inputs.nameLeftOvers();
  const diagnostics = told.filter((each) => !isMoot(each, dropped, refused)).map(({ diagnostic }) => diagnostic);
  return { files: written, diagnostics: withoutRepeats(diagnostics), objectives: sound.length };
}

interface Told {
  readonly diagnostic: Diagnostic;
  readonly part?: InputPart;
}

function isObjective({ value }: InputPart): boolean {
  const { kind } = value as { readonly kind?: unknown };
  return kind === 'SLO' || kind === 'ServiceLevelObjective';
}

/** Of what is not carried over at all, nobody needs to know what form its parts have, nor of what was refused which are missing. */
function isMoot({ diagnostic, part }: Told, dropped: readonly InputPart[], refused: readonly InputPart[]): boolean {
  if (part === undefined || diagnostic.code === 'suspicious') return false;
  const isChange = diagnostic.code === 'carried-over-changed';
  return refused.some((each) => isInside(part, each)) || (isChange && dropped.some((each) => isInside(part, each)));
}

function read(dialect: Dialect, objects: readonly InputPart[], { periodMs, service }: ImportOptions): ImportResult {
  switch (dialect) {
    case 'sloth':
      return importSloth(objects, periodMs);
    case 'pyrra':
      return importPyrra(objects, service);
    case 'openslo':
      return importOpenSlo(objects);
  }
}

function isOf(dialect: Dialect, object: InputPart): boolean {
  if (detectors[dialect](object)) return true;
  const other = dialects.find((each) => detectors[each](object));
  const message = `this is no object of ${names[dialect]} that is known here, so it was not carried over`;
  const hint = other === undefined ? undefined : `it is one of ${names[other]}: andon import ${other}`;
  tell(object, { kind: 'lost', at: 'key', message, ...(hint === undefined ? {} : { hint }) });
  return false;
}

/** Whether what an objective became is taken by the loader; names what it says otherwise. */
function isSound(groups: readonly ServiceGroup[], source: string, slo: ImportedSlo): boolean {
  const refused = groups.flatMap((group) => problemsOf(renderService(draftService(group, source))));
  for (const { message, hint } of refused) {
    const fate = {
      kind: 'lost',
      at: 'key',
      message: `what this becomes is refused: ${message}; so it was not carried over`,
    } as const;
    tell(slo.part, hint === undefined ? fate : { ...fate, hint });
  }
  return refused.length === 0;
}

/** Labels are handed on with pages; those of an objective that alerts about nothing are handed on by nobody. */
function nameLostLabels({ slos, facts }: ServiceGroup): void {
  for (const { alerts, labels, part } of hoistCommon(slos, facts.labels).slos) {
    const lost = Object.keys(labels);
    if (alerts.length > 0 || lost.length === 0) continue;
    const message = `this objective alerts about nothing, so nobody hands on its labels (${lost.join(', ')}), and they were not carried over`;
    remark(part, { kind: 'lost', at: 'key', message });
  }
}

/** A service has one list of channels: where its alerts had several, each is told of more than before. */
function nameJoinedChannels({ slos, written }: ServiceGroup): void {
  const targets = slos.flatMap(({ alerts, part }) =>
    alerts.flatMap(({ notify }) => (notify ? [{ notify, part }] : [])),
  );
  const lists = new Set(targets.map(({ notify }) => [...notify].sort().join(', ')));
  const [first] = targets;
  if (first === undefined || lists.size < 2) return;
  const said = [...lists].map((list) => (list === '' ? 'none named' : list)).join(' / ');
  const message = `alerts of \`${written}\` go to different targets (${said}), and a service tells all its channels of each rule`;
  const hint = 'give each its own service, or tell rules apart by severity and labels behind one channel';
  remark(first.part, { kind: 'changed', at: 'key', message, hint });
}

function write(group: ServiceGroup, source: string): ImportedFile | undefined {
  const text = renderService(draftService(group, source));
  const refused = problemsOf(text);
  for (const { message } of refused) {
    const [first] = group.slos;
    if (first !== undefined)
      tell(first.part, {
        kind: 'lost',
        at: 'key',
        message: `the service \`${group.name}\` is refused as a whole: ${message}`,
      });
  }
  return refused.length > 0 ? undefined : { service: group.name, text };
}

function problemsOf(text: string): readonly Diagnostic[] {
  const { diagnostics } = loadRules([{ path: 'imported.yaml', content: new TextEncoder().encode(text) }]);
  return hasErrors(diagnostics) ? diagnostics.filter(({ severity }) => severity === 'error') : [];
}

/** By position; what is behind an alias is read once for each, but told once. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const told = new Set<string>();
  return [...diagnostics].sort(byPosition).filter(({ file, line, column, code, message }) => {
    const key = JSON.stringify([file, line, column, code, message]);
    return !told.has(key) && told.add(key) !== undefined;
  });
}
