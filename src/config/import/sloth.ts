import { dividedSignal, eventSignal, type CountedSignal } from './event-signal.ts';
import type { ImportedAlert, ImportedSlo } from './imported-slo.ts';
import { takeAnnotations } from './input-annotations.ts';
import { takeLabels } from './input-labels.ts';
import { settle, tell, type InputPart } from './input-part.ts';
import type { ImportedService, ImportResult } from './import-result.ts';
import { takeKubernetesHeader } from './kubernetes-object.ts';
import { readPromql } from './read-promql.ts';
import { takeFor, takePlugins, type SlothPlugins } from './sloth-plugins.ts';
import { readAlertWindows, type AlertWindows } from './sloth-windows.ts';
import { shareOfPercent } from './share.ts';
import { itemsAt, mappingAt, partAt, takeFlag, takeNumber, takeText, tellAt } from './take-input.ts';

const group = 'sloth.slok.dev/v1';

/** How keys are spelt: `error_query` in files, `errorQuery` in Kubernetes. */
type Spelling = (snake: string) => string;

interface SlothContext {
  readonly periodMs: number;
  readonly windows: readonly AlertWindows[];
  readonly key: Spelling;
}

/** Whether an object is one of Sloth's. */
export function isSloth(part: InputPart): boolean {
  return versionOf(part, 'version') === 'prometheus/v1' || versionOf(part, 'apiVersion') === group;
}

/** Reads Sloth's objects. The period is not in its files: it is a flag there as it is here. */
export function importSloth(objects: readonly InputPart[], periodMs: number): ImportResult {
  const kinds = objects.map((object) => [object, versionOf(object, 'kind')] as const);
  const catalogs = kinds.flatMap(([object, kind]) => {
    const read = kind === 'AlertWindows' ? readAlertWindows(object, periodMs) : undefined;
    return read === undefined ? [] : [{ object, read }];
  });
  const windows = catalogs.map(({ read }) => read);
  const results = kinds.flatMap(([object, kind]) => {
    if (kind === 'AlertWindows') return [];
    if (versionOf(object, 'version') === 'prometheus/v1') {
      takeText(object, 'version');
      return [readSpec(object, { periodMs, windows, key: (snake) => snake })];
    }
    const spec = mappingAt(object, 'spec');
    if (kind !== 'PrometheusServiceLevel' || spec === undefined) {
      const message = 'this is neither a PrometheusServiceLevel nor AlertWindows, so it was not carried over';
      tell(object, { kind: 'lost', message });
      return [];
    }
    takeKubernetesHeader(object);
    return [readSpec(spec, { periodMs, windows, key: camelCase })];
  });
  const isUsed = results.some(({ slos }) => slos.length > 0);
  for (const [index, { object }] of catalogs.entries()) {
    if (index === 0 && isUsed) continue;
    const message = isUsed
      ? 'there are other windows for this period; those were used, and these not carried over'
      : 'no objective in these files uses these windows, so they were not carried over';
    const hint = isUsed ? 'keep one catalog for each period' : 'import the objectives together with their windows';
    tell(object, { kind: 'lost', at: 'key', message, hint });
  }
  return {
    slos: results.flatMap(({ slos }) => slos),
    services: results.flatMap(({ services }) => services),
  };
}

function readSpec(spec: InputPart, context: SlothContext): ImportResult {
  const service = takeText(spec, 'service');
  if (service === undefined) {
    tell(spec, { kind: 'lost', message: 'no service is named here, so nothing of this was carried over' });
    return { slos: [], services: [] };
  }
  const facts: ImportedService = { name: service, part: spec, labels: takeLabels(spec, 'labels') };
  const plugins = takePlugins(spec, context.key('slo_plugins'));
  const slos = itemsAt(spec, 'slos').flatMap((slo) => readSlo(slo, service, plugins, context) ?? []);
  return { slos, services: [facts] };
}

function readSlo(
  slo: InputPart,
  service: string,
  plugins: SlothPlugins,
  context: SlothContext,
): ImportedSlo | undefined {
  const name = takeText(slo, 'name');
  const percent = takeNumber(slo, 'objective');
  const description = takeText(slo, 'description');
  const labels = takeLabels(slo, 'labels');
  const own = takePlugins(slo, 'plugins');
  const message = 'this is about the rules that Sloth generates; Andon looks at every poll';
  tellAt(slo, 'interval', { kind: 'without-effect', message });
  const counted = readSli(slo, context);
  if (counted === undefined) {
    // Why was said; what else stands in it is left out with it.
    settle(slo);
    return undefined;
  }
  if (name === undefined || percent === undefined) {
    return tell(slo, { kind: 'lost', message: 'an SLO needs a name and an objective, so this was not carried over' });
  }
  const alerts = readAlerts(slo, plugins.waits || own.waits, context);
  const objective = shareOfPercent(slo, 'objective', percent);
  if (objective === undefined) return undefined;
  return {
    service,
    name,
    part: slo,
    ...(description === undefined ? {} : { description }),
    ...counted,
    ...objective({ kind: 'rolling', ms: context.periodMs }, alerts),
    labels,
    notify: [],
  };
}

function readSli(slo: InputPart, { key }: SlothContext): CountedSignal | undefined {
  const sli = mappingAt(slo, 'sli');
  if (sli === undefined) {
    return tell(slo, {
      kind: 'lost',
      message: 'this SLO measures nothing (it has no sli), so it was not carried over',
    });
  }
  const events = mappingAt(sli, 'events');
  const raw = mappingAt(sli, 'raw');
  if (events !== undefined) {
    const [bad, total] = [partAt(events, key('error_query')), partAt(events, key('total_query'))];
    if (bad === undefined || total === undefined) {
      const message = `events need \`${key('error_query')}\` and \`${key('total_query')}\`, so this SLO was not carried over`;
      return tell(events, { kind: 'lost', at: 'key', message });
    }
    const [badQuery, totalQuery] = [readPromql(bad), readPromql(total)];
    if (badQuery === undefined || totalQuery === undefined) return undefined;
    return eventSignal('bad', badQuery, totalQuery, 'placeholder');
  }
  const ratio = raw === undefined ? undefined : partAt(raw, key('error_ratio_query'));
  if (ratio !== undefined) {
    const query = readPromql(ratio);
    return query === undefined ? undefined : dividedSignal(query, 'bad', 'placeholder');
  }
  if (raw !== undefined) {
    const message = `raw needs \`${key('error_ratio_query')}\`, so this SLO was not carried over`;
    return tell(raw, { kind: 'lost', at: 'key', message });
  }
  const message = 'an SLI of a plugin is made by code, so this SLO was not carried over';
  const hint = 'run sloth generate, and write the counters that it reads as a ratio';
  if (partAt(sli, 'plugin') !== undefined) tellAt(sli, 'plugin', { kind: 'lost', message, hint });
  else
    tell(sli, {
      kind: 'lost',
      at: 'key',
      message: 'this SLO has no SLI that is known here, so it was not carried over',
    });
  return undefined;
}

/** `waits` says whether a plugin has alerts wait for their `for`: Sloth by itself does nothing with it. */
function readAlerts(slo: InputPart, waits: boolean, context: SlothContext): readonly ImportedAlert[] {
  const alerting = mappingAt(slo, 'alerting');
  const name = alerting === undefined ? undefined : takeText(alerting, 'name');
  const labels = alerting === undefined ? {} : takeLabels(alerting, 'labels');
  const common = alerting === undefined ? {} : takeAnnotations(alerting, 'annotations');
  return (['page', 'ticket'] as const).flatMap((severity): readonly ImportedAlert[] => {
    const alert = alerting === undefined ? undefined : mappingAt(alerting, context.key(`${severity}_alert`));
    if (alert !== undefined && takeFlag(alert, 'disable') === true) {
      settle(alert);
      return [];
    }
    const forMs = alert === undefined ? undefined : takeFor(alert, waits);
    const windows = context.windows.find(({ periodMs }) => periodMs === context.periodMs);
    return [
      {
        ...(name === undefined ? {} : { name }),
        severity,
        labels: { ...labels, ...(alert === undefined ? {} : takeLabels(alert, 'labels')) },
        ...common,
        ...(alert === undefined ? {} : takeAnnotations(alert, 'annotations')),
        fires: {
          kind: 'tiers',
          tiers: windows?.[severity] ?? 'preset',
          ...(forMs === undefined ? {} : { forMs }),
        },
      },
    ];
  });
}

function versionOf(part: InputPart, key: string): unknown {
  return (part.value as Readonly<Record<string, unknown>>)[key];
}

function camelCase(snake: string): string {
  return snake.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
