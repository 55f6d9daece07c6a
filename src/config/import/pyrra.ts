import { formatDuration, parseDuration } from '../../domain/text/duration.ts';
import { minPeriodMs } from '../windows.ts';
import type { ImportedSlo } from './imported-slo.ts';
import type { ImportResult } from './import-result.ts';
import { remark, settle, tell, type InputPart } from './input-part.ts';
import { labelsIn, type Labels } from './input-labels.ts';
import { takeClusterFacts, tellOthers } from './kubernetes-object.ts';
import { readPyrraAlerts } from './pyrra-alerts.ts';
import { readPyrraIndicator } from './pyrra-indicator.ts';
import { shareOfPercent } from './share.ts';
import { mappingAt, partAt, refuse, takeText, tellAt } from './take-input.ts';

const group = 'pyrra.dev/v1alpha1';
/** Labels with this prefix go on what Pyrra generates; the others stay on the Kubernetes object. */
const prefix = 'pyrra.dev/';

/** Whether an object is one of Pyrra's. */
export function isPyrra({ value }: InputPart): boolean {
  return (value as Readonly<Record<string, unknown>>)['apiVersion'] === group;
}

/** Reads Pyrra's objects. It knows no services: `service` names the one of all, or a label does, or each objective is its own. */
export function importPyrra(objects: readonly InputPart[], service: string | undefined): ImportResult {
  const slos = objects.flatMap((object) => readSlo(object, service) ?? []);
  return { slos, services: [] };
}

function readSlo(object: InputPart, service: string | undefined): ImportedSlo | undefined {
  takeText(object, 'apiVersion');
  const kind = takeText(object, 'kind');
  if (kind !== 'ServiceLevelObjective') {
    const message = 'only objects of kind ServiceLevelObjective are imported, so this was not carried over';
    return tell(object, { kind: 'lost', message });
  }
  const { name, labels } = readMetadata(object);
  takeClusterFacts(object);
  const spec = mappingAt(object, 'spec');
  if (spec === undefined || name === undefined) {
    return tell(object, {
      kind: 'lost',
      message: 'an objective needs a name and a spec, so this was not carried over',
    });
  }
  tellSettings(spec);
  const description = takeText(spec, 'description');
  const target = takeText(spec, 'target');
  const periodMs = readWindow(spec);
  const indicator = mappingAt(spec, 'indicator');
  const read = indicator === undefined ? undefined : readPyrraIndicator(indicator);
  const objective = target === undefined ? undefined : shareOfPercent(spec, 'target', percentOf(target));
  if (indicator === undefined || objective === undefined || periodMs === undefined) {
    if (partAt(spec, 'target') === undefined || indicator === undefined)
      tell(spec, {
        kind: 'lost',
        at: 'key',
        message: 'an objective needs a target and an indicator, so this was not carried over',
      });
    settle(object);
    return undefined;
  }
  if (read === undefined) {
    // Why was said; what else stands in it is left out with it.
    settle(object);
    return undefined;
  }
  const share = percentOf(target ?? '') / 100;
  const alerts = readPyrraAlerts(spec, periodMs, read.signal.kind === 'gauge' ? share : undefined);
  const { service: labelled, ...others } = labels;
  const parts = objective({ kind: 'rolling', ms: periodMs }, alerts);
  const { budget, ...withoutBudget } = parts;
  const countsEvents = read.signal.kind !== 'gauge';
  if (!countsEvents) tellGauge(indicator);
  return {
    service: service ?? labelled ?? name,
    name,
    part: object,
    ...(description === undefined ? {} : { description }),
    ...read,
    ...withoutBudget,
    // Of a gauge the target is the mean of what it reads: 0.99 of the samples were 1.
    ...(countsEvents
      ? budget === undefined
        ? {}
        : { budget }
      : { target: { bound: 'atLeast', value: Number(share.toPrecision(12)) } }),
    labels: service === undefined && labelled !== undefined ? others : labels,
    notify: [],
  };
}

function readMetadata(object: InputPart): { readonly name: string | undefined; readonly labels: Labels } {
  const metadata = mappingAt(object, 'metadata');
  if (metadata === undefined) return { name: undefined, labels: {} };
  const why =
    'Pyrra hands on labels and annotations that begin with pyrra.dev/ only; a rule file is no Kubernetes object';
  const labels = [mappingAt(metadata, 'labels'), mappingAt(metadata, 'annotations')].flatMap((part) => {
    if (part === undefined) return [];
    tellOthers(part, (key) => key.startsWith(prefix), why);
    return [labelsIn(part, prefix)];
  });
  return { name: takeText(metadata, 'name'), labels: Object.assign({}, ...labels) as Labels };
}

/** Settings of the rules that Pyrra generates. */
function tellSettings(spec: InputPart): void {
  const message = 'this is about the rules that Pyrra generates; Andon counts exactly, and generates none';
  for (const key of ['performanceOverAccuracy', 'ruleOutput', 'partial_response_strategy'])
    tellAt(spec, key, { kind: 'without-effect', message });
}

function tellGauge(indicator: InputPart): void {
  const message =
    'a gauge counts no events, so it has no error budget here: its target and its burn rates were carried over, as means over windows';
  const hint = 'for a budget, count checks and failures with two counters and declare a ratio';
  remark(indicator, { kind: 'lost', at: 'key', message, hint });
}

function readWindow(spec: InputPart): number | undefined {
  const part = partAt(spec, 'window');
  if (part === undefined) {
    return tell(spec, {
      kind: 'lost',
      at: 'key',
      message: 'an objective needs a window, so this was not carried over',
    });
  }
  const ms = parseDuration(takeText(spec, 'window') ?? '');
  if (ms === undefined) return refuse(part, 'a duration such as 4w or 30d');
  if (ms >= minPeriodMs) return ms;
  return tell(part, {
    kind: 'lost',
    message: `a window is at least ${formatDuration(minPeriodMs)}, and this is ${formatDuration(ms)}, so this objective was not carried over`,
    hint: '`m` is minutes: write 30d or 4w for a month',
  });
}

function percentOf(target: string): number {
  return /^\s*\d+(?:\.\d+)?\s*$/.test(target) ? Number(target) : Number.NaN;
}
