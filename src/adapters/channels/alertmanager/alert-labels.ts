import type { Page } from '../../../domain/notification/page.ts';
import { shortenEnd } from '../../../domain/text/visible-text.ts';

export type Labels = Readonly<Record<string, string>>;

/** Longer label values are cut: no receiver shows more. */
const valueLimit = 1_000;

/**
 * The labels of an incident's alert, by name. To Alertmanager they are its identity, so they hold nothing that changes
 * while it fires, but for its severity and the labels of the rule that raised it. What a rule file says wins, so that
 * an author can route as the alerts of Prometheus are routed; `service` and `incident` are always Andon's.
 */
export function alertLabels(page: Page, everywhere: Labels): Labels {
  const { service, severity, owner, incidentId, rules, labels } = page;
  const own = { alertname: rules[0] ?? service, service, severity, ...(owner === undefined ? {} : { owner }) };
  const all = { ...everywhere, ...own, ...labels, service, incident: incidentId };
  // Groups are named by metrics, which know nothing of the names that are taken here.
  const group = Object.entries(page.group).map(
    ([name, value]) => [name in all ? `group_${name}` : name, value] as const,
  );
  const named = [...group, ...Object.entries(all)].map(([name, value]) => [labelName(name), cut(value)] as const);
  // Alertmanager drops empty labels; without them two sets that are the same to it are the same here.
  const kept = named.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept);
}

/** A text for a label set that `alertLabels` made: the same for the same set. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(labels);
}

/** Prometheus 3 has label names of any characters; an Alertmanager of before does not take them. */
function labelName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_]/gu, '_');
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
}

function cut(value: string): string {
  return shortenEnd(value.toWellFormed(), valueLimit);
}
