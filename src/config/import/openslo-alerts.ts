import type { Severity } from '../../domain/service/severity.ts';
import { maxForMs } from '../windows.ts';
import { dashedName } from './imported-names.ts';
import type { ImportedAlert } from './imported-slo.ts';
import { isMapping, settle, tell, type InputPart } from './input-part.ts';
import { metadataOf, resolve, type OpenSloObjects } from './openslo-objects.ts';
import { readSpan } from './openslo-period.ts';
import { itemsAt, mappingAt, partAt, takeFlag, takeNumber, takeText } from './take-input.ts';

/** What the alert policies of an SLO say. */
export interface OpenSloAlerts {
  readonly alerts: readonly ImportedAlert[];
  /** Names of notification targets. */
  readonly notify: readonly string[];
}

/** Reads alert policies, inline or by reference: each condition on a burn rate becomes a stop-the-line rule. */
export function readAlertPolicies(spec: InputPart, index: OpenSloObjects): OpenSloAlerts {
  const policies = itemsAt(spec, 'alertPolicies').flatMap((item) => readPolicy(item, index) ?? []);
  return { alerts: policies.flatMap(({ alerts }) => alerts), notify: policies.flatMap(({ notify }) => notify) };
}

function readPolicy(item: InputPart, index: OpenSloObjects): OpenSloAlerts | undefined {
  const object = referredBy(item, 'AlertPolicy', 'alertPolicyRef', index);
  const spec = object === undefined ? undefined : mappingAt(object, 'spec');
  if (object === undefined || spec === undefined) return undefined;
  const { name, labels } = metadataOf(object);
  const description = takeText(spec, 'description');
  const onNoData = takeFlag(spec, 'alertWhenNoData') === true;
  const isBreaching = takeFlag(spec, 'alertWhenBreaching') !== false;
  if (takeFlag(spec, 'alertWhenResolved') === false) {
    const message = 'Andon always says when an incident is resolved';
    tell(partAt(spec, 'alertWhenResolved') ?? spec, { kind: 'changed', at: 'key', message });
  }
  const notify = itemsAt(spec, 'notificationTargets').flatMap((target) => targetOf(target));
  const conditions = itemsAt(spec, 'conditions').flatMap((each) => readCondition(each, index, onNoData) ?? []);
  if (!isBreaching) {
    const message =
      'alertWhenBreaching is false, so this policy alerts about no breach; its conditions were not carried over';
    tell(partAt(spec, 'alertWhenBreaching') ?? spec, { kind: 'lost', at: 'key', message });
    return { alerts: [], notify };
  }
  const alerts = conditions.map((alert) => ({
    ...alert,
    notify,
    labels: { ...labels, ...alert.labels },
    ...(conditions.length === 1 && name !== undefined ? { name } : {}),
    ...summaryOf(alert.summary ?? description),
  }));
  return { alerts, notify };
}

function readCondition(item: InputPart, index: OpenSloObjects, onNoData: boolean): ImportedAlert | undefined {
  const object = referredBy(item, 'AlertCondition', 'conditionRef', index);
  const spec = object === undefined ? undefined : mappingAt(object, 'spec');
  const condition = spec === undefined ? undefined : mappingAt(spec, 'condition');
  if (object === undefined || spec === undefined || condition === undefined) return undefined;
  const { name, labels } = metadataOf(object);
  const kind = takeText(condition, 'kind');
  if (kind?.toLowerCase() !== 'burnrate') {
    const message = `\`${kind ?? ''}\` is no kind of condition that is known here, so this was not carried over`;
    return tell(condition, { kind: 'lost', at: 'key', message, hint: 'the kind is burnrate' });
  }
  const threshold = takeNumber(condition, 'threshold');
  const windowMs = readSpan(condition, 'lookbackWindow');
  const forMs = isZero(condition, 'alertAfter') ? 0 : readSpan(condition, 'alertAfter');
  if (threshold === undefined || windowMs === undefined || forMs === undefined) {
    if (partAt(condition, 'threshold') === undefined)
      tell(condition, {
        kind: 'lost',
        at: 'key',
        message: 'a burn rate needs a threshold, so this was not carried over',
      });
    return undefined;
  }
  const description = takeText(spec, 'description');
  return {
    ...(name === undefined ? {} : { name }),
    severity: readSeverity(spec),
    labels,
    ...summaryOf(description),
    fires: {
      kind: 'burn-rate',
      operator: readOperator(condition),
      threshold,
      windowMs,
      forMs: fitting(condition, forMs),
      onNoData,
    },
  };
}

/** An item is an object of its own, names one, or is a name. */
function referredBy(item: InputPart, kind: string, refKey: string, index: OpenSloObjects): InputPart | undefined {
  if (typeof item.value === 'string') {
    const named = { ...item, value: { [refKey]: item.value } };
    settle(item);
    return resolve(named, kind, undefined, refKey, index)?.object;
  }
  if (!isMapping(item.value))
    return tell(item, { kind: 'lost', message: `expected an ${kind}, so this was not carried over` });
  const referred = resolve(item, kind, undefined, refKey, index);
  if (referred !== undefined || partAt(item, refKey) !== undefined) return referred?.object;
  takeText(item, 'kind');
  takeText(item, 'apiVersion');
  if (partAt(item, 'spec') !== undefined) return item;
  return tell(item, {
    kind: 'lost',
    at: 'key',
    message: `this is neither a ${kind} nor a ${refKey}, so it was not carried over`,
  });
}

/** The specification's own example says "exceeds" and `lte`: below a burn rate nothing is wrong. */
function readOperator(condition: InputPart): '>' | '>=' {
  const operator = takeText(condition, 'op');
  const part = partAt(condition, 'op');
  if (operator === 'gt') return '>';
  if (operator === 'gte') return '>=';
  const message =
    operator === undefined
      ? 'no operator is given; the rule is true from the threshold on'
      : `\`${operator}\` would alert while the budget burns slowly; the rule is true from the threshold on`;
  tell(part ?? condition, { kind: 'suspicious', message, hint: 'write op: gte, or gt' });
  return '>=';
}

function readSeverity(spec: InputPart): Severity {
  const written = takeText(spec, 'severity');
  const part = partAt(spec, 'severity');
  const word = written?.toLowerCase() ?? '';
  if (/^(?:page|critical|crit|high|emergency|urgent|p1|sev1)$/.test(word)) return 'page';
  if (/^(?:ticket|warning|warn|info|low|medium|p[2-5]|sev[2-5])$/.test(word)) return 'ticket';
  const message =
    written === undefined ? 'no severity is given, so this pages' : `\`${written}\` is no severity here, so this pages`;
  tell(part ?? spec, { kind: 'changed', message, hint: 'severities are page and ticket' });
  return 'page';
}

function fitting(condition: InputPart, forMs: number): number {
  if (forMs <= maxForMs) return forMs;
  const message = 'a rule waits for a day at most';
  tell(partAt(condition, 'alertAfter') ?? condition, { kind: 'changed', message });
  return maxForMs;
}

/** `0m`, or nothing. */
function isZero(condition: InputPart, key: string): boolean {
  const part = partAt(condition, key);
  if (part === undefined) return true;
  if (part.value !== 0 && !/^0[a-zA-Z]?$/.test(String(part.value))) return false;
  settle(part);
  return true;
}

function targetOf(target: InputPart): readonly string[] {
  if (typeof target.value === 'string') {
    settle(target);
    return [dashedName(target.value)];
  }
  const inline = mappingAt(target, 'metadata');
  const name = takeText(target, 'targetRef') ?? (inline === undefined ? undefined : takeText(inline, 'name'));
  for (const key of ['kind', 'apiVersion']) takeText(target, key);
  const spec = partAt(target, 'spec');
  const message = 'whom a page reaches stands in the settings, so this was not carried over';
  if (spec !== undefined)
    tell(spec, { kind: 'lost', at: 'key', message, hint: 'add a channel of this name to channels: in andon.yaml' });
  return name === undefined ? [] : [dashedName(name)];
}

function summaryOf(description: string | undefined): { readonly summary?: string } {
  const text = description?.trim().slice(0, 1000) ?? '';
  return text === '' ? {} : { summary: text };
}
